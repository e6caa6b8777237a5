/** Which raw columns requests need not bring: those that are dropped by name, unless a table that still has them is used. */
import { expect, test } from "vitest";
import { stageScript } from "../support/feature-cases.ts";

const HEAD = `import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
df = pd.read_csv("people.csv")
`;
const TAIL = `
# %%
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

interface Dropped {
  readonly name: string;
  readonly lines: string;
  readonly unserved: readonly string[];
}

const DROPPED: readonly Dropped[] = [
  {
    name: "a column that is dropped from the table itself",
    lines: `df = df.drop(columns=["id"])
X = df.drop(columns=["left"])`,
    unserved: ["left", "id"],
  },
  {
    name: "a column that is dropped in place",
    lines: `df.drop(columns=["id"], inplace=True)
X = df.drop(columns=["left"])`,
    unserved: ["left", "id"],
  },
  {
    name: "a column of a table that only named columns are taken from later",
    lines: `X = df.drop(columns=["id", "left"])
X["rate"] = df["fare"] / df.age
X["both"] = df[["fare", "age"]].sum(axis=1)`,
    unserved: ["left", "id"],
  },
  {
    name: "a column of a table whose name is given to another one",
    lines: `X = df.drop(columns=["id", "left"])
df = df[["left", "age"]]
df = df.fillna(0)`,
    unserved: ["left", "id"],
  },
  {
    name: "a column that only a derived table is without",
    lines: `small = df.drop(columns=["fare", "left"])
df["mean"] = small.mean(axis=1)
X = df.drop(columns=["left"])`,
    unserved: ["left"],
  },
  {
    name: "a column that a copy made before still has",
    lines: `X = df.drop(columns=["left"])
small = df.drop(columns=["fare", "left"])
X["mean"] = small.mean(axis=1)`,
    unserved: ["left"],
  },
  {
    name: "a column of a table whose values are used together",
    lines: `small = df.drop(columns=["fare", "left"])
small["mean"] = df.mean(axis=1)
X = small`,
    unserved: ["left"],
  },
];

test.each(DROPPED)("$name", async ({ lines, unserved }) => {
  const staged = await stageScript(HEAD + lines + TAIL);
  const needed = staged.ok ? staged.value.needed.names : staged.error;
  expect(needed).toEqual(unserved);
});
