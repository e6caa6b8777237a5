import { expect, test } from "vitest";
import { findLeakage } from "../../src/features/leakage/find-leakage.ts";
import { fixLeakage, isHarmful, type LeakageFix } from "../../src/features/leakage/fix-leakage.ts";
import { stageScript } from "../support/feature-cases.ts";
import { HEAD, lookAtScript } from "../support/leak-cases.ts";

const ROWS =
  "# The rows of the split below, so that what is learned from here on is learned from the training rows alone.";
const TOOK = '"the split took other rows than the features were learned from"';
const SPLIT = `# %%
X = df[["age", "fare"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
`;
const MODEL = `# %%
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

async function fixOf(
  lines: string,
): Promise<{ readonly fix: LeakageFix; readonly script: string }> {
  const { program, leaks, cells } = await lookAtScript(HEAD + lines);
  const fix = fixLeakage(program, leaks, cells);
  const texts = [...cells].map(([cell, text]) =>
    fix.kind === "fixed" ? (fix.cells.get(cell) ?? text) : text,
  );
  return { fix, script: texts.join("# %%\n") };
}

interface FixCase {
  readonly name: string;
  readonly lines: string;
  /** Behind the cell's first line, which reads the table. */
  readonly cell: string;
  /** Text of the cell that splits, where that is another one. */
  readonly split?: string;
}

const rows = (options: string): string =>
  `${ROWS}\ntraining_rows, held_back_rows = train_test_split(${options})\n`;

const FIXED: readonly FixCase[] = [
  {
    name: "a mean takes the training rows of its column",
    lines: `df["age"] = df["age"].fillna(df["age"].mean())\n${SPLIT}${MODEL}`,
    cell: `${rows("range(len(df)), test_size=0.3, random_state=1")}df["age"] = df["age"].fillna(df["age"].iloc[training_rows].mean())\n`,
    split: `X = df[["age", "fare"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
assert X_train.index.equals(X.index[training_rows]), ${TOOK}
`,
  },
  {
    name: "a scaler is fitted with the training rows and applied to all",
    lines: `X = df[["age", "fare"]].values
scaler = StandardScaler()
X = scaler.fit_transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, df["left"], random_state=1)
${MODEL}`,
    cell: `X = df[["age", "fare"]].values
scaler = StandardScaler()
${rows("range(len(df)), random_state=1")}scaler.fit(X[training_rows])
X = scaler.transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, df["left"], random_state=1)
assert y_train.index.equals(df["left"].index[training_rows]), ${TOOK}
`,
  },
  {
    name: "of arrays the number of rows is compared",
    lines: `X = df[["age"]].values
y = df["left"].values
scaler = StandardScaler()
scaler.fit(X)
X = scaler.transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
${MODEL}`,
    cell: `X = df[["age"]].values
y = df["left"].values
scaler = StandardScaler()
${rows("range(len(df)), random_state=1")}scaler.fit(X[training_rows])
X = scaler.transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
assert X_train.shape[0] == len(training_rows), ${TOOK}
`,
  },
  {
    name: "a scaler without a name gets one",
    lines: `X = StandardScaler().fit_transform(df[["age"]])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
${MODEL}`,
    cell: `${rows("range(len(df)), random_state=1")}standard_scaler = StandardScaler().fit(df[["age"]].iloc[training_rows])
X = standard_scaler.transform(df[["age"]])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
assert y_train.index.equals(y.index[training_rows]), ${TOOK}
`,
  },
  {
    name: "a loop has the rows asked for in front of it",
    lines: `for name in ["age", "fare"]:\n    df[name] = df[name].fillna(df[name].median())\n${SPLIT}${MODEL}`,
    cell: `${rows("range(len(df)), test_size=0.3, random_state=1")}for name in ["age", "fare"]:\n    df[name] = df[name].fillna(df[name].iloc[training_rows].median())\n`,
  },
  {
    name: "classes are kept in proportion by the column as it stands there",
    lines: `df["age"] = df["age"].fillna(df["age"].mean())
