import { expect, test } from "vitest";
import { featureExplanations } from "../../src/cli/explanations/features.ts";
import { churnScript, featureFiles, readFixture, stageScript } from "../support/feature-cases.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
# %%
df = pd.read_csv("people.csv")
`;
const TAIL = `
# %%
X = df.drop(columns=["left"])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

interface Refused {
  readonly name: string;
  readonly lines: string;
  readonly code: string;
  /** Line in cell 2, where the table is read in line 1. */
  readonly line: number;
  readonly tail?: string;
}

const REFUSED: readonly Refused[] = [
  {
    name: "a difference to the row before",
    lines: `df["change"] = df["age"].diff()`,
    code: "feature-needs-history",
    line: 2,
  },
  {
    name: "a moving average",
    lines: `df["a"] = 1\ndf["mean"] = df["age"].rolling(3).mean()`,
    code: "feature-needs-history",
    line: 3,
  },
  {
    name: "forward filling",
    lines: `df["age"] = df["age"].ffill()`,
    code: "feature-needs-history",
    line: 2,
  },
  {
    name: "a feature made of the target",
    lines: `df["hint"] = df["left"] * 2`,
    code: "feature-uses-target",
    line: 2,
  },
  {
    name: "a feature made of the target under a name of its own",
    lines: `hint = df["age"] / df["left"]\ndf["hint"] = hint`,
    code: "feature-uses-target",
    line: 3,
  },
  {
    name: "a statistic of the target",
    lines: `df["hint"] = df["age"] * df["left"].mean()`,
    code: "feature-uses-target",
    line: 2,
  },
  {
    name: "rows picked by the target",
    lines: `df.loc[df["left"] == 1, "age"] = 0`,
    code: "feature-uses-target",
    line: 2,
  },
  {
    name: "a method nobody knows",
    lines: `df = df.rearrange(1)`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "a function of an unknown library",
    lines: `import magic\ndf["a"] = magic.smooth(df["age"])`,
    code: "feature-statement-unknown",
    line: 3,
  },
  { name: "a transposed table", lines: `df = df.T`, code: "feature-statement-unknown", line: 2 },
  {
    name: "rows put under rows",
    lines: `df = pd.concat([df, df])`,
    code: "feature-statement-unknown",
    line: 2,
  },
  { name: "random rows", lines: `df = df.sample(frac=0.5)`, code: "feature-random", line: 2 },
  {
    name: "random numbers in a column",
    lines: `df["noise"] = df["age"] + np.random.rand(len(df))`,
    code: "feature-random",
    line: 2,
  },
  {
    name: "a helper that learns and may return early",
    lines: `def center(t):\n    if len(t) > 9:\n        return t\n    return t - t.mean()\ndf = center(df)`,
    code: "feature-helper-unknown",
    line: 3,
  },
  {
    name: "what a helper does at its second call",
    lines: `def add(t, c):\n    t[c] = t[c].fillna(t[c].mean())\n    # Beside it.\n    t["a"] = t[c].shift(1)\n    return t\n\ndf = add(\n    df, "age"\n)`,
    code: "feature-needs-history",
    line: 5,
  },
  {
    name: "a line behind a helper that was written out",
    lines: `def add(t, c):\n    t[c] = t[c].fillna(t[c].mean())\n    t["a"] = t[c] * 2\n    return t\n\ndf = add(df, "age")\ndf["b"] = df["age"].diff()`,
    code: "feature-needs-history",
    line: 8,
  },
  {
    name: "a helper that reads what changes",
    lines: `limit = df["age"].max()\ndef cap(v):\n    return min(v, limit)\ndf["age"] = df["age"].apply(cap)`,
    code: "feature-helper-unknown",
    line: 5,
  },
  {
    name: "a helper that draws lots",
    lines: `def jitter(v):\n    return v + np.random.rand()\ndf["age"] = df["age"].apply(jitter)`,
    code: "feature-random",
    line: 4,
  },
  {
    name: "a second table",
    lines: `rates = pd.read_csv("rates.csv")\ndf["rate"] = rates["rate"]`,
    code: "feature-raw-table-unknown",
    line: 3,
  },
  {
    name: "a statistic of a lambda's table",
    lines: `df = df.assign(c=lambda t: t["age"] - t["age"].mean())`,
    code: "feature-helper-unknown",
    line: 2,
  },
  {
    name: "a name of the generated module",
    lines: `def transform(v):\n    return v + 1\ndf["age"] = df["age"].apply(transform)`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "a while loop",
    lines: `while df["age"].max() > 9:\n    df["age"] = df["age"] / 2`,
    code: "feature-statement-unknown",
    line: 2,
  },
];

