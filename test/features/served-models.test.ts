/** Which model is served and which matrix it takes, wherever the notebook fits it. */
import { expect, test } from "vitest";
import { stageScript } from "../support/feature-cases.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
# %%
df = pd.read_csv("people.csv")
X = df.drop(columns=["left"])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
# %%
`;

interface Served {
  readonly name: string;
  readonly lines: string;
  readonly model: string;
  readonly matrix: string;
}

const SERVED: readonly Served[] = [
  {
    name: "the last of a loop over a dictionary",
    lines: `models = {"a": LogisticRegression(), "b": RandomForestClassifier()}\nfor name, model in models.items():\n    model.fit(X_train, y_train)\n    print(name, model.score(X_test, y_test))`,
    model: "model",
    matrix: "X_test",
  },
  {
    name: "the last of a loop over a list",
    lines: `for m in [LogisticRegression(), RandomForestClassifier()]:\n    m.fit(X_train, y_train)\n    print(m.score(X_test, y_test))`,
    model: "m",
    matrix: "X_test",
  },
  {
    name: "what a function is given to fit",
    lines: `def train(model, features, target):\n    model.fit(features, target)\n    return model\nchosen = LogisticRegression()\ntrain(chosen, X_train, y_train)`,
    model: "chosen",
    matrix: "X_train",
  },
  {
    name: "what a function makes, fits and returns",
    lines: `def train(features, target, c=1.0):\n    model = LogisticRegression(C=c)\n    model.fit(features, target)\n    return model\nchosen = train(X_train, y_train)`,
    model: "chosen",
    matrix: "X_train",
  },
  {
    name: "what a function returns among others",
    lines: `def train(features, target):\n    model = LogisticRegression()\n    model.fit(features, target)\n    return model, 3\nchosen, count = train(target=y_train, features=X_train)`,
    model: "chosen",
    matrix: "X_train",
  },
  {
    name: "what a function fits with the notebook's variables",
    lines: `def train(model):\n    model.fit(X_train, y_train)\n    print(model.score(X_test, y_test))\nchosen = LogisticRegression()\ntrain(chosen)`,
    model: "chosen",
    matrix: "X_test",
  },
  {
    name: "a pipeline that is made and fitted at once",
    lines: "chosen = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)",
    model: "chosen",
    matrix: "X_train",
  },
];

test.each(SERVED)("serves $name", async ({ lines, model, matrix }) => {
  const staged = await stageScript(HEAD + lines, model);
  expect(staged).toMatchObject({
    ok: true,
    value: { model: { variable: model }, label: "left", answer: { kind: "label" } },
  });
  if (!staged.ok) return;
  expect(staged.value.matrices.map(({ name }) => name)).toContain(matrix);
});

interface NotServed {
  readonly name: string;
  readonly lines: string;
  readonly model: string;
  readonly code: string;
  readonly message: RegExp;
}

const NOT_SERVED: readonly NotServed[] = [
  {
    name: "a model whose matrix is made inside the function",
    lines: `def train(model):\n    part = X_train * 2\n    model.fit(part, y_train)\nchosen = LogisticRegression()\ntrain(chosen)`,
    model: "chosen",
    code: "feature-matrix-unknown",
    message: /not clear with which matrix/u,
  },
  {
    name: "candidates of which some say labels and some numbers",
    lines: `for m in [LogisticRegression(), LinearRegression()]:\n    m.fit(X_train, y_train)`,
    model: "m",
    code: "feature-answer-unknown",
    message: /not known what `m` answers/u,
  },
  {
    name: "groups that have no answer for other rows",
    lines: `groups = DBSCAN()\ngroups.fit_predict(X)`,
    model: "groups",
    code: "feature-answer-unknown",
    message: /has no answer for other rows/u,
  },
];

const BY_KEY = `models = {}
for days in [1, 7]:
    # what will be there days from now
    data = df.copy()
    data["later"] = data["left"] + days
    tree = LinearRegression()
    tree.fit(data[["size", "age"]], data["later"])
    models[days] = tree
