// A person changes the plan of a small training notebook before anything is made of it.
import { expect, test } from "vitest";
import { type PlanAnswer, type PlanReview, reviewPlan } from "../../src/app/review-plan.ts";
import type { Decision } from "../../src/pipeline/schema.ts";
import { programOf } from "../support/notebooks.ts";

const CELLS = [
  "import pandas as pd",
  'rows = pd.read_csv("sales.csv")',
  'rows = rows.dropna()\nrows["total"] = rows["price"] * rows["count"]',
  'rows.to_csv("clean.csv")',
];

async function planning(cells = CELLS): Promise<Parameters<typeof reviewPlan>[0]> {
  const { program } = await programOf(cells);
  return {
    program,
    name: "sales",
    root: "../..",
    observation: undefined,
    python: "3.11",
    cut: "cell",
    decisions: [],
  };
}

const rename = (step: string, as: string): PlanAnswer => ({
  kind: "decide",
  decision: { kind: "rename", step, as },
});

/** Answers in order; gives what was shown each time and what came out. */
async function talk(
  answers: readonly ((shown: PlanReview) => PlanAnswer)[],
): Promise<{ readonly shown: readonly PlanReview[]; readonly decisions: readonly Decision[] }> {
  const shown: PlanReview[] = [];
  const items = await reviewPlan(await planning(), async (review) => {
    const answer = answers[shown.length];
    shown.push(review);
    return Promise.resolve(answer?.(review) ?? { kind: "accept" });
  });
  return { shown, decisions: items.map(({ decision }) => decision) };
}

const nameOf = (review: PlanReview, at: number): string => review.plan.steps[at]?.name ?? "";

test("shows each plan with the decisions so far and brings them back when it is accepted", async () => {
  const { shown, decisions } = await talk([
    (review) => rename(nameOf(review, 0), "fetch"),
    (review) => ({
      kind: "decide",
      decision: { kind: "merge", steps: [nameOf(review, 0), nameOf(review, 1)] },
    }),
  ]);
  expect(shown[1]?.plan.steps[0]?.name).toBe("fetch");
  expect(shown[2]?.plan.steps).toHaveLength((shown[0]?.plan.steps.length ?? 0) - 1);
  expect(decisions.map(({ kind }) => kind)).toEqual(["rename", "merge"]);
});

test("says why a decision cannot be followed, and does not count it", async () => {
  const { shown, decisions } = await talk([
    (review) => rename(nameOf(review, 0), nameOf(review, 1)),
  ]);
  expect(shown[1]?.refused).toContain("there is another step");
  expect(shown[1]?.taken).toEqual([]);
  expect(decisions).toEqual([]);
});

test("takes the newest decision back", async () => {
  const { shown, decisions } = await talk([
    (review) => rename(nameOf(review, 0), "fetch"),
    () => ({ kind: "undo" }),
  ]);
  expect(shown[2]?.plan.steps).toEqual(shown[0]?.plan.steps);
  expect(decisions).toEqual([]);
});

test("gives up without a decision", async () => {
  await expect(talk([() => ({ kind: "give-up" })])).rejects.toMatchObject({ code: "interrupted" });
});

test("shows the models that can be served, and serves the chosen one", async () => {
  const { program } = await programOf([
    'import pandas as pd\nfrom sklearn.linear_model import LinearRegression\ndf = pd.read_csv("a.csv")',
    'models = {}\nfor c in [1, 2]:\n    m = LinearRegression()\n    m.fit(df[["x"]], df["y"] * c)\n    models[c] = m',
  ]);
  const shown: PlanReview[] = [];
  const answers: readonly PlanAnswer[] = [
    { kind: "decide", decision: { kind: "serve", model: "models" } },
    { kind: "undo" },
    { kind: "decide", decision: { kind: "serve", model: "models" } },
    { kind: "accept" },
  ];
  const items = await reviewPlan({ ...(await planning()), program }, (review) => {
    shown.push(review);
    return Promise.resolve(answers[shown.length - 1] ?? { kind: "accept" });
  });
  expect(shown[0]?.models).toEqual(["m", "models"]);
  expect(shown.map(({ plan }) => plan.serve?.modelVariable)).toEqual([
    "m",
    "models",
    "m",
    "models",
  ]);
  expect(items.map(({ decision }) => decision)).toEqual([{ kind: "serve", model: "models" }]);
});
