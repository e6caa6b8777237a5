/** What the dialog about the plan offers of models, with somebody who answers from a list. */
import { expect, test } from "vitest";
import type { PlanAnswer } from "../../src/app/review-plan.ts";
import type { Prompts } from "../../src/cli/prompts.ts";
import { reviewPlanDialog } from "../../src/cli/review-plan-dialog.ts";
import { planOf } from "../support/notebooks.ts";

const CELLS = [
  'import pandas as pd\nfrom sklearn.linear_model import LinearRegression\ndf = pd.read_csv("a.csv")',
  'first = LinearRegression()\nfirst.fit(df[["x"]], df["y"])',
  'second = LinearRegression()\nsecond.fit(df[["x"]], df["y"])',
];

async function ask(
  cells: readonly string[],
  ...typed: readonly string[]
): Promise<{
  readonly answer: PlanAnswer;
  readonly offered: readonly (readonly string[])[];
}> {
  const { plan, models = [] } = await planOf(cells);
  if (plan === undefined) throw new Error("there is no plan");
  const offered: (readonly string[])[] = [];
  const left = [...typed];
  const prompts: Prompts = {
    isInteractive: true,
    text: () => Promise.reject(new Error("nothing is typed")),
    confirm: () => Promise.reject(new Error("nothing is confirmed")),
    choose: ({ choices }) => {
      offered.push(choices.map(({ label }) => label));
      const wanted = left.shift() ?? "";
      const found = choices.find(({ label }) => label.startsWith(wanted));
      return found === undefined
        ? Promise.reject(new Error(`not offered: ${wanted}`))
        : Promise.resolve(found.value);
    },
  };
  const dialog = reviewPlanDialog({ prompts, show: () => undefined });
  const answer = await dialog({ plan, models, taken: [], refused: undefined });
  return { answer, offered };
}

test("offers the models beside the one that is served", async () => {
  const { answer, offered } = await ask(CELLS, "Serve another", "first");
  expect(offered[1]).toEqual(["first"]);
  expect(answer).toEqual({ kind: "decide", decision: { kind: "serve", model: "first" } });
});

test("offers no choice where there is one model", async () => {
  const { offered } = await ask(CELLS.slice(0, 2), "Nothing");
  expect(offered[0]).not.toContain("Serve another model");
});
