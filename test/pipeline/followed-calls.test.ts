/** What the notebook's own functions do decides on roles and results as much as what statements do themselves. */
import { expect, test } from "vitest";
import type { Plan } from "../../src/pipeline/plan.ts";
import { planOf } from "../support/notebooks.ts";

const IMPORTS =
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score";
const TABLES = 'df = pd.read_csv("data.csv")\nX = df[["a"]]\ny = df["b"]';

async function planned(cells: readonly string[]): Promise<Plan> {
  const { plan } = await planOf(cells);
  if (plan === undefined) throw new Error("there is no plan");
  return plan;
}

const HELPERS = `${IMPORTS}
def fitted(X, y):
    model = LogisticRegression()
    model.fit(X, y)
    return model
def measured(model, X, y):
    return accuracy_score(y, model.predict(X))
def report(model, X, y):
    print("accuracy", measured(model, X, y))`;

test("a function of the notebook trains or evaluates as its body does, directly or through others", async () => {
  const plan = await planned([HELPERS, TABLES, "model = fitted(X, y)", "report(model, X, y)"]);
  expect(plan.steps.map(({ role, cells }) => [role, cells])).toEqual([
    ["load", [2]],
    ["features", [2]],
    ["train", [3]],
    ["evaluate", [4]],
  ]);
  expect(plan.leftOut).toEqual([]);
});

test("a function of the notebook that only looks is left out as before", async () => {
  const plan = await planned([
    `${HELPERS}\ndef look(table):\n    print(table.describe())`,
    TABLES,
    "look(df)",
    "model = fitted(X, y)",
  ]);
  expect(plan.leftOut.map(({ statement, because }) => [statement.cell, because])).toEqual([
    [3, "only prints"],
  ]);
});

test("cross-validation measures a model, and leaves none behind", async () => {
  const plan = await planned([
    `${IMPORTS}\nfrom sklearn.model_selection import cross_val_score`,
    TABLES,
    "model = LogisticRegression()\nmodel.fit(X, y)",
    "scores = cross_val_score(model, X, y)",
  ]);
  expect(plan.steps.map(({ name }) => name)).toEqual(["load", "prepare", "train", "evaluate"]);
});

test.each([
  "import shap\nX, y = shap.datasets.diabetes()",
  "import statsmodels.api as sm\nX = sm.datasets.longley.load_pandas().exog",
  "from scipy.io import loadmat\nX = loadmat('ex3data1.mat')['X']",
])("data is loaded by whoever brings it along: %s", async (text) => {
  const plan = await planned([text, "open('out.txt', 'w').write(str(X))"]);
  expect(plan.steps[0]?.role).toBe("load");
});
