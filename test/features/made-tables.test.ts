/** Notebooks that make their matrix themselves: a request brings its columns by their places, as they are behind the last draw. */
import { expect, test } from "vitest";
import { stagePlan } from "../../src/app/stage-plan.ts";
import { featureFiles, stageScript } from "../support/feature-cases.ts";
import { planOf, programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.datasets import make_classification, make_moons, make_regression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
# %%
`;
const TAIL = `
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;
const SERVED = "X = matrix_of(raw_rows(frame, state.raw_types, UNSERVED))";

interface MadeTable {
  readonly name: string;
  readonly lines: string;
  /** Lines of `transform`. */
  readonly transform: readonly string[];
}

const MADE: readonly MadeTable[] = [
  {
    name: "a matrix as its maker gives it",
    lines: "X, y = make_moons(noise=0.3, random_state=0)",
    transform: [SERVED, "X_test = X"],
  },
  {
    name: "a matrix with noise on it",
    lines: `X, y = make_classification(n_features=2, n_redundant=0, random_state=1)
rng = np.random.RandomState(2)
X += 2 * rng.uniform(size=X.shape)`,
    transform: [SERVED, "X_test = X"],
  },
  {
    name: "a matrix with columns of noise beside it",
    lines: `X, y = make_classification(n_samples=200, random_state=0)
rng = np.random.RandomState(0)
n_samples, n_features = X.shape
X = np.c_[X, rng.randn(n_samples, 20 * n_features)]`,
    transform: [SERVED, "X_test = X"],
  },
  {
    name: "columns that the notebook computes of the matrix",
    lines: `X, y = make_moons(random_state=0)
X = np.c_[X, X[:, 0] ** 2]`,
    transform: [SERVED, "X = np.c_[X, X[:, 0] ** 2]", "X_test = X"],
  },
  {
    name: "a scaler that learns from the matrix",
    lines: `X, y = make_moons(random_state=0)
scaler = StandardScaler()
X = scaler.fit_transform(X)`,
    transform: [SERVED, "X = state.scaler.transform(X)", "X_test = X"],
  },
  {
    name: "numbers drawn from the shared generator, with labels made of them",
    lines: `np.random.seed(0)
X = np.random.randn(120, 3)
y = (X[:, 0] + X[:, 1] > 0).astype(int)`,
    transform: [SERVED, "X_test = X"],
  },
];

test.each(MADE)("serves $name", async ({ lines, transform }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  expect(staged.ok ? staged.value.transform.map(({ text }) => text) : staged.error).toEqual(
    transform,
  );
});

test("takes the training rows for the raw table where others are cut off by themselves", async () => {
  const staged = await stageScript(`${HEAD}X, y = make_moons(random_state=0)
X_train = X[:80]
y_train = y[:80]
model = LogisticRegression()
model.fit(X_train, y_train)
`);
  expect(staged.ok ? staged.value.fit.map(({ text }) => text) : staged.error).toEqual([
    "X_train = matrix_of(frame)",
    'y_train = frame["target"].to_numpy()',
  ]);
});

test("learns from the values of the run, and draws none of them again", async () => {
  const staged = await stageScript(`${HEAD}X, y = make_moons(random_state=0)${TAIL}`);
  if (!staged.ok) throw new Error(staged.error.message);
  expect(staged.value.label).toBe("target");
  expect(staged.value.notes.map(({ text }) => text)).toContainEqual(
    expect.stringContaining("the notebook makes `X` itself"),
  );
  const files = await featureFiles(staged.value, "moons");
  const features = files["moons/features.py"] ?? "";
  expect(features).toContain('UNSERVED: tuple[str, ...] = ("target",)');
  expect(features).toContain('y = frame["target"].to_numpy()\n    X = matrix_of(frame)');
  expect(features).not.toContain("make_moons");
});

interface Refused {
  readonly name: string;
  readonly lines: string;
  readonly code: string;
}

const REFUSED: readonly Refused[] = [
  {
    name: "noise on a table that is read",
    lines: `df = pd.read_csv("flowers.csv")
y = df["kind"].to_numpy()
X = df[["width", "height"]].to_numpy()
rng = np.random.RandomState(2)
X = X + rng.uniform(size=X.shape)`,
    code: "feature-random",
  },
  {
    name: "noise that is added behind the scaler",
    lines: `X, y = make_moons(random_state=0)
X = StandardScaler().fit_transform(X)
rng = np.random.RandomState(2)
X = X + rng.uniform(size=X.shape)`,
    code: "feature-random",
  },
  {
    name: "a matrix that a file holds",
    lines: `X = np.load("flowers.npy")
y = (X[:, 0] > 0).astype(int)`,
    code: "feature-raw-table-unknown",
  },
  {
    name: "the answers as a column behind the last draw",
    lines: `X, y = make_moons(random_state=0)
X = StandardScaler().fit_transform(X)
X = np.column_stack([X, y])`,
    code: "feature-mixes-training-rows",
  },
];

test.each(REFUSED)("refuses $name", async ({ lines, code }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  expect(staged.ok ? staged.value.transform.map(({ text }) => text) : staged.error.code).toBe(code);
});

test("where no step hands the answers on, the matrix that is written out is the table", async () => {
  const cells = [
    "import numpy as np\nfrom sklearn.impute import SimpleImputer\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.pipeline import make_pipeline",
    "x = np.array([1, 2, 3])\ny = np.array([4, 2, 1])\nX = x[:, np.newaxis]\nmodel = LinearRegression().fit(X, y)\nprint(model.predict(X))",
    "X = np.array([[np.nan, 0], [3, 7], [3, 5]])\ny = np.array([14, 16, -1])",
    "X2 = SimpleImputer().fit_transform(X)\nmodel = LinearRegression().fit(X2, y)\nprint(model.predict(X2))",
    "model = make_pipeline(SimpleImputer(), LinearRegression())\nmodel.fit(X, y)\nprint(y)\nprint(model.predict(X))",
  ];
  const [{ plan }, { program }] = await Promise.all([planOf(cells), programOf(cells)]);
  if (plan?.serve === undefined) throw new Error("nothing is served");
  expect(plan.serve.target).toBeUndefined();
  const staged = stagePlan({ plan, serve: plan.serve, program }, await pythonParser());
  if (!staged.ok) throw new Error(staged.error.message);
  expect(staged.value.label).toBeUndefined();
  expect(staged.value.fit.map(({ text }) => text).join("\n")).not.toContain('["target"]');
});