test.each(REFUSED)("refuses $name with its place", async ({ lines, code, line }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  expect(staged).toMatchObject({
    ok: false,
    error: { code, where: { path: "story.ipynb", cell: 2, line } },
  });
  expect(Object.keys(featureExplanations)).toContain(code);
});

const REFUSED_TAILS: readonly {
  readonly name: string;
  readonly tail: string;
  readonly code: string;
}[] = [
  {
    name: "a column by its place, where nothing shows its name",
    tail: TAIL.replace(`y = df["left"]`, `y = df.iloc[:, -1]`),
    code: "feature-target-transform",
  },
  {
    name: "an estimator whose answer is not known",
    tail: TAIL.replace("LogisticRegression()", "Oracle()"),
    code: "feature-answer-unknown",
  },
  { name: "no model at all", tail: "\nprint(df.shape)\n", code: "feature-model-unknown" },
  {
    name: "a matrix from nowhere",
    tail: TAIL.replace(`df.drop(columns=["left"])`, "np.ones((3, 3))"),
    code: "feature-raw-table-unknown",
  },
];

test.each(REFUSED_TAILS)("refuses $name", async ({ tail, code }) => {
  const staged = await stageScript(`from oracle import Oracle\n${HEAD}${tail}`);
  expect(staged).toMatchObject({ ok: false, error: { code } });
});

const UNSEEDED = TAIL.replace(", random_state=1", "");
const DRAWN_BY_THE_RUN =
  "# this split has no random_state: a run draws it under the state that the run keeps";

test.each([
  { name: "alone", before: "", seed: [] },
  { name: "behind a seed", before: "np.random.seed(4)\n", seed: ["np.random.seed(4)"] },
  {
    name: "behind a seed and a draw",
    before: "np.random.seed(4)\nprint(df.sample(2))\n",
    seed: [],
  },
  { name: "behind a seed that is computed", before: "np.random.seed(len(df))\n", seed: [] },
])("splits without a random_state as the run does: $name", async ({ before, seed }) => {
  const staged = await stageScript(`${HEAD}${before}${UNSEEDED}`);
  if (!staged.ok) throw new Error(staged.error.message);
  const { "story/features.py": text = "" } = await featureFiles(staged.value, "story");
  const lines = text.split("\n").map((line) => line.trim());
  expect(lines.filter((line) => line === DRAWN_BY_THE_RUN)).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith("np.random.seed"))).toEqual(seed);
  expect(staged.value.notes.map((note) => `# ${note.text}`)).toContain(DRAWN_BY_THE_RUN);
});

interface Moved {
  readonly name: string;
  readonly lines: string;
  /** Lines of `transform` between reading the table and dropping the target. */
  readonly transform: string;
}

