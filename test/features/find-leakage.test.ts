import { expect, test } from "vitest";
import { reportLeakage } from "../../src/features/leakage/leak-report.ts";
import { findingsOf, HEAD, lookAtScript } from "../support/leak-cases.ts";

const SPLIT = `# %%
X = df[["age", "fare"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
`;
const MODEL = `# %%
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

interface LeakCase {
  readonly name: string;
  /** Behind the cell that reads the table in its first line. */
  readonly lines: string;
  /** Cell, line, code and text of each finding. */
  readonly found: readonly string[];
}

const before = (place: string, text: string): string =>
  `${place} leakage-fitted-before-split ${text}`;

const LEAKS: readonly LeakCase[] = [
  {
    name: "a mean for missing values",
    lines: `df["age"] = df["age"].fillna(df["age"].mean())\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'df["age"].mean()')],
  },
  {
    name: "a statistic that goes through a variable",
    lines: `middle = df["age"].median()\ndf["age"] = df["age"].fillna(middle)\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'df["age"].median()')],
  },
  {
    name: "a column that is filled in place",
    lines: `df["age"].fillna(df["age"].mode()[0], inplace=True)\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'df["age"].mode()')],
  },
  {
    name: "a statistic of NumPy",
    lines: `top = np.percentile(df["fare"], 99)\ndf["fare"] = df["fare"].clip(upper=top)\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'np.percentile(df["fare"], 99)')],
  },
  {
    name: "each column of a loop that a model is given, once",
    lines: `for name in ["age", "fare"]:\n    df[name] = df[name].fillna(df[name].mean())\n${SPLIT}${MODEL}`,
    found: [before("2:3", "df[name].mean()")],
  },
  {
    name: "a group's mean that is mapped back",
    lines: `by_city = df.groupby("city")["fare"].mean()\ndf["fare"] = df["city"].map(by_city)\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'df.groupby("city")["fare"].mean()')],
  },
  {
    name: "a group's mean for each of its rows",
    lines: `df["fare"] = df.groupby("city")["fare"].transform("mean")\n${SPLIT}${MODEL}`,
    found: [before("2:2", 'df.groupby("city")["fare"].transform("mean")')],
  },
  {
    name: "a scaler",
    lines: `X = StandardScaler().fit_transform(df[["age", "fare"]])
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
    found: [before("2:2", 'StandardScaler().fit_transform(df[["age", "fare"]])')],
  },
  {
    name: "a scaler that is fitted first and applied behind the split",
    lines: `X = df[["age", "fare"]]
scaler = StandardScaler()
scaler.fit(X)
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
X_train = scaler.transform(X_train)
${MODEL}`,
    found: [before("2:4", "scaler.fit(X)")],
  },
  {
    name: "a vectorizer",
    lines: `X = TfidfVectorizer().fit_transform(df["text"])
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
    found: [before("2:2", 'TfidfVectorizer().fit_transform(df["text"])')],
  },
  {
    name: "components and selected columns, both on the way",
    lines: `X = PCA(3).fit_transform(df.drop(columns=["left"]))
X = SelectKBest(k=2).fit_transform(X, df["left"])
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
    found: [
      before("2:2", 'PCA(3).fit_transform(df.drop(columns=["left"]))'),
      before("2:3", 'SelectKBest(k=2).fit_transform(X, df["left"])'),
    ],
  },
  {
    name: "columns chosen by their correlation with the target",
    lines: `ranked = df.corr()["left"].abs().sort_values()
X = df[ranked.index[-5:]]
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
    found: [before("2:2", "df.corr()")],
  },
  {
    name: "a mean that a helper function takes",
    lines: `def clean(table):
    table["age"] = table["age"].fillna(table["age"].mean())
    return table
df = clean(df)
${SPLIT}${MODEL}`,
    found: [before("2:3", 'table["age"].mean()')],
  },
  {
    name: "a scaler before a cross-validation",
    lines: `X = StandardScaler().fit_transform(df[["age"]])\nprint(cross_val_score(LogisticRegression(), X, df["left"]).mean())\n`,
    found: [before("2:2", 'StandardScaler().fit_transform(df[["age"]])')],
  },
  {
    name: "categories that all rows are asked for are a remark, one for all",
    lines: `df["age"] = LabelEncoder().fit_transform(df["age"])
df = pd.get_dummies(df, columns=["fare"])
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["left"]), df["left"])
${MODEL}`,
    found: ['2:2 leakage-categories-before-split LabelEncoder().fit_transform(df["age"])'],
  },
  {
    name: "the target itself among the features",
    lines: `y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["age"]), y)
${MODEL}`,
    found: ["3:2 leakage-target left"],
  },
  {
    name: "a feature that is computed from the target",
    lines: `df["per_year"] = df["left"] / df["age"]
X = df.drop(columns=["left"])
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
    found: ["3:2 leakage-target per_year"],
  },
  {
    name: "the column that the target is made of",
    lines: `df["is_old"] = df["age"] > 60
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["is_old"]), df["is_old"])
${MODEL}`,
    found: ["3:2 leakage-target age"],
  },
  {
    name: "a mean of the target by category",
    lines: `rate = df.groupby("city")["left"].mean()
