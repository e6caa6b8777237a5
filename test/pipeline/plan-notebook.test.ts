import { expect, test } from "vitest";
import type { Plan } from "../../src/pipeline/plan.ts";
import { planOf } from "../support/notebooks.ts";

const IMPORTS =
  "import pandas as pd\nimport numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split";
const STORY = [
  IMPORTS,
  'df = pd.read_csv("data.csv")',
  "df.head()",
  'df["ratio"] = df["a"] / df["b"]',
  'X = df[["ratio"]]\ny = df["label"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)',
  "model = LogisticRegression(C=0.5)\nmodel.fit(X_train, y_train)",
  'acc = accuracy_score(y_test, model.predict(X_test))\nprint("accuracy", acc)',
];

async function planned(cells: readonly string[]): Promise<Plan> {
  const { plan, diagnostics } = await planOf(cells);
  if (plan === undefined) throw new Error(diagnostics.map((found) => found.message).join("; "));
  return plan;
}

/** `load → features → …` */
const stepNames = (plan: Plan): string => plan.steps.map((step) => step.name).join(" → ");

test("a plain training notebook becomes load, features, split, train and evaluate", async () => {
  const plan = await planned(STORY);
  expect(stepNames(plan)).toBe("load → prepare → split → train → evaluate");
  expect(plan.metrics.map((metric) => metric.name)).toEqual(["accuracy"]);
  expect(plan.serve).toMatchObject({ model: "model", modelVariable: "model", raw: "df" });
});

test("each version of a variable is an artifact of its own", async () => {
  const plan = await planned(STORY);
  expect(
    plan.artifacts
      .filter((artifact) => artifact.variables.includes("df"))
      .map((artifact) => [artifact.name, artifact.producer]),
  ).toContainEqual(["df", "load"]);
  const prepare = plan.steps.find((step) => step.name === "prepare");
  expect(prepare?.inputs).toEqual(["df"]);
});

test("what only shows something is left out, with its place and the reason", async () => {
  const plan = await planned(STORY);
  expect(plan.leftOut).toContainEqual(
    expect.objectContaining({
      statement: expect.objectContaining({ cell: 3, index: 0 }) as unknown,
      because: "only shows something",
    }),
  );
});

test.each([
  'os.symlink("raw.csv", "data.csv")',
  'os.truncate("raw.csv", 100)',
  'os.link("raw.csv", "data.csv")',
  'os.chmod("raw.csv", 0o600)',
  "os.umask(0o22)",
  'if os.path.exists("stop"):\n    os.kill(os.getpid(), 9)',
  'shutil.unpack_archive("raw.zip")',
  'shutil.copystat("raw.csv", "data.csv")',
  'Path("data.csv").symlink_to("raw.csv")',
  'Path("raw.csv").chmod(0o600)',
])("what changes files or the process is kept, although no result is named: %s", async (text) => {
  const plan = await planned(["import os, shutil\nfrom pathlib import Path", text, ...STORY]);
  expect(plan.leftOut.filter(({ statement }) => statement.cell === 2)).toEqual([]);
});

test("literals worth changing are parameters of the step that uses them", async () => {
  const plan = await planned(STORY);
  expect(plan.parameters.map(({ name, value, kind }) => [name, value, kind])).toEqual([
    ["data-path", "data.csv", "data-path"],
    ["test-size", 0.25, "split"],
    ["seed", 1, "seed"],
    ["c", 0.5, "hyper-parameter"],
  ]);
  expect(plan.steps.find((step) => step.name === "split")?.params).toEqual(["test-size", "seed"]);
});

test("a named constant is a parameter under its own name", async () => {
  const plan = await planned([
    IMPORTS,
    "DEPTH = 3",
    'df = pd.read_csv("data.csv")',
    'df["x"] = df["x"] * DEPTH',
    'df.to_csv("out.csv")',
  ]);
  expect(plan.parameters.find((parameter) => parameter.name === "depth")).toMatchObject({
    variable: "DEPTH",
    value: 3,
    places: [],
  });
});

test("a definition that needs nothing but imports and constants is shared by all steps", async () => {
  const plan = await planned([
    IMPORTS,
    "LIMIT = 5\ndef clip(frame):\n    return frame.clip(upper=LIMIT)",
    'df = pd.read_csv("data.csv")',
    "df = clip(df)",
    'df.to_csv("out.csv")',
  ]);
  expect(plan.helpers.map((ref) => [ref.cell, ref.index])).toEqual([
    [2, 0],
    [2, 1],
  ]);
  expect(plan.parameters.some((parameter) => parameter.name === "limit")).toBe(false);
});

test("a definition that reads the notebook's data stays with the data", async () => {
  const plan = await planned([
    IMPORTS,
    'df = pd.read_csv("data.csv")',
    "limit = df['x'].mean()",
    "def clip(column):\n    return column.clip(upper=limit)",
    "df['y'] = clip(df['x'])",
    'df.to_csv("out.csv")',
  ]);
  expect(plan.helpers).toEqual([]);
  const holder = plan.steps.filter((step) => step.cells.includes(4));
  expect(holder).toHaveLength(1);
  expect(holder[0]?.cells).toContain(5);
});

