/** Which artifacts hold the matrix that a notebook makes itself, and its answers. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const IMPORTS = `import numpy as np
from sklearn.datasets import make_classification, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler`;
const FIT = [
  "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)",
  "model = LogisticRegression()\nmodel.fit(X_train, y_train)",
  "print(model.score(X_test, y_test))",
];

interface Made {
  readonly name: string;
  readonly cells: readonly string[];
  /** Variables of the artifacts, and the cells of the steps that make them. */
  readonly serve: { readonly raw: readonly [string, number]; readonly target?: [string, number] };
}

const MADE: readonly Made[] = [
  {
    name: "what a maker gives",
    cells: ["X, y = make_moons(random_state=0)", "print(X.shape)", ...FIT],
    serve: { raw: ["X", 2], target: ["y", 2] },
  },
  {
    name: "what noise is added to, in the same cell",
    cells: [
      "X, y = make_moons(random_state=0)\nrng = np.random.RandomState(2)\nX += rng.uniform(size=X.shape)",
      ...FIT,
    ],
    serve: { raw: ["X", 2], target: ["y", 2] },
  },
  {
    name: "what a scaler is fitted with later",
    cells: [
      "X, y = make_moons(random_state=0)",
      "scaler = StandardScaler()\nX = scaler.fit_transform(X)",
      ...FIT,
    ],
    serve: { raw: ["X", 2], target: ["y", 2] },
  },
];

test.each(MADE)("$name", async ({ cells, serve }) => {
  const { plan } = await planOf([IMPORTS, ...cells]);
  const places = (name: string | undefined): unknown => {
    const artifact = plan?.artifacts.find((one) => one.name === name);
    const step = plan?.steps.find((one) => one.name === artifact?.producer);
    return artifact === undefined ? undefined : [artifact.variables[0], step?.statements[0]?.cell];
  };
  const { raw, target } = plan?.serve ?? {};
  expect({ raw: places(raw), target: places(target) }).toEqual(serve);
});

test("no answers stand beside a table that is read", async () => {
  const { plan } = await planOf([
    `${IMPORTS}\nimport pandas as pd`,
    'df = pd.read_csv("data.csv")',
    'X = df[["a"]].to_numpy()\ny = df["b"].to_numpy()',
    ...FIT,
  ]);
  expect(plan?.serve).toMatchObject({ raw: "df" });
  expect(plan?.serve?.target).toBeUndefined();
});
