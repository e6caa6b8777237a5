import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import type { StatementFacts } from "../../src/python/facts.ts";
import { MutatedNames, mayMutate, mutatedNames } from "../../src/python/mutated-names.ts";
import { pythonParser } from "../support/python-parser.ts";

/** One table under so many names that no statement lists them. */
const VIEWS = Array.from({ length: 40 }, (_, at) => `view${String(at)} = df["x"]`);

/** The statements after the views. */
async function afterViews(...texts: readonly string[]): Promise<readonly StatementFacts[]> {
  const text = ['import pandas as pd\ndf = pd.read_csv("data.csv")', ...VIEWS, ...texts].join("\n");
  const { statements } = analyzeProgram([{ id: "1", text }], await pythonParser());
  return statements.slice(2 + VIEWS.length);
}

test("all names of what is changed may be changed, those of that moment alone", async () => {
  const [first, , second] = await afterViews(
    'df["a"] = 1',
    "view0, late = 3, view1",
    'df["b"] = 1',
  );
  if (first === undefined || second === undefined) throw new Error("three statements");
  expect([mutatedNames(first).size, mutatedNames(second).size]).toEqual([41, 41]);
  expect(["df", "view0", "late", "pd"].map((name) => mayMutate(first, name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(["df", "view0", "late", "pd"].map((name) => mayMutate(second, name))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("what many statements change is looked through once", async () => {
  const statements = await afterViews(
    ...Array.from({ length: 20 }, (_, at) => `df["a${String(at)}"] = 1`),
    "late = df",
    'df["z"] = 1',
  );
  const mentioned = new MutatedNames();
  const news = statements.map((statement) => [...mentioned.news(statement)].length);
  // Of a later change only the name it is made through, and who came since.
  expect(news).toEqual([42, ...Array.from({ length: 19 }, () => 1), 0, 2]);
});

test("a name that is deleted is mentioned again where it is changed after all", async () => {
  const [first, gone, second] = await afterViews(
    'df["a"] = 1',
    "if df.empty:\n    del view0",
    'df["b"] = 1',
  );
  if (first === undefined || gone === undefined || second === undefined)
    throw new Error("three statements");
  const mentioned = new MutatedNames();
  expect([...mentioned.news(first)]).toContain("view0");
  for (const name of gone.deletes) mentioned.forget(name);
  expect([...mentioned.news(second)]).toEqual(["df", "view0"]);
});
