/** Loops over tables: each turn changes one of them, for which it learns by itself. */
import type { Idiom } from "./idiom.ts";

function behindSplit(lines: string): string {
  return `\n# %%\ny = df["left"]
X = df.drop(columns=["left"]).select_dtypes("number")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
${lines}
model = LogisticRegression(max_iter=50)
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;
}

export const TABLE_LOOPS: readonly Idiom[] = [
  {
    number: 0,
    name: "a loop over training and test rows",
    lines: "",
    at: `X_test["fare"] =`,
    depends: "fitted",
    tail: behindSplit(`top = X_train["fare"].max()
for part in [X_train, X_test]:
    # Both alike.
    part["age"] = part["age"].fillna(30)
    part["twice"] = part["age"] * 2
    part["fare"] = part["fare"] / top`),
  },
  {
    number: 0,
    name: "a loop in which test rows learn for themselves, which is served as trained",
    lines: "",
    at: "X_train.fillna",
    depends: "fitted",
    tail: behindSplit(`for part in (X_train, X_test):
    means = part.mean()
    part.fillna(means, inplace=True)`),
  },
  {
    number: 0,
    name: "a loop over tables that calls a helper",
    lines: `def fill(table):
    table["age"] = table["age"].fillna(table["age"].mean())

for table in [df]:
    fill(table)`,
    at: `df["age"]`,
    depends: "fitted",
  },
  {
    number: 0,
    name: "a loop over tables whose variable is used behind it",
    lines: `for part in [df]:
    part["age"] = part["age"].fillna(0)
df["a"] = part["age"] * 2`,
    at: `df["age"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over tables that goes on with a table of its own",
    lines: `for part in [df]:
    part["age"] = part["age"].fillna(0)
    part = part.drop(columns=["city"])
    part["age"] = 1`,
    at: `part_df["age"]`,
    depends: "row",
  },
  {
    number: 0,
    name: "a loop over tables that ends early",
    lines: `for part in [df]:
    part["age"] = part["age"].fillna(0)
    if len(part) > 3:
        break`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
  {
    number: 0,
    name: "a loop over tables that binds one of them anew",
    lines: `other = df
for part in [df, other]:
    part["age"] = part["age"].fillna(0)
    other = part.drop(columns=["fare"])`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
];
