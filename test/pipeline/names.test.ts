/** Which names every step can have by an import of its own. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

test.each([
  "import sklearn.svm",
  "import sklearn.svm, sklearn.tree",
  "import sklearn\nimport sklearn.svm",
])(
  "a package and modules of it are imports of one name, wherever they stand: %s",
  async (again) => {
    const { plan } = await planOf([
      "import sklearn\nimport pandas as pd",
      'df = pd.read_csv("data.csv")\nX = df[["a"]]\ny = df["b"]',
      `${again}\nmodel = sklearn.svm.SVC()\nmodel.fit(X, y)`,
      "print(model.score(X, y), sklearn.__version__)",
    ]);
    expect(new Set(plan?.imports.map(({ cell }) => cell))).toEqual(new Set([1, 3]));
    expect(plan?.artifacts.flatMap(({ variables }) => variables)).not.toContain("sklearn");
  },
);

test("a name that is two different modules is no import of steps", async () => {
  const { plan } = await planOf([
    "import json as codec",
    "import pickle as codec",
    'open("out.txt", "w").write(str(codec.dumps([1])))',
  ]);
  expect(plan?.imports).toEqual([]);
});