df["fare"] = df["city"].map(rate)
${SPLIT}${MODEL}`,
    found: [
      before("2:2", 'df.groupby("city")["left"].mean()'),
      '2:2 leakage-target df.groupby("city")["left"].mean()',
    ],
  },
  {
    name: "rows that are made of others before the split",
    lines: `X, y = SMOTE().fit_resample(df[["age"]], df["left"])
X_train, X_test, y_train, y_test = train_test_split(X, y)
${MODEL}`,
    found: ['2:2 leakage-rows-in-both-sides SMOTE().fit_resample(df[["age"]], df["left"])'],
  },
  {
    name: "rows that are drawn again before the split",
    lines: `few = resample(df[df["left"] == 1], n_samples=500)
df = pd.concat([df[df["left"] == 0], few])
${SPLIT}${MODEL}`,
    found: ['2:2 leakage-rows-in-both-sides resample(df[df["left"] == 1], n_samples=500)'],
  },
  {
    name: "a model fitted with all rows and measured on some of them",
    lines: `${SPLIT}model = LogisticRegression()
model.fit(X, y)
print(accuracy_score(y_test, model.predict(X_test)))
`,
    found: ["3:5 leakage-rows-in-both-sides model.fit(X, y)"],
  },
  {
    name: "a scaler that is fitted again with the test rows",
    lines: `${SPLIT}scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.fit_transform(X_test)
${MODEL}`,
    found: ["3:6 leakage-fitted-on-test scaler.fit_transform(X_test)"],
  },
  {
    name: "an encoder that is fitted again with the rows of another file",
    lines: `other = pd.read_csv("to_predict.csv")
encoder = LabelEncoder()
df["city"] = encoder.fit_transform(df["city"])
other["city"] = encoder.fit_transform(other["city"])
model = LogisticRegression()
model.fit(df[["city"]], df["left"])
print(model.predict(other[["city"]]))
`,
    found: ['2:5 leakage-fitted-on-test encoder.fit_transform(other["city"])'],
  },
  {
    name: "a setting that is chosen by the score on the test rows is a remark",
    lines: `${SPLIT}for k in range(1, 20):
    model = KNeighborsClassifier(n_neighbors=k)
    model.fit(X_train, y_train)
    print(k, model.score(X_test, y_test))
`,
    found: ["3:7 leakage-chosen-on-test model.score(X_test, y_test)"],
  },
  {
    name: "a lag and a split at random are a remark",
    lines: `df["fare"] = df["fare"].shift(1)\n${SPLIT}${MODEL}`,
    found: ['2:2 leakage-time df["fare"].shift(1)'],
  },
];

test.each(LEAKS)("finds $name", async ({ lines, found }) => {
  expect(await findingsOf(HEAD + lines)).toEqual(found);
});

const CLEAN: readonly Pick<LeakCase, "name" | "lines">[] = [
  {
    name: "statistics of the training rows",
    lines: `${SPLIT}middle = X_train["age"].median()