`;

test("serves a model for each key by the features that all of them take", async () => {
  const staged = await stageScript(HEAD + BY_KEY, "models");
  expect(staged).toMatchObject({
    ok: true,
    value: { model: { variable: "models" }, answer: { kind: "number" } },
  });
  if (!staged.ok) return;
  expect(staged.value.transform.map(({ text }) => text)).not.toContainEqual(
    expect.stringMatching(/^[^#]*\bdays\b/mu),
  );
});

test.each(["models: dict = {}", "models = dict()", "print(models)\nmodels = {}"])(
  "nothing else is in the models by key after %j",
  async (line) => {
    const lines = `${BY_KEY.replace("models = {}", line)}print(models[7].predict(df[["size", "age"]]))\n`;
    expect(await stageScript(HEAD + lines, "models")).toMatchObject({ ok: true });
  },
);

test.each([
  {
    name: "a feature depends on the key",
    lines: BY_KEY.replace("    tree = ", `    data["age"] = data["age"] - days\n    tree = `),
    code: "feature-uses-target",
    line: 6,
  },
  {
    name: "each round goes on with the table of the last",
    lines: BY_KEY.replace("data = df.copy()", "data = df").replace(
      "    tree = ",
      `    data["age"] = data["age"] * 2\n    tree = `,
    ),
    code: "feature-matrix-unknown",
    line: 6,
  },
  {
    name: "a feature learns anew in each round",
    lines: BY_KEY.replace(
      "    tree = ",
      `    data["age"] = data["age"].fillna(data["age"].mean())\n    tree = `,
    ),
    code: "feature-matrix-unknown",
    line: 6,
  },
  {
    name: "one that takes other features is there before",
    lines: BY_KEY.replace(
      "models = {}",
      'models = {0: LinearRegression().fit(df[["age", "size"]], df["left"])}',
    ),
    code: "feature-matrix-unknown",
    line: 1,
  },
  {
    name: "one that takes other features is put in later",
    lines: `${BY_KEY}models[0] = LinearRegression().fit(df[["age", "size"]], df["left"])\n`,
    code: "feature-matrix-unknown",
    line: 9,
  },
  {
    name: "the last one is fitted again with other features",
    lines: `${BY_KEY}tree.fit(df[["age", "size"]], df["left"])\n`,
    code: "feature-matrix-unknown",
    line: 9,
  },
])("refuses a model for each key where $name", async ({ lines, code, line }) => {
  expect(await stageScript(HEAD + lines, "models")).toMatchObject({
    ok: false,
    error: { code, where: { cell: 3, line } },
  });
});

test.each(NOT_SERVED)("does not serve $name", async ({ lines, model, code, message }) => {
  const staged = await stageScript(HEAD + lines, model);
  expect(staged).toMatchObject({
    ok: false,
    error: { code, message: expect.stringMatching(message) as unknown },
  });
});

const COLUMNS = ["size", "age", "left"];

test.each([
  "y = df.iloc[:, -1]",
  "y = df.iloc[:, 2].values",
  "y = df.iloc[:, 2:3]",
  "y = df[df.columns[-1]]",
  "values = df.values\ny = values[:, 2]",
  "y = df.to_numpy()[:, -1]",
])("finds the predicted column of %j where a run has shown the columns", async (line) => {
  const script = `${HEAD.replace('y = df["left"]', line)}model = LogisticRegression()\nmodel.fit(X_train, y_train)\n`;
  const known = await stageScript(script, "model", (cell, name) =>
    cell >= 2 && name === "df" ? COLUMNS : undefined,
  );
  expect(known).toMatchObject({ ok: true, value: { label: "left" } });
  expect(await stageScript(script, "model")).toMatchObject({
    ok: false,
    error: { code: "feature-target-transform" },
  });
});

test("finds the predicted column by its place where the notebook lists the columns", async () => {
  const script = `${HEAD.replace('"people.csv"', '"people.csv", names=["size", "age", "left"]').replace('df["left"]', "df.iloc[:, -1]")}model = LogisticRegression()\nmodel.fit(X_train, y_train)\n`;
  expect(await stageScript(script, "model")).toMatchObject({ ok: true, value: { label: "left" } });
});

test("requests do not bring the column whose dummies are predicted", async () => {
  const script = `${HEAD.replace('df.drop(columns=["left"])', 'df[["size"]]')
    .replace("X = ", 'df = pd.get_dummies(df, columns=["left"])\nX = ')
    .replace(
      'df["left"]',
      'df[["left_no", "left_yes"]]',
    )}model = RandomForestClassifier()\nmodel.fit(X_train, y_train)\n`;
  const staged = await stageScript(
    script.replace("X = df", "\n# %%\nX = df").replace("\ndf = pd.get", "\n# %%\ndf = pd.get"),
    "model",
    (cell, name) => (cell === 2 && name === "df" ? COLUMNS : undefined),
  );
  expect(staged).toMatchObject({
    ok: true,
    value: { label: "left", answer: { outputs: ["left_no", "left_yes"] } },
  });
});