test("a draw from the global generator makes its step random, and keeps the seed that rules it", async () => {
  const plan = await planned([
    IMPORTS,
    "np.random.seed(3)",
    'df = pd.read_csv("data.csv")',
    "df['noise'] = np.random.rand(len(df))",
    'df.to_csv("out.csv")',
  ]);
  expect(plan.steps.filter((step) => step.random === "global").length).toBeGreaterThan(0);
  expect(plan.steps.flatMap((step) => step.statements).some((ref) => ref.cell === 2)).toBe(true);
});

test("a seed that rules nothing is left out", async () => {
  const plan = await planned([
    IMPORTS,
    "np.random.seed(3)",
    'df = pd.read_csv("data.csv")',
    'df.to_csv("out.csv")',
  ]);
  expect(plan.steps.every((step) => step.random === "none")).toBe(true);
});

test.each([
  "import uuid\nkey = uuid.uuid4().hex",
  "import numpy as np\nkey = np.random.default_rng()",
])("what is drawn from the system's entropy leaves no state for later steps: %s", async (cell) => {
  const { plan, diagnostics } = await planOf(
    [cell, "n = [len(repr(key))]", "m = n + [1]", "open('o.txt', 'w').write(repr(m))"],
    { cut: "cell" },
  );
  expect(plan?.steps.length).toBe(4);
  expect(diagnostics.filter(({ code }) => code === "steps-merged")).toEqual([]);
});

test.each<readonly [string, readonly string[], string, number]>([
  [
    "text run as code",
    [IMPORTS, 'exec("x = " + "1")', 'df = pd.read_csv("d.csv")\ndf.to_csv("o.csv")'],
    "dynamic-code",
    2,
  ],
  ["a star import", ["from somewhere import *", "x = sqrt(2)"], "dynamic-code", 1],
  [
    "a global write past a variable of the function around",
    [
      "n = 0\ndef up():\n    n = 5\n    def more():\n        global n\n        n += 1\n    more()",
      "up()",
      "import pandas as pd\npd.Series([n]).to_csv('o.csv')",
    ],
    "global-write",
    1,
  ],
  [
    "a class body that reads the variable whose name it binds",
    [
      "k = [1]\nn = [1]",
      "class C:\n    n = 2\n    size = n\n    k = k",
      "k = C.k + [C.size]\nopen('o.txt', 'w').write(repr((k, n)))",
    ],
    "class-body-name",
    2,
  ],
  [
    "what Python tells a module about itself",
    [
      "n = [1]",
      "try:\n    here = __file__\nexcept NameError:\n    here = 'notebook'",
      "open('o.txt', 'w').write(repr((n, here)))",
    ],
    "own-place",
    2,
  ],
  ["nothing to do", ["#: only words"], "nothing-to-promote", 0],
])("%s is refused with its place", async (_, cells, code, cell) => {
  const { plan, diagnostics } = await planOf(cells);
  expect(plan).toBeUndefined();
  const found = diagnostics.find((diagnostic) => diagnostic.code === code);
  expect(found?.severity).toBe("error");
  expect(found?.where?.path).toBe("story.ipynb");
  expect(found?.where?.cell ?? 0).toBe(cell);
});

const WRITE = "open('out.txt', 'w').write(repr(r))";

test.each<{
  readonly name: string;
  readonly cells: readonly string[];
  readonly imports?: number;
  readonly helpers?: number;
  readonly parameters?: number;
}>([
  {
    name: "a builtin used before the notebook binds its name: the constant",
    cells: ["m = max([1])", "max = 10", "r = (m, max)", WRITE],
    parameters: 0,
  },
  {
    name: "a builtin used before the notebook binds its name: the import",
    cells: ["m = pow(2, 3)", "from math import pow", "r = (m, pow(2, 3))", WRITE],
    imports: 0,
  },
  {
    name: "an import behind a change of the module path",
    cells: ["import sys\nsys.path.append('l' + 'ib')", "import extra", "r = extra.V", WRITE],
    imports: 1,
  },
  {
    name: "a class whose attributes are set later",
    cells: ["class C:\n    rate = 1", "C.rate = 5", "r = C.rate", WRITE],
    helpers: 0,
  },
  {
    name: "a function that fills its own default",
    cells: ["def f(x, seen=[]):\n    seen.append(x)\n    return seen", "r = f(1)", WRITE],
    helpers: 0,
  },
  {
    name: "a cached function that is asked about its cache",
    cells: [
      "import functools\n@functools.cache\ndef f(n):\n    return n",
      "a = f(1)",
      "r = (a, f.cache_info())",
      WRITE,
    ],
    helpers: 0,
  },
  { name: "a negative zero", cells: ["Z = -0.0", "r = [Z]", WRITE], parameters: 0 },
])("$name stays where it is", async (row) => {
  const { name: _name, cells, ...expected } = row;
  const plan = await planned(cells);
  const found = {
    imports: plan.imports.length,
    helpers: plan.helpers.length,
    parameters: plan.parameters.length,
  };
  expect(found).toMatchObject(expected);
});