# %%
X = df[["age"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=1)
${MODEL}`,
    cell: `${rows('range(len(df)), stratify=df["left"], random_state=1')}df["age"] = df["age"].fillna(df["age"].iloc[training_rows].mean())\n`,
  },
  {
    name: "a name that is taken is not taken again",
    lines: `training_rows = 3
df["age"] = df["age"].fillna(df["age"].mean())
${SPLIT}${MODEL}`,
    cell: `training_rows = 3
${ROWS}
training_rows_2, held_back_rows = train_test_split(range(len(df)), test_size=0.3, random_state=1)
df["age"] = df["age"].fillna(df["age"].iloc[training_rows_2].mean())
`,
  },
];

test.each(FIXED)("$name", async ({ lines, cell, split }) => {
  const { fix, script } = await fixOf(lines);
  if (fix.kind === "refused") throw new Error(fix.diagnostics.map(({ message }) => message).join());
  expect(fix.cells.get(2)).toBe(`df = pd.read_csv("people.csv")\n${cell}`);
  expect(split === undefined ? undefined : fix.cells.get(3)).toBe(split);
  const { program } = await lookAtScript(script);
  expect(findLeakage(program).filter(isHarmful)).toEqual([]);
});

test.each(FIXED.filter(({ lines }) => !lines.includes("stratify")))(
  "what was fixed can be served: $name",
  async ({ lines }) => {
    const { script } = await fixOf(lines);
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(staged.error.message);
    const fit = staged.value.fit.map(({ text }) => text).join("\n");
    const transform = staged.value.transform.map(({ text }) => text).join("\n");
    expect(fit).toMatch(/\[training_rows(?:_2)?\]/u);
    expect(transform).not.toContain("training_rows");
  },
);

test("a scaler that was fitted again with the test rows is only applied to them", async () => {
  const { fix } = await fixOf(`${SPLIT}scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.fit_transform(X_test)
${MODEL}`);
  if (fix.kind === "refused") throw new Error("refused");
  expect(fix.places).toEqual([
    {
      cell: 3,
      line: 6,
      was: "scaler.fit_transform(X_test)",
      now: "scaler.transform(X_test)",
    },
  ]);
});

interface RefusedCase {
  readonly name: string;
  readonly lines: string;
  readonly place: string;
  readonly because: RegExp;
}

const MEAN = 'df["age"] = df["age"].fillna(df["age"].mean())\n';
const REFUSED: readonly RefusedCase[] = [
  {
    name: "rows are left out before the split",
    lines: `${MEAN}df = df.dropna()\n${SPLIT}${MODEL}`,
    place: "2:2",
    because: /rows are left out, or put in another order/u,
  },
  {
    name: "the split draws other rows each time",
    lines: `${MEAN}X_train, X_test, y_train, y_test = train_test_split(df[["age"]], df["left"])\n${MODEL}`,
    place: "2:2",
    because: /random_state/u,
  },
  {
    name: "the seed gets its value only later",
    lines: `${MEAN}SEED = 3
X_train, X_test, y_train, y_test = train_test_split(df[["age"]], df["left"], random_state=SEED)
${MODEL}`,
    place: "2:2",
    because: /`SEED`, which is not known/u,
  },
  {
    name: "it is learned inside a function",
    lines: `def clean(table):
    table["age"] = table["age"].fillna(table["age"].mean())
clean(df)
${SPLIT}${MODEL}`,
    place: "2:3",
    because: /function `clean`/u,
  },
  {
    name: "a group's statistic is given to each of its rows at once",
    lines: `df["fare"] = df.groupby("city")["fare"].transform("mean")\n${SPLIT}${MODEL}`,
    place: "2:2",
    because: /`transform` gives its rows/u,
  },
  {
    name: "a cross-validation divides the rows",
    lines: `X = StandardScaler().fit_transform(df[["age"]])\nprint(cross_val_score(LogisticRegression(), X, df["left"]).mean())\n`,
    place: "2:2",
    because: /other rows in each fold/u,
  },
  {
    name: "rows are repeated before the split",
    lines: `X, y = SMOTE().fit_resample(df[["age"]], df["left"])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
${MODEL}`,
    place: "2:2",
    because: /divide first/u,
  },
  {
    name: "the target is among the features, too",
    lines: `${MEAN}X_train, X_test, y_train, y_test = train_test_split(df, df["left"], random_state=1)\n${MODEL}`,
    place: "3:2",
    because: /the target is among the features/u,
  },
  {
    name: "what is fitted is given something learned in the same expression",
    lines: `scaler = StandardScaler()
X = scaler.fit_transform(df[["age"]].fillna(df[["age"]].mean()))
X_train, X_test, y_train, y_test = train_test_split(X, df["left"], random_state=1)
${MODEL}`,
    place: "2:3",
    because: /give (?:that|it) a name first/u,
  },
];

test.each(REFUSED)("refuses when $name", async ({ lines, place, because }) => {
  const { fix } = await fixOf(lines);
  if (fix.kind === "fixed") throw new Error([...fix.cells.values()].join());
  const found = fix.diagnostics.map(
    ({ code, message, where }) =>
      `${String(where?.cell)}:${String(where?.line)} ${code} ${message}`,
  );
  const told = found.find((text) => text.startsWith(`${place} leakage-not-fixed`));
  expect(told ?? found.join("\n")).toMatch(because);
});

test("a cell that is not the plain Python that was read is not edited", async () => {
  const { program, leaks, cells } = await lookAtScript(`${HEAD}${MEAN}${SPLIT}${MODEL}`);
  const other = new Map([...cells, [2, "%load_ext autoreload\n" + (cells.get(2) ?? "")] as const]);
  expect(fixLeakage(program, leaks, other).kind).toBe("refused");
});
