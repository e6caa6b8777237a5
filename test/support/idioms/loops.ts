/** Loops over train and test, over several names at once, and branches: what repeats a line is split as the line is. */
import type { Idiom } from "./idiom.ts";

const OTHERS = `others = pd.read_csv("others.csv")\n`;

export const LOOPS: readonly Idiom[] = [
  {
    number: 0,
    name: "a loop over two tables",
    lines: `${OTHERS}for table in [df, others]:\n    # Of each person\n    table["a"] = table["fare"] / (table["kids"] + 1)  # and head`,
    at: `df["a"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over two tables that learns of each",
    lines: `${OTHERS}both = (df, others)\nfor table in both:\n    table["age"] = table["age"].fillna(table["age"].median())\n    table["kind"] = table.kind.map({"a": 1, "b": 2}).fillna(0)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a loop over two tables on one line",
    lines: `${OTHERS}for table in (df, others): table["a"] = table["fare"] - table["fare"].min(); table["b"] = 1`,
    at: `df["a"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a loop over two tables that changes them in place",
    lines: `${OTHERS}for table in [df, others]:\n    table.drop(columns=["height"], inplace=True)\n    table["note"] = table["note"].str.len()`,
    at: `df["note"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over two tables whose variable is bound anew",
    lines: `${OTHERS}for table in [df, others]:\n    table["a"] = table["fare"] * 2\n    table = table.drop(columns=["fare"])\n    table["kids"] = 0`,
    at: `table_df["a"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over two tables within one over columns",
    lines: `${OTHERS}for column in ["fare", "height"]:\n    for table in [df, others]:\n        table[column] = table[column] / df[column].max()`,
    at: `df[column]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a loop over columns within one over two tables",
    lines: `${OTHERS}for table in [df, others]:\n    for column in ["fare", "height"]:\n        table[column + "_a"] = table[column] - table[column].mean()`,
    at: `df[column + "_a"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a loop over numbered tables",
    lines: `${OTHERS}for at, table in enumerate([df, others]):\n    table["a"] = table["fare"] + 1\n    print(at, table.shape)`,
    at: `df["a"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over tables and their names",
    lines: `${OTHERS}for table, name in zip([df, others], ["people", "others"]):\n    table["a"] = table["fare"].clip(0, 50)\n    print(name)`,
    at: `df["a"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "tables that a list of results gives their names again",
    lines: `${OTHERS}def wider(t):\n    t = t.copy()\n    t["a"] = t["fare"] * t["kids"]\n    return t\ndf, others = [wider(table) for table in (df, others)]`,
    at: "df = wider",
    depends: "row",
  },
  {
    number: 0,
    name: "a table that is read after its loop by the loop's variable",
    lines: `${OTHERS}for table in [others, df]:\n    table["a"] = table["fare"] + 2\ntable["b"] = table["a"] * 3`,
    at: `table["b"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a table that is read behind its loop in the same branch",
    lines: `${OTHERS}if len(df) > 3:\n    for table in [others, df]:\n        table["a"] = table["fare"] + 2\n    table["b"] = table["a"] * 3`,
    at: `table["b"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "guesses by two keys that each table makes anew",
    lines: `${OTHERS}both = [df, others]\nguesses = np.zeros((2, 3))\nfor table in both:\n    table["level"] = table["level"].map({"low": 0, "high": 1})\nfor table in both:\n    for i in range(2):\n        for j in range(3):\n            some = table[(table["level"] == i) & (table["kids"] == j)]["age"].dropna()\n            guesses[i, j] = some.median()\n    for i in range(2):\n        for j in range(3):\n            table.loc[table.age.isnull() & (table.level == i) & (table.kids == j), "age"] = guesses[i, j]`,
    at: `df.loc`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "both sides of a split in one loop",
    lines: `left, right = train_test_split(df, random_state=2)\nfor side in [left, right]:\n    side["a"] = side["fare"] - left["fare"].mean()`,
    at: `right["a"]`,
    depends: "fitted",
    tail: `
# %%
columns = ["a", "kids"]
model = LogisticRegression()
model.fit(left[columns], left["left"])
X = right[columns]
print(model.score(X, right["left"]))
`,
  },
  {
    number: 0,
    name: "a loop over a list whose table has another name by now",
    lines: `${OTHERS}tables = [df, others]\ndf = df.copy()\nfor table in tables:\n    table["fare"] = table["fare"] * 2`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "a loop over a list that was changed",
    lines: `${OTHERS}tables = [others]\ntables.append(df)\nfor table in tables:\n    table["fare"] = table["fare"] * 2`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "a loop over some of the tables of a list",
    lines: `${OTHERS}for table in [df, others][:1]:\n    table["fare"] = table["fare"] * 2`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "a loop over tables that may end early",
    lines: `${OTHERS}for table in [df, others]:\n    table["fare"] = table["fare"] * 2\n    if table["fare"].max() > 90:\n        break`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "a loop over tables by their keys",
    lines: `${OTHERS}tables = {"df": df, "others": others}\nfor name, table in tables.items():\n    table["fare"] = table["fare"] * 2`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "results of tables that take each other's names",
    lines: `${OTHERS}df, others = [table.assign(a=1) for table in (others, df)]`,
    depends: "row",
    refused: "feature-mixes-training-rows",
  },
];
