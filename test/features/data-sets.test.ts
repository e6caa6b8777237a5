/** Notebooks that load a data set of scikit-learn: a request brings its columns by name. */
import { expect, test } from "vitest";
import { featureFiles, stageScript } from "../support/feature-cases.ts";

const HEAD = `import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
iris = load_iris()
`;
const TAIL = `
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

interface DataSet {
  readonly name: string;
  readonly lines: string;
  /** Lines of `transform`. */
  readonly transform: readonly string[];
}

const LOADED = "iris = served_dataset(raw_rows(frame, state.raw_types, UNSERVED), False)";

const DATA_SETS: readonly DataSet[] = [
  {
    name: "its rows and answers as they are",
    lines: `X, y = iris.data, iris.target`,
    transform: [LOADED, "X = iris.data", "X_test = X"],
  },
  {
    name: "a table of it, with the answers and their names beside",
    lines: `df = pd.DataFrame(iris["data"], columns=iris.feature_names)
df["target"] = iris.target
df["flower"] = df.target.apply(lambda at: iris.target_names[at])
X = df.drop(["target", "flower"], axis="columns")
y = df.target`,
    transform: [
      LOADED,
      `df = pd.DataFrame(iris["data"], columns=state.feature_names)`,
      `df["target"] = None`,
      `df["flower"] = None`,
      `X = df.drop(["target", "flower"], axis="columns")`,
      "X_test = X",
    ],
  },
];

test.each(DATA_SETS)("serves $name", async ({ lines, transform }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  expect(staged.ok ? staged.value.transform.map(({ text }) => text) : staged.error).toEqual(
    transform,
  );
});

test("the answers are no column of a request", async () => {
  const staged = await stageScript(`${HEAD}X, y = iris.data, iris.target${TAIL}`);
  if (!staged.ok) throw new Error(staged.error.message);
  const files = await featureFiles(staged.value, "flowers");
  expect(files["flowers/features.py"]).toContain('UNSERVED: tuple[str, ...] = ("target",)');
  expect(files["flowers/features.py"]).toContain("iris = dataset_of(load_iris(), frame)");
});

test("a matrix that is written out in the notebook is what a request brings", async () => {
  const staged = await stageScript(`import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
# %%
X = np.array([[np.nan, 0, 3], [3, 7, 9], [3, 5, 2]])
y = np.array([14, 16, -1])
# %%
filled = SimpleImputer(strategy="mean").fit_transform(X)
X = np.array([[1, 0, 3], [3, 7, 9], [3, 5, 2]])
model = LinearRegression().fit(X, y)
print(model.predict([[1, 2, 3]]))
`);
  const lines = staged.ok ? staged.value.transform.map(({ text }) => text) : staged.error;
  expect(lines).toEqual(["X = matrix_of(raw_rows(frame, state.raw_types, UNSERVED))"]);
});
