/** Functions of the notebook that are no straight line from their arguments to what they give back: they stay refused. */
import { FILL } from "./helpers.ts";
import type { Idiom } from "./idiom.ts";

export const REFUSED_HELPERS: readonly Idiom[] = [
  {
    number: 0,
    name: "a helper that learns the target",
    lines: `def add(table):
    table["hint"] = table.groupby("kind")["left"].transform("mean")
    return table
df = add(df)`,
    depends: "target",
    refused: "feature-uses-target",
  },
  {
    number: 0,
    name: "a helper that looks at the row before",
    lines: `def add(table):
    table["a"] = table["fare"].shift(1).fillna(table["fare"].mean())
    return table
df = add(df)`,
    depends: "table",
    refused: "feature-needs-history",
  },
  {
    number: 0,
    name: "a helper that draws lots",
    lines: `def add(table):
    table["a"] = table["fare"].fillna(table["fare"].mean()) + np.random.rand(len(table))
    return table
df = add(df)`,
    depends: "random",
    refused: "feature-random",
  },
  {
    number: 0,
    name: "a helper that returns before its end, as the rows tell",
    lines: `def fill(table):
    if len(table) > 150:
        return table
    table["age"] = table["age"].fillna(table["age"].mean())
    return table
df = fill(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper whose table is looked at before it is changed",
    lines: `${FILL}df["a"] = df["age"].isna() + fill(df, "age")["fare"]`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper with a default that all calls share",
    lines: `def fill(table, seen=[]):
    seen.append(table["age"].mean())
    table["age"] = table["age"].fillna(seen[0])
    return table
df = fill(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper with a default that the notebook learned",
    lines: `mean = df["age"].mean()
def fill(table, value=mean):
    table["age"] = table["age"].fillna(value)
    return table
df = fill(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper that calls itself",
    lines: `def fill(table, count=2):
    table["age"] = table["age"].fillna(table["age"].mean())
    return table if count == 0 else fill(table, count - 1)
df = fill(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper with any number of columns",
    lines: `def fill(table, *columns):
    for column in columns:
        table[column] = table[column].fillna(table[column].mean())
    return table
df = fill(df, "age", "fare")`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper whose arguments are not written out",
    lines: `${FILL}given = {"column": "age"}\ndf = fill(df, **given)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper that counts its calls",
    lines: `calls = 0
def fill(table):
    global calls
    calls += 1
    table["age"] = table["age"].fillna(table["age"].mean() + calls)
    return table
df = fill(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper that names its variable in a text",
    lines: `def cap(table):
    top = table["fare"].quantile(0.99)
    return table.query("fare < @top")
df = cap(df)`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper behind another name",
    lines: `${FILL}work = fill\ndf = work(df, "age")`,
    depends: "row",
    refused: "feature-helper-unknown",
  },
  {
    number: 0,
    name: "a helper that may be one of two",
    lines: `${FILL}if len(df) > 1000:
    def fill(table, column):
        return table
df = fill(df, "age")`,
    depends: "row",
    refused: "feature-statement-unknown",
  },
];