const MOVED: readonly Moved[] = [
  {
    name: "row-wise lines unchanged, comments included",
    lines: `# years to days\ndf["days"] = df["age"] * 365  # about`,
    transform: `# years to days\ndf["days"] = df["age"] * 365  # about`,
  },
  {
    name: "a statistic as a field",
    lines: `df["age"] = df["age"].fillna(df["age"].median())`,
    transform: `df["age"] = df["age"].fillna(state.age_median)`,
  },
  {
    name: "a variable that holds a statistic",
    lines: `top = df["age"].quantile(0.9)\ndf["age"] = df["age"].clip(upper=top)`,
    transform: `df["age"] = df["age"].clip(upper=state.top)`,
  },
  {
    name: "a statistic inside a lambda",
    lines: `df["age"] = df["age"].apply(lambda v: v - df["age"].min())`,
    transform: `df["age"] = df["age"].apply(lambda v: v - state.age_min)`,
  },
  {
    name: "nothing of a line that changes the target alone",
    lines: `df["left"] = df["left"].map({"y": 1, "n": 0})`,
    transform: "",
  },
  {
    name: "nothing of rows left out",
    lines: `df = df[df["age"] > 3]\ndf = df.drop_duplicates()\ndf.drop_duplicates(inplace=True)`,
    transform: "",
  },
  {
    name: "nothing of rows left out by a look at the target",
    lines: `odd = (df["age"] > 90) & (df["left"] == 1)\ndf = df[~odd]\ndf = df[~((df["age"] < 1) & (df["left"] == 1))]`,
    transform: "",
  },
  {
    name: "a null that training left out as a refusal",
    lines: `df = df.dropna(subset=["age", "left"])`,
    transform: `df = reject_nulls(df, columns=["age"])`,
  },
  {
    name: "an encoder without a name",
    lines: `df["city"] = LabelEncoder().fit_transform(df["city"])`,
    transform: `df["city"] = label_codes(state.city_encoder, df["city"], UNSEEN)`,
  },
  {
    name: "dummies with the categories of training",
    lines: `df = pd.get_dummies(df, columns=["city"], drop_first=True)`,
    transform: `df = known_dummies(df, state.city_categories, UNSEEN, columns=["city"], drop_first=True)`,
  },
  {
    name: "a condition decided in fit",
    lines: `if "id" in df.columns:\n    df = df.drop("id", axis=1)`,
    transform: `if state.id_columns:\ndf = df.drop("id", axis=1)`,
  },
  {
    name: "display code left out",
    lines: `print(df.shape)\ndf.head()\ndf["age"].plot()`,
    transform: "",
  },
];

test.each(MOVED)("moves $name", async ({ lines, transform }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  if (!staged.ok) throw new Error(staged.error.message);
  const moved = staged.value.transform.map(({ text }) => text);
  expect(moved[0]).toMatch(
    /^df = raw_rows\(frame, state\.raw_types, UNSERVED(?:, absent=\("left",\))?\)$/u,
  );
  const end = moved.findIndex((text) => /^X = df(?:\.drop\(columns=\["left"\]\))?$/u.test(text));
  expect(moved.slice(1, end).join("\n")).toBe(transform);
});

test("chooses the model that is written to a file and says so", async () => {
  const staged = await stageScript(await churnScript());
  expect(staged).toMatchObject({
    ok: true,
    value: {
      model: { variable: "model", because: "the notebook writes it to a file" },
      label: "churn",
    },
  });
});

test("the plan's choice of model wins", async () => {
  const staged = await stageScript(await churnScript(), "baseline");
  expect(staged).toMatchObject({ ok: true, value: { model: { variable: "baseline" } } });
});

test("nothing is served in place of the plan's choice", async () => {
  const several = TAIL.replace(
    "model = LogisticRegression()\nmodel.fit(X_train, y_train)",
    "models = []\nfor c in [1, 2]:\n    model = LogisticRegression(C=c)\n    model.fit(X_train, y_train)\n    models.append(model)",
  );
  expect(await stageScript(HEAD + several, "models")).toMatchObject({
    ok: false,
    error: { code: "feature-model-unknown", where: { cell: 3, line: 5 } },
  });
});

test("requests bring every raw column but the target and those that are dropped unread", async () => {
  const staged = await stageScript(await churnScript());
  if (!staged.ok) throw new Error(staged.error.message);
  expect(staged.value.needed.names).toEqual(expect.arrayContaining(["customer_id", "churn"]));
  expect(staged.value.needed).toMatchObject({ kind: "all-but" });
});

test.each(["houses", "shoppers", "loans"])(
  "the features of %s read as a colleague would write them",
  async (name) => {
    const staged = await stageScript(await readFixture(`${name}.py`));
    if (!staged.ok) throw new Error(staged.error.message);
    const files = await featureFiles(staged.value, name);
    await expect(files[`${name}/features.py`]).toMatchFileSnapshot(
      `../fixtures/features/${name}.expected.py`,
    );
  },
);

test("the same notebook gives the same bytes", async () => {
  const once = await stageScript(await churnScript());
  const again = await stageScript(await churnScript());
  expect(again).toEqual(once);
});
