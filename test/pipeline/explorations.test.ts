/** Where nothing is a result, what a notebook binds is what it is for, whatever it does beside that. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const EXPLORATION = [
  "import os, sys, subprocess\nimport pandas as pd",
  'sales = pd.read_csv("sales.csv")',
  'sales["month"] = sales["day"] // 30',
  "sales.describe()",
];

test.each([
  "os.getcwd()",
  'os.chdir("data")',
  'sys.path.append("lib")',
  'subprocess.run(["date"])',
  'assert len(sales) > 3, "few sales"',
  'pd.set_option("display.precision", 2)',
])("what is only there for something else makes no result: %s", async (statement) => {
  const [imports = "", load = "", ...others] = EXPLORATION;
  const cells = statement.includes("sales")
    ? [imports, load, ...others, statement]
    : [imports, statement, load, ...others];
  const { plan, diagnostics } = await planOf(cells);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const kept = plan.steps.flatMap(({ statements }) => statements.map(({ cell }) => cell));
  expect(kept).toEqual(
    expect.arrayContaining([cells.indexOf(load) + 1, cells.indexOf(EXPLORATION[2] ?? "") + 1]),
  );
});
