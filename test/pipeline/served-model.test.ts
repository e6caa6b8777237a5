/** Which of a notebook's models is served. */
import { expect, test } from "vitest";
import type { Plan } from "../../src/pipeline/plan.ts";
import { planOf } from "../support/notebooks.ts";

const IMPORTS =
  "import pandas as pd\nimport numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split";
const TABLES = 'df = pd.read_csv("data.csv")\nX = df[["a"]]\ny = df["b"]';

async function planned(cells: readonly string[]): Promise<Plan> {
  const { plan, diagnostics } = await planOf(cells);
  if (plan === undefined) throw new Error(diagnostics.map((found) => found.message).join("; "));
  return plan;
}

test.each([
  {
    name: "the one fitted last",
    cells: ["a = LogisticRegression()\na.fit(X, y)", "b = LogisticRegression().fit(X, y)"],
    model: "b",
  },
  {
    name: "the one that is saved",
    cells: [
      "import joblib\na = LogisticRegression()\na.fit(X, y)\nb = LogisticRegression().fit(X, y)",
      'joblib.dump({"model": a, "columns": list(X.columns)}, "a.joblib")',
    ],
    model: "a",
  },
  {
    name: "the best of a loop, by the name under which it is kept",
    cells: [
      "import joblib\nbest = LogisticRegression(C=1)\nfor c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    if m.score(X, y) > 0:\n        best = m",
      'joblib.dump(best, "best.joblib")',
    ],
    model: "best",
  },
  {
    name: "all of a loop, when all are saved",
    cells: [
      "import joblib\nmodels = {}\nfor c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    models[c] = m",
      'joblib.dump(models, "models.joblib")',
    ],
    model: "models",
  },
  {
    name: "the last of a loop that fits several and keeps none",
    cells: [
      "for c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    print(accuracy_score(y, m.predict(X)))",
    ],
    model: "m",
  },
  {
    name: "none, when the loop's variable is bound again",
    cells: [
      "for c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    print(accuracy_score(y, m.predict(X)))",
      "m = 3\nprint(m)",
    ],
    model: undefined,
  },
  {
    name: "one that is fitted before a loop over others",
    cells: [
      "first = LogisticRegression()\nfirst.fit(X, y)\nprint(first.score(X, y))",
      "for c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    print(accuracy_score(y, m.predict(X)))",
    ],
    model: "first",
  },
  {
    name: "one that a function is given to fit",
    cells: [
      "def train(model, features, target):\n    model.fit(features, target)\n    print(model.score(features, target))",
      "chosen = LogisticRegression()\ntrain(chosen, X, y)",
    ],
    model: "chosen",
  },
])("the model is $name", async ({ cells, model }) => {
  const plan = await planned([IMPORTS, TABLES, ...cells]);
  expect(plan.serve?.modelVariable).toBe(model);
});

const SEVERAL = [
  IMPORTS,
  TABLES,
  "first = LogisticRegression()\nfirst.fit(X, y)\nprint(first.score(X, y))",
  "models = {}\nfor c in [1, 2]:\n    m = LogisticRegression(C=c)\n    m.fit(X, y)\n    models[c] = m",
];

test("a decision chooses among the models that are kept, those by key together", async () => {
  const byItself = await planOf(SEVERAL);
  expect(byItself.models).toEqual(["first", "m", "models"]);
  expect(byItself.plan?.serve?.modelVariable).toBe("first");
  for (const model of ["m", "models"]) {
    const { plan, diagnostics } = await planOf(SEVERAL, { decisions: [{ kind: "serve", model }] });
    expect(plan?.serve).toMatchObject({ modelVariable: model, model });
    expect(plan?.decisions).toEqual([{ kind: "serve", model }]);
    expect(diagnostics.map(({ code }) => code)).not.toContain("decision-no-longer-fits");
  }
});

test("the newest of several decisions counts, and one for what is no model does nothing but say so", async () => {
  const decisions = ["models", "m"].map((model) => ({ kind: "serve", model }) as const);
  const newest = await planOf(SEVERAL, { decisions });
  expect(newest.plan?.serve?.modelVariable).toBe("m");
  expect(newest.diagnostics.map(({ code }) => code)).not.toContain("decision-no-longer-fits");
  const unknown = await planOf(SEVERAL, { decisions: [{ kind: "serve", model: "df" }] });
  expect(unknown.plan?.serve?.modelVariable).toBe("first");
  expect(unknown.diagnostics).toContainEqual(
    expect.objectContaining({
      code: "decision-no-longer-fits",
      message: expect.stringContaining("serve df does not fit") as unknown,
    }),
  );
});

test.each([
  { name: "put in beside the loop", line: 'models["x"] = first' },
  { name: "bound again", line: "models = {3: first}" },
])("models by key are not offered where one is $name", async ({ line }) => {
  const { models } = await planOf([...SEVERAL, `${line}\nprint(models)`]);
  expect(models).toEqual(["first", "m"]);
});
