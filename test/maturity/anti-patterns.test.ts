import { expect, test } from "vitest";
import { assessRepository, inPackage } from "../support/assessments.ts";
import { churnProject, type Texts } from "../support/churn-package.ts";

const NOTEBOOK_CODE =
  'import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import f1_score\n%matplotlib inline\ndf = pd.read_csv("a.csv")\nmodel = LogisticRegression()\nmodel.fit(df, df["y"])\nprint(f1_score(df["y"], model.predict(df)))\n';

function notebook(source: string): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } },
    cells: [
      { id: "a", cell_type: "markdown", metadata: {}, source: "# Model" },
      { id: "b", cell_type: "code", metadata: {}, source, outputs: [], execution_count: null },
    ],
  });
}

const inFunctions =
  'import pandas as pd\nfrom sklearn.metrics import f1_score\n\n\ndef load():\n    return pd.read_csv("a.csv")\n\n\ndef train(model, df):\n    return model.fit(df)\n\n\ndef judge(a, b):\n    return f1_score(a, b)\n';

test.each([
  {
    name: "a lone notebook is unpinned and a monolith",
    texts: { "a.ipynb": notebook(NOTEBOOK_CODE) },
    found: ["V01", "M01"],
  },
  {
    name: "pinned requirements leave the monolith",
    texts: { "a.ipynb": notebook(NOTEBOOK_CODE), "requirements.txt": "pandas==3.0.0\n" },
    found: ["M01"],
  },
  {
    name: "a floating requirements file pins nothing",
    texts: { "a.ipynb": notebook(NOTEBOOK_CODE), "requirements.txt": "pandas\n" },
    found: ["V01", "M01"],
  },
  {
    name: "a script with functions is no monolith",
    texts: { "train.py": inFunctions, "requirements.txt": "pandas==3.0.0\n" },
    found: [],
  },
  {
    name: "code that needs nothing is not unpinned",
    texts: { "a.py": "import json\nprint(json.dumps(1))\n" },
    found: [],
  },
  {
    name: "a vendored script is somebody else's",
    texts: { "vendor/a.py": NOTEBOOK_CODE.replace("%matplotlib inline\n", "") },
    found: [],
  },
  {
    name: "a promoted notebook is off the production path",
    texts: { ...churnProject(), "churn.ipynb": notebook(NOTEBOOK_CODE) },
    found: [],
  },
  {
    name: "a step that does it all is a monolith",
    texts: churnProject({
      [inPackage("churn/train.py")]: NOTEBOOK_CODE.replace("%matplotlib inline\n", "")
        .replace(/^(df|model|print).*$/gm, "    $&")
        .replace("    df =", "def train(x_train, x_test, y_train, y_test, SEED):\n    df ="),
    }),
    found: ["M01"],
  },
  {
    name: "a pipeline without requirements is unpinned",
    texts: churnProject({ [inPackage("requirements.txt")]: undefined }),
    found: ["V01"],
  },
] satisfies readonly {
  readonly name: string;
  readonly texts: Texts;
  readonly found: readonly string[];
}[])("$name", async ({ texts, found }) => {
  const assessment = await assessRepository({ texts, registry: undefined });
  expect(assessment["anti-patterns"].map((one) => one.id)).toEqual(found);
  expect(assessment.claimed["capped-by"]).toEqual(found);
});

test("a finding in a notebook names cell and line", async () => {
  const { "anti-patterns": found } = await assessRepository({
    texts: { "a.ipynb": notebook(NOTEBOOK_CODE) },
    registry: undefined,
  });
  expect(found.find((one) => one.id === "M01")?.evidence[0]).toMatchObject({
    path: "a.ipynb",
    cell: 2,
    line: 5,
  });
});
