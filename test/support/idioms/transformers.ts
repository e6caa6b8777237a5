/** Classes of the notebook used by hand: what `fit` learns is kept, and near neighbours stay refused. */
import type { Idiom } from "./idiom.ts";

const MODEL = `
model = LogisticRegression(max_iter=50)
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

function behindSplit(lines: string): string {
  return `\n# %%\ny = df["left"]
X = df.drop(columns=["left"]).select_dtypes("number").fillna(-1)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
${lines}${MODEL}`;
}

const FILLER = `class Filler:
    def fit(self, X):
        self.mean = X["age"].mean()
        return self

    def transform(self, X):
        return X.assign(age=X["age"].fillna(self.mean))

`;
const REFUSED = { number: 0, depends: "row", refused: "feature-helper-unknown" } as const;

export const TRANSFORMERS: readonly Idiom[] = [
  {
    number: 0,
    name: "a class with fit and transform",
    lines: `class Filler:
    """Fills ages."""

    def __init__(self, column):
        self.column = column
        self.mean = None

    def fit(self, X):
        self.mean = X[self.column].mean()

    def transform(self, X):
        X[self.column] = X[self.column].fillna(self.mean)
        return X

filler = Filler("age")
filler.fit(df)
df = filler.transform(df)`,
    at: "df[filler_column] =",
    depends: "fitted",
  },
  {
    number: 0,
    name: "a transformer of scikit-learn by hand",
    lines: `from sklearn.base import BaseEstimator, TransformerMixin
class Filler(BaseEstimator, TransformerMixin):
    def __init__(self, columns=("age", "fare"), share=0.5):
        self.columns = columns
        self.share = share

    def _middle(self, values):
        return values.quantile(self.share)

    def fit(self, X, y=None):
        self.means_ = {}
        for column in self.columns:
            middle = self._middle(X[column])
            self.means_[column] = middle
        return self

    def transform(self, X):
        X = X.copy()
        for column in self.columns:
            X[column] = X[column].fillna(self.means_[column]) + 1
        return X

filler = Filler(share=0.4)
df = filler.fit_transform(df)`,
    at: "df[",
    depends: "fitted",
  },
  {
    number: 0,
    name: "a transformer that is fitted with training rows",
    lines: `from sklearn.base import BaseEstimator, TransformerMixin
class Capper(BaseEstimator, TransformerMixin):
    def __init__(self, columns, share=0.95):
        self.columns = columns
        self.share = share

    def fit(self, X, y=None):
        self.tops_ = X[self.columns].quantile(self.share)
        return self

    def transform(self, X):
        X = X.copy()
        for column in self.columns:
            X[column] = X[column].clip(upper=self.tops_[column])
        return X
`,
    at: "X_test[",
    depends: "fitted",
    tail: behindSplit(`capper = Capper(columns=["fare", "age"])
X_train = capper.fit_transform(X_train, y_train)
X_test = capper.transform(X_test)
print(capper)`),
  },
  {
    number: 0,
    name: "two objects of one class",
    lines: `class Scaler:
    def __init__(self, column):
        self.column = column

    def fit(self, X):
        self.top = X[self.column].max()
        return self

    def transform(self, X):
        X[self.column] = X[self.column] / self.top
        return X

first = Scaler("fare")
second = Scaler("height")
df = first.fit(df).transform(df)
df = second.fit(df).transform(df)`,
    at: "df[second_column] =",
    depends: "fitted",
  },
  {
    number: 0,
    name: "an object that is fitted again with test rows, which is served as trained",
    lines: FILLER,
    at: "X_train = X_train.assign",
    depends: "fitted",
    tail: behindSplit(`filler = Filler()
X_train = filler.fit(X_train).transform(X_train)
X_test = filler.fit(X_test).transform(X_test)`),
  },
  // Near neighbours.
  {
    ...REFUSED,
    name: "an object under two names",
    lines: `${FILLER}filler = Filler()\nother = filler\nother.fit(df)\ndf = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object changed from outside",
    lines: `${FILLER}filler = Filler()\nfiller.fit(df)\nfiller.mean = 3\ndf = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object in a list",
    lines: `${FILLER}filler = Filler()\nfor one in [filler]:\n    one.fit(df)\ndf = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object that a function changes",
    lines: `${FILLER}filler = Filler()\ndef prepare():\n    filler.fit(df)\nprepare()\ndf = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object made twice",
    lines: `${FILLER}filler = Filler()\nfiller.fit(df)\nif df["age"].isna().any():\n    filler = Filler()\n    filler.fit(df.fillna(1))\ndf = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "a class that others inherit from",
    lines: `${FILLER}class Other(Filler):\n    def transform(self, X):\n        return X.assign(age=self.mean)\nfiller = Other()\ndf = filler.fit(df).transform(df)`,
  },
  {
    ...REFUSED,
    name: "a class that answers for its attributes",
    lines: `class Filler:
    def __getattr__(self, name):
        return 1
    def fit(self, X):
        self.mean = X["age"].mean() * self.factor
    def transform(self, X):
        return X.assign(age=X["age"].fillna(self.mean))
filler = Filler()
filler.fit(df)
df = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "a class whose objects share an attribute",
    lines: `class Filler:
    means = {}
    def fit(self, X):
        self.means["age"] = X["age"].mean()
    def transform(self, X):
        return X.fillna(self.means)
filler = Filler()
filler.fit(df)
df = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object that hands itself on",
    lines: `def study(one, X):
    one.mean = X["age"].mean()
class Filler:
    def fit(self, X):
        study(self, X)
    def transform(self, X):
        return X.assign(age=X["age"].fillna(self.mean))
filler = Filler()
filler.fit(df)
df = filler.transform(df)`,
  },
  {
    ...REFUSED,
    name: "an object that learns where rows are transformed and tell how",
    lines: `class Filler:
    def transform(self, X):
        if len(X) > 100:
            return X.fillna(0)
        return X.fillna(X.mean(numeric_only=True))
filler = Filler()
df = filler.transform(df)`,
  },
];
