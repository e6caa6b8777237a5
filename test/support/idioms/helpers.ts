/** Functions of the notebook that learn from the rows they are given: each call learns for itself. */
import type { Idiom } from "./idiom.ts";

const SPLIT_FIRST = `X = df.drop(columns=["left"]).select_dtypes("number")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
`;
const MODEL = `
model = LogisticRegression(max_iter=50)
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

function behindSplit(lines: string): string {
  return `\n# %%\ny = df["left"]\n${SPLIT_FIRST}${lines}${MODEL}`;
}

/** A helper that fills one column. */
export const FILL = `def fill(table, column):
    table[column] = table[column].fillna(table[column].mean())
    return table
`;

export const HELPERS: readonly Idiom[] = [
  {
    number: 0,
    name: "a helper that fills with a mean",
    lines: `def clean(df):
    # Ages first.
    df["age"] = df["age"].fillna(df["age"].mean())  # of all people
    return df

df = clean(df)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that works on a copy",
    lines: `def clean(frame: pd.DataFrame) -> pd.DataFrame:
    """Fills ages."""
    frame = frame.copy()
    middle = frame["age"].median()
    frame["age"] = frame["age"].fillna(middle)
    return frame

before = df
df = clean(df)
df["a"] = before["age"].isna().astype(int)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper with the column as parameter, called twice",
    lines: `${FILL}df = fill(df, "age")\ndf = fill(column="fare", table=df)`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that changes its argument and gives nothing back",
    lines: `def fill(table):
    table["age"] = table["age"].fillna(table["age"].mean())
    table.drop(columns=["note"], inplace=True)

fill(df)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "helpers handed on by pipe",
    lines: `def fill(table, column, how="mean"):
    if how == "mean":
        value = table[column].mean()
    elif how in ("median", "middle"):
        value = table[column].median()
    else:
        value = 0
    table[f"{column}_missing"] = table[column].isnull().astype(int)
    table[column] = table[column].fillna(value)
    return table

def scale(table, column):
    table[column] = table[column] / table[column].max()
    return table

df = (
    df.drop(columns=["joined"])
    .pipe(fill, "age")
    .pipe(fill, "fare", how="median")
    .pipe(scale, column="fare")
)`,
    at: `table["age"] =`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that encodes columns of a default list",
    lines: `def encode(table, columns=["kind", "level"]):
    for column in columns:
        le = LabelEncoder()
        table[column] = le.fit_transform(table[column])
    return table

df = encode(df)`,
    at: "df[column] =",
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that returns its encoder as well",
    lines: `def encode(table, column):
    encoder = LabelEncoder()
    table[column] = encoder.fit_transform(table[column])
    return table, encoder

df, kinds = encode(df, "kind")
df, levels = encode(df, "level")
df["a"] = levels.transform(df["level"].map({0: "high", 1: "low"}))`,
    at: `df["level"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper called in a loop over columns",
    lines: `${FILL}for name in ["age", "fare"]:\n    df = fill(df, name)`,
    at: "df[name] =",
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper for one column",
    lines: `def center(values):
    return values - values.mean()

df["fare"] = center(df["fare"]) / 2
df["age"] = center(df["age"].fillna(30))`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper whose first argument is looked at before the second one changes it",
    lines: `def widen(table):
    table["fare"] = table["fare"] * 2
    return table["fare"].max()

def apart(values, top):
    return (values - values.mean()) / top

df["a"] = apart(df["fare"], widen(df))`,
    at: `df["a"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that changes rows and gives a statistic of them",
    lines: `def widen(table):
    table["fare"] = table["fare"] * 2
    return table["fare"].max()

top = widen(df)
df["a"] = df["height"] / top`,
    at: `df["fare"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a helper that changes rows where only a statistic of them is used",
    lines: `def widen(table):
    table["fare"] = table["fare"] * 2
    return table

df["a"] = df["height"] / df["height"].max()
top = widen(df)["fare"].mean()
df["b"] = df["height"] / top`,
    at: `df["fare"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a helper that calls helpers",
    lines: `def center(values):
    return values - values.mean()

def prepare(table):
    table = table.copy()
    table["fare"] = center(table["fare"])
    table["height"] = center(table["height"])
    return table

df = prepare(df)`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper given to a helper as an argument",
    lines: `${FILL}def half(table):
    table["fare"] = table["fare"] / table["fare"].max()
    return table

df = half(fill(df, "age"))`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that reads a statistic of the notebook at its call",
    lines: `limit = df["fare"].max()
def cap(table):
    table["fare"] = table["fare"] / limit
    table["age"] = table["age"].fillna(table["age"].min())
    return table

limit = limit + 1
df = cap(df)
limit = 0`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper whose variables are named like those of the notebook",
    lines: `mid = 5
def fill(table):
    mid = table["age"].median()
    list = [name for name in table.columns if name in ("age", "fare")]
    for name in list:
        table[name] = table[name].fillna(mid)
    return table

df = fill(df)
df["kids"] = df["kids"] * mid`,
    at: `df[name] =`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that is defined anew between its calls",
    lines: `def work(table):
    table["age"] = table["age"].fillna(table["age"].mean())
    return table
df = work(df)
def work(table):
    table["fare"] = table["fare"] / table["fare"].max()
    return table
df = work(df)`,
    at: `df["fare"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper with everything that cleaning does",
    lines: `def clean(data, verbose=True):
    from sklearn.preprocessing import MinMaxScaler as Scaler
    assert "age" in data.columns, "no age"
    if verbose:
        print("missing", data.isnull().sum())
    data = data.copy()
    numbers = [c for c in data.select_dtypes("number").columns if c != "left"]
    for column in numbers:
        data[column] = data[column].fillna(data[column].median())
    text = ["city"]
    data[text] = data[text].fillna(data[text].mode().iloc[0])
    data = pd.get_dummies(
        data,
        columns=text,
        drop_first=True,
        dtype=int,
    )
    data[["fare", "height"]] = Scaler().fit_transform(data[["fare", "height"]])
    return data

df = clean(df)`,
    at: "df[column] =",
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that fills by group",
    lines: `def fill(table, key, column):
    table[column] = table[column].fillna(table.groupby(key)[column].transform("median"))
    return table

df = fill(df, "kind", "age")`,
    at: `df["age"]`,
    depends: "fitted-per-key",
  },
  {
    number: 0,
    name: "a helper that leaves outliers out",
    lines: `def without_outliers(table, column, share=0.95):
    top = table[column].quantile(share)
    return table[table[column] < top]

df = without_outliers(df, "fare")`,
    at: "df = df[",
    depends: "row-filter",
  },
  {
    number: 0,
    name: "a helper that returns before what its arguments rule out",
    lines: `def fill(table, value=None):
    if value is None:
        table["age"] = table["age"].fillna(table["age"].mean())
        return table
    table["age"] = table["age"].fillna(value)
    return table

df = fill(df)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a helper that takes features and target apart",
    lines: `def apart(table, target):
    y = table[target]
    X = table.drop(columns=[target]).select_dtypes("number")
    X = X.fillna(X.mean())
    return X, y
`,
    at: "X = X.fillna",
    depends: "fitted",
    tail: `\n# %%\nX, y = apart(df, "left")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)${MODEL}`,
  },
  {
    number: 0,
    name: "a helper that splits",
    lines: `def divide(table, target, size=0.25):
    y = table[target]
    X = table.drop(columns=[target]).select_dtypes("number")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=size, random_state=1)
    means = X_train.mean()
    return X_train.fillna(means), X_test.fillna(means), y_train, y_test
`,
    at: "X_test = ",
    depends: "fitted",
    tail: `\n# %%\nX_train, X_test, y_train, y_test = divide(df, "left")${MODEL}`,
  },
  {
    number: 0,
    name: "a helper called on training rows, then on test rows, which is served as trained",
    lines: `def prepare(part):
    part = part.copy()
    part["age"] = part["age"].fillna(part["age"].mean())
    return part
`,
    at: `X_train["age"]`,
    depends: "fitted",
    tail: behindSplit("X_train = prepare(X_train)\nX_test = prepare(X_test)"),
  },
  {
    number: 0,
    name: "a helper that learns of training rows and changes both",
    lines: `def scale(train, test):
    scaler = StandardScaler()
    scaler.fit(train)
    return scaler.transform(train), scaler.transform(test)
`,
    at: "X_test = scaler.transform",
    depends: "fitted",
    tail: behindSplit("X_train, X_test = scale(X_train.fillna(-1), X_test.fillna(-1))"),
  },
  {
    number: 0,
    name: "a helper that keeps what it learned for the test rows",
    lines: `def fill(part, means=None):
    if means is None:
        means = part.mean()
    part = part.fillna(means)
    return part, means
`,
    at: "X_train = X_train.fillna",
    depends: "fitted",
    tail: behindSplit("X_train, means = fill(X_train)\nX_test, _ = fill(X_test, means)"),
  },
  {
    number: 0,
    name: "a helper that hides a statistic in a list",
    lines: `def fill(table):
    seen = []
    seen.append(table["age"].mean())
    table["age"] = table["age"].fillna(seen[0])
    return table
df = fill(df)`,
    at: `df["age"]`,
    depends: "fitted",
  },
];
