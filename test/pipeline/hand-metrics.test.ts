/** Numbers made of predictions by arithmetic are scores, as those of a library are: kept, recorded, and a step of their own. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const CELLS = [
  "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.model_selection import train_test_split",
  'sales = pd.read_csv("sales.csv")',
  'X_train, X_test, y_train, y_test = train_test_split(sales[["size"]], sales["sold"], random_state=1)',
  "model = LinearRegression()\nmodel.fit(X_train, y_train)",
];

async function measuredBy(cells: readonly string[]): Promise<{
  readonly metrics: readonly string[];
  readonly roles: string;
}> {
  const { plan, diagnostics } = await planOf([...CELLS, ...cells]);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return {
    metrics: plan.metrics.map(({ name }) => name),
    roles: plan.steps.map(({ role }) => role).join(" "),
  };
}

const APART = "load split train evaluate";

test.each<[string, readonly string[], readonly string[]]>([
  ["bare", ["np.mean(model.predict(X_test) == y_test)"], ["mean"]],
  ["bound", ["sold = model.predict(X_test)", "mse = np.mean((y_test - sold) ** 2)"], ["mse"]],
  [
    "of what was compared in a cell before",
    [
      "sold = model.predict(X_test)",
      "missed = y_test - sold",
      "rmse = np.sqrt(np.mean(missed * missed))",
    ],
    ["rmse"],
  ],
  ["by a method", ["hits = (model.predict(X_test) == y_test).mean()"], ["hits"]],
  ["printed", ['print("off by", round(abs(y_test - model.predict(X_test)).mean(), 2))'], ["mean"]],
  [
    "in a text",
    ["sold = model.predict(X_test)", "print(f'hits: {np.mean(sold == y_test)}')"],
    ["mean"],
  ],
  [
    "formatted",
    ["sold = model.predict(X_test)", 'print("{:.2f}".format(sum(sold == y_test) / len(y_test)))'],
    ["sum"],
  ],
])("a number made of predictions and labels measures the model: %s", async (_how, cells, names) => {
  expect(await measuredBy(cells)).toEqual({ metrics: names, roles: APART });
});

test.each<[string, readonly string[]]>([
  ["of predictions alone", ["model.predict(X_test).mean()"]],
  ["of the labels alone", ["np.mean(y_test)"]],
  ["several", ["np.mean(model.predict(X_test) == y_test, axis=0)"]],
  ["drawn", ["plt.title(np.mean(model.predict(X_test) == y_test))"]],
  [
    "of a name that is something else by then",
    ["sold = model.predict(X_test)", 'sold = sales["sold"]', "np.mean(sold == y_test)"],
  ],
  [
    "of a table, one a column",
    ['pd.DataFrame({"sold": model.predict(X_test), "said": y_test}).mean()'],
  ],
])("no other number does: %s", async (_how, cells) => {
  expect(await measuredBy(cells)).toEqual({ metrics: [], roles: "load split train" });
});

test.each<[string, readonly string[], string]>([
  ["kept", ["sold = model.predict(X_test)", "sold[:3]"], APART],
  [
    "kept beside what was meant",
    ['both = pd.DataFrame({"sold": model.predict(X_test), "said": y_test})', "both.head()"],
    APART,
  ],
  ["none where they are only shown", ["model.predict(X_test)"], "load split train"],
  [
    "none where their name is given to something else",
    ["sold = model.predict(X_test)", 'sold = sales["sold"]', "sold.head()"],
    "load split train",
  ],
  [
    "none where they change",
    ["sold = model.predict(X_test)", "sold.sort()", "sold[0]"],
    "load split train",
  ],
])("predictions that nobody measures are %s", async (_how, cells, roles) => {
  expect(await measuredBy(cells)).toEqual({ metrics: [], roles });
});

test("a model made of a formula is trained", async () => {
  const { roles } = await measuredBy([
    "import statsmodels.formula.api as smf",
    'line = smf.ols("sold ~ size", data=sales).fit()',
    'rmse = np.sqrt(np.mean((sales["sold"] - line.predict(sales)) ** 2))',
  ]);
  expect(roles).toBe("load split train evaluate");
});