test("what is drawn in a cell is kept, and in one step, when the cell saves the figure", async () => {
  const plan = await planned([
    "import matplotlib.pyplot as plt\nxs = [1, 2]",
    "plt.plot(xs)\nplt.savefig('a.png')",
    "plt.plot(xs)\nplt.show()",
  ]);
  const step = plan.steps.find(({ writes }) => writes.includes("a.png"));
  expect(step?.statements.filter(({ cell }) => cell === 2)).toHaveLength(2);
  expect(plan.leftOut.some(({ statement }) => statement.cell === 3)).toBe(true);
});

test("a figure and its saving are part of one step, and join none", async () => {
  const { plan, diagnostics } = await planOf([
    `${IMPORTS}\nimport matplotlib.pyplot as plt`,
    ...STORY.slice(1, 6),
    'acc = accuracy_score(y_test, model.predict(X_test))\nplt.bar(["acc"], [acc])\nplt.savefig("acc.png")\nprint("accuracy", acc)',
    'plt.scatter(y_test, y_test)\nplt.plot(y_test, model.predict(X_test))\nplt.savefig("fit.png")',
  ]);
  expect(diagnostics.filter(({ code }) => code === "steps-merged")).toEqual([]);
  expect(plan?.steps.find(({ writes }) => writes.includes("acc.png"))?.metrics).toEqual([
    "accuracy",
  ]);
});

test("the namespace of the notebook is not read as a dictionary", async () => {
  const { plan, diagnostics } = await planOf(["a = 1", "r = dict(vars())", WRITE]);
  expect(plan).toBeUndefined();
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: "dynamic-code",
      where: expect.objectContaining({ cell: 2, line: 1 }) as unknown,
    }),
  );
});

test("the same notebook gives the same plan, byte for byte", async () => {
  expect(JSON.stringify(await planned(STORY))).toBe(JSON.stringify(await planned(STORY)));
});

test("one step per cell is an option, and every input still has one producer before it", async () => {
  const { plan } = await planOf(STORY, { cut: "cell" });
  expect(plan?.steps.length).toBeGreaterThanOrEqual(5);
});

const TABLES = 'df = pd.read_csv("data.csv")\nX = df[["a"]]\ny = df["b"]';

test("what a loop fills, folds and numbers worked on in its cell are part of its step", async () => {
  const plan = await planned([
    `${IMPORTS}\nfrom sklearn.model_selection import KFold, cross_val_score\nfrom sklearn.tree import DecisionTreeClassifier`,
    TABLES,
    "model = LogisticRegression()\nmodel.fit(X, y)",
    'scores = []\nfolds = KFold(3)\nfor m in [LogisticRegression(), DecisionTreeClassifier()]:\n    scores.append(cross_val_score(m, X, y, cv=folds).mean())\nprint("best", max(scores))',
    'acc = accuracy_score(y, model.predict(X))\nerror = 1 - acc\nprint(error)\nwith open("e.txt", "w") as f:\n    f.write(str(error))',
  ]);
  expect(plan.steps.map(({ name, cells }) => [name, cells])).toEqual([
    ["load", [2]],
    ["prepare", [2]],
    ["train", [3, 4]],
    ["evaluate", [5]],
    ["save", [5]],
  ]);
});

test("a check inside a cell stays with what it checks, and looking around names no step", async () => {
  const plan = await planned([
    IMPORTS,
    'df = pd.read_csv("data.csv")',
    "#: ## First look",
    'df = df[df["a"] > 0]',
    "#: ## Ratios",
    'df["r"] = df["a"] / df["b"]\nassert df["r"].notna().all()\ndf["s"] = df["r"] * 2',
    'df.to_csv("out.csv")',
  ]);
  expect(stepNames(plan)).toBe("load → prepare → ratios → save");
});

test("a step that trains several kinds of models is not named after one of them", async () => {
  const plan = await planned([
    `${IMPORTS}\nfrom sklearn.tree import DecisionTreeClassifier`,
    TABLES,
    "first = LogisticRegression()\nfirst.fit(X, y)\nprint(accuracy_score(y, first.predict(X)))",
    'models = {"tree": DecisionTreeClassifier(), "linear": LogisticRegression()}\nfor m in models.values():\n    m.fit(X, y)',
    'print(accuracy_score(y, models["tree"].predict(X)))',
  ]);
  expect(stepNames(plan)).toBe(
    "load → prepare → train-logistic-regression → evaluate-logistic-regression → train-models → evaluate-models",
  );
});
