/** Models that remember their rows answer with the raw column's own values, whatever the notebook did to its target: run in a real interpreter. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { featureFiles, stageScript } from "../support/feature-cases.ts";
import { runFeatureScript } from "../support/feature-python.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.cluster import KMeans
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OrdinalEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
# %%
df = pd.read_csv("people.csv")
`;
const CLASSIFIER = "\nmodel = DecisionTreeClassifier()\nmodel.fit(X, y)\n";
const REGRESSOR = "\nmodel = DecisionTreeRegressor()\nmodel.fit(X, y)\n";
const LABELS = `X = df[["size", "age"]]\n`;

interface Remembered {
  readonly name: string;
  /** Variable of the model, when it is not `model`. */
  readonly model?: string;
  readonly lines: string;
  readonly columns: readonly string[];
}

const IN_RAW_TERMS: readonly Remembered[] = [
  {
    name: "labels of a LabelEncoder",
    lines: `${LABELS}encoder = LabelEncoder()\ny = encoder.fit_transform(df["left"])${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of a LabelEncoder without a name",
    lines: `df["left"] = LabelEncoder().fit_transform(df["left"])\n${LABELS}y = df["left"]${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels encoded in a loop over all text columns",
    lines: `encoder = LabelEncoder()\nfor column in df.select_dtypes("object").columns:\n    df[column] = encoder.fit_transform(df[column])\n${LABELS}y = df["left"]${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels encoded in two tables",
    lines: `rest = df.copy()\nfor table in [df, rest]:\n    table["left"] = table["left"].map({"yes": 1, "no": 0})\n${LABELS}y = df["left"]${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of a literal mapping",
    lines: `df["left"] = df["left"].map({"yes": 1, "no": 0})\n${LABELS}y = df["left"]${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of a mapping kept in a constant",
    lines: `CODES = {"yes": 1, "no": 0}\n${LABELS}y = df["left"].map(CODES)${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels replaced",
    lines: `df["left"] = df["left"].replace({"yes": 1, "no": 0}).astype(int)\n${LABELS}y = df["left"]${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of two mappings in a row",
    lines: `${LABELS}y = df["left"].map({"yes": "gone", "no": "here"}).map({"gone": 1, "here": 0})${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of a comparison",
    lines: `${LABELS}y = (df["left"] == "yes").astype(int)${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of category codes",
    lines: `${LABELS}y = df["city"].astype("category").cat.codes${CLASSIFIER}`,
    columns: ["city"],
  },
  {
    name: "labels of factorize",
    lines: `${LABELS}y, names = pd.factorize(df["city"])${CLASSIFIER}`,
    columns: ["city"],
  },
  {
    name: "labels of a function",
    lines: `${LABELS}y = df["left"].apply(lambda value: 1 if value == "yes" else 0)${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of dummies",
    lines: `${LABELS}y = pd.get_dummies(df["left"], drop_first=True)${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of np.where",
    lines: `${LABELS}y = np.where(df["left"] == "yes", 1, 0)${CLASSIFIER}`,
    columns: ["left"],
  },
  {
    name: "labels of a model that knows no probabilities",
    lines: `df["flag"] = (df["size"] > 80).astype(int)\nX = df[["size"]] - 80\ny = np.where(df["size"] > 80, "big", "small")\nmodel = DecisionTreeClassifier()\nmodel.fit(X, df["plan"].map({"basic": 0, "extra": 1}))\n`,
    columns: ["plan"],
  },
  {
    name: "numbers of a logarithm",
    lines: `${LABELS}y = np.log1p(df["price"])${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers of a logarithm of a shifted column",
    lines: `${LABELS}y = np.log(df["price"] + 1)${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers of a square root, applied",
    lines: `df["price"] = df["price"].apply(np.sqrt)\n${LABELS}y = df["price"].values${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers divided by a literal",
    lines: `${LABELS}y = df["price"] / 1000${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers divided in place by a constant",
    lines: `UNIT = 1_000\n${LABELS}y = df["price"]\ny = y * 2\ny /= UNIT${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers to a power",
    lines: `${LABELS}y = df["price"] ** 0.25${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers of a scaler",
    lines: `${LABELS}scaler = StandardScaler()\nX = scaler.fit_transform(X)\ny = scaler.fit_transform(df[["price"]])${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers of a scaler behind a logarithm",
    lines: `${LABELS}scaler = MinMaxScaler()\ny = scaler.fit_transform(np.log(df["price"]).values.reshape(-1, 1)).ravel()${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "numbers of a loop that leaves the column alone",
    lines: `for column in df.select_dtypes("number").columns:\n    if column == "age":\n        df[column] = df[column] / 2\n${LABELS}y = df["price"]${REGRESSOR}`,
    columns: ["price"],
  },
  {
    name: "several numbers for each row",
    lines: `${LABELS}y = df[["price", "rent"]]${REGRESSOR}`,
    columns: ["price", "rent"],
  },
  {
    name: "several labels for each row",
    lines: `${LABELS}y = df[["left", "plan"]]${CLASSIFIER}`,
    columns: ["left", "plan"],
  },
  {
    name: "numbers of a model for each column",
    model: "models",
    lines: `df["years"] = df["age"] * 2\nmodels = {}\nfor target in ["price", "rent"]:\n    # one tree each\n    data = df.copy()\n    data = data[data["size"] > 0]\n    tree = DecisionTreeRegressor(\n        random_state=0\n    )\n    tree.fit(data[["size", "years"]], data[target])\n    models[target] = tree\n`,
    columns: ["price", "rent"],
  },
];

interface InOwnTerms {
  readonly name: string;
  readonly lines: string;
  readonly remark: RegExp;
}

const WITH_A_REMARK: readonly InOwnTerms[] = [
  {
    name: "a label that stands for several values",
    lines: `${LABELS}y = (df["city"] == "Rome").astype(int)${CLASSIFIER}`,
    remark: /labels are the model's own .*"city".*== "Rome"/u,
  },
  {
    name: "numbers that are coded labels",
    lines: `${LABELS}y = df["left"].map({"yes": 1, "no": 0})${REGRESSOR}`,
    remark:
      /numbers are in the terms that the notebook trains with, not those of the raw column "left"/u,
  },
  {
    name: "numbers of a whole table that was scaled",
    lines: `df = df[["size", "age", "price"]]\nothers = pd.DataFrame(StandardScaler().fit_transform(df), columns=["size", "age", "price"])\nX = df[["size", "age"]]\ny = others["price"]${REGRESSOR}`,
    remark: /not those of the raw column "price"/u,
  },
  {
    name: "numbers scaled among other columns",
    lines: `numbers = ["age", "price"]\ny = df["price"]\ndf[numbers] = df[numbers] / df[numbers].max()\nX = df[["size"]]\ny = df["price"]${REGRESSOR}`,
    remark: /not those of the raw column "price"/u,
  },
  {
    name: "outliers",
    lines: `X = df[["size", "age"]]\nmodel = IsolationForest(random_state=0)\nmodel.fit(X)\nprint(model.predict(X))\n`,
    remark: /-1 an outlier/u,
  },
];

interface Result {
  readonly failure?: string;
  readonly shares?: Readonly<Record<string, number>>;
  readonly remark?: string | null;
  readonly first?: Readonly<Record<string, unknown>>;
}

let folder = "";
const results = new Map<string, Result>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-answers-"));
  const all: readonly Remembered[] = [
    ...IN_RAW_TERMS,
    ...WITH_A_REMARK.map((item) => ({ ...item, columns: [] })),
  ];
  const cases: object[] = [];
  const keys: string[] = [];
  for (const { name, lines, columns, model = "model" } of all) {
    const script = `${HEAD}# %%\n${lines}`;
    const staged = await stageScript(script, model);
    if (!staged.ok) {
      results.set(name, { failure: `${staged.error.code}: ${staged.error.message}` });
      continue;
    }
    const packageName = `answers_${String(keys.length)}`;
    const notebook = join(folder, `notebook_${packageName}.py`);
    await writeFile(notebook, script);
    for (const [path, text] of Object.entries(await featureFiles(staged.value, packageName))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    keys.push(name);
    cases.push({ notebook, package: packageName, folder, model, columns });
  }
  const found = await runFeatureScript<Result>("run_answers.py", cases);
  for (const [at, key] of keys.entries()) results.set(key, found[at] ?? {});
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(IN_RAW_TERMS)("$name come out as the raw values", ({ name, columns }) => {
  expect(results.get(name)).toMatchObject({
    shares: Object.fromEntries(columns.map((column) => [column, 1])),
    remark: null,
  });
});

test.each(WITH_A_REMARK)("$name are given with a remark", ({ name, remark }) => {
  expect(results.get(name)).toMatchObject({ remark: expect.stringMatching(remark) as unknown });
});