X_train["age"] = X_train["age"].fillna(middle)
X_test["age"] = X_test["age"].fillna(middle)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
${MODEL}`,
  },
  {
    name: "a pipeline that is fitted with the training rows",
    lines: `${SPLIT}model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
model.fit(X_train, y_train)
print(model.score(X_test, y_test), cross_val_score(model, X, y).mean())
`,
  },
  {
    name: "a statistic that is only looked at",
    lines: `print(df["age"].mean(), df.describe())\n${SPLIT}${MODEL}`,
  },
  {
    name: "a statistic of a column that no model is given",
    lines: `df["height"] = df["height"].fillna(df["height"].mean())\n${SPLIT}${MODEL}`,
  },
  {
    name: "a column that was dropped again",
    lines: `df["fare"] = df["fare"] / df["fare"].max()
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["fare", "left"]), df["left"])
${MODEL}`,
  },
  {
    name: "a threshold of outliers, which leaves rows out and changes none",
    lines: `df = df[df["fare"] < df["fare"].quantile(0.99)]\n${SPLIT}${MODEL}`,
  },
  {
    name: "operations on each row by itself",
    lines: `df["age"] = np.log1p(df["age"].fillna(0)) * 2
df["fare"] = df[["age", "fare"]].sum(axis=1)
${SPLIT}${MODEL}`,
  },
  {
    name: "a target that was taken out of its table",
    lines: `y = df.pop("left")
X_train, X_test, y_train, y_test = train_test_split(df, y)
${MODEL}`,
  },
  {
    name: "columns that are changed in a loop with the target among them",
    lines: `for name in ["age", "left"]:
    df[name] = df[name].replace({"?": 0})
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["left"]), df["left"])
${MODEL}`,
  },
  {
    name: "a model fitted once more with all rows after it was measured",
    lines: `${SPLIT}${MODEL}model.fit(X, y)\n`,
  },
  {
    name: "lags when the last rows are held back",
    lines: `df["fare"] = df["fare"].shift(1)
X_train, X_test, y_train, y_test = train_test_split(df[["fare"]], df["left"], shuffle=False)
${MODEL}`,
  },
  {
    name: "the value of the row before of the column that is predicted",
    lines: `df["lag"] = df["left"].shift(1)
X_train, X_test, y_train, y_test = train_test_split(df[["lag"]], df["left"], shuffle=False)
${MODEL}`,
  },
  {
    name: "oversampling of the training rows",
    lines: `${SPLIT}X_train, y_train = SMOTE().fit_resample(X_train, y_train)\n${MODEL}`,
  },
  {
    name: "a branch on which a variable became something else",
    lines: `X = df[["age"]]
if len(df) > 100:
    X = StandardScaler().fit_transform(X)
else:
    X = None
X_train, X_test, y_train, y_test = train_test_split(X, df["left"])
${MODEL}`,
  },
];

test.each(CLEAN)("finds nothing in $name", async ({ lines }) => {
  expect(await findingsOf(HEAD + lines)).toEqual([]);
});

test("the path is told: what is learned, where rows are held back, who gets it", async () => {
  const script = `${HEAD}df["age"] = df["age"].fillna(df["age"].mean())\n${SPLIT}${MODEL}`;
  const { program, leaks } = await lookAtScript(script);
  const [finding] = reportLeakage(program, leaks, {
    describeCell: (cell) => `cell ${String(cell)}`,
  });
  expect(finding?.message).toContain(
    '`df["age"].mean()` learns from all rows, before `train_test_split(X, y, random_state=1)` (cell 3) holds rows back; it reaches `X_train` of `model.fit(X_train, y_train)` (cell 4)',
  );
  expect(finding?.where).toEqual({ path: "story.ipynb", cell: 2, line: 2 });
});

test("leakage is found where nothing can be served", async () => {
  const lines = `df["age"] = df["age"].fillna(df["age"].mean())
df["change"] = df["fare"].diff()
with open("log.txt") as log:
    print(log.read())
${SPLIT}${MODEL}`;
  expect(await findingsOf(HEAD + lines)).toEqual([before("2:2", 'df["age"].mean()')]);
});
