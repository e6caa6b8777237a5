/** What does nothing for a request is left out of `transform`: only where nothing can have seen the column that is never there. */
import { expect, test } from "vitest";
import { stageScript } from "../support/feature-cases.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
raw = pd.read_csv("people.csv")
`;
const TAIL = `
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;
const COPY = `df = raw.copy()`;
const ID = `df.drop("id", axis=1, inplace=True)`;
const LABEL = `X = df.drop(columns=["left"])`;

interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  /** What of it is in `transform`. */
  readonly served: readonly string[];
}

const made = (variable: string, ...absent: readonly string[]): string => {
  const names = absent.map((name) => JSON.stringify(name)).join(", ");
  const given = absent.length === 0 ? "" : `, absent=(${names}${absent.length === 1 ? "," : ""})`;
  return `${variable} = raw_rows(frame, state.raw_types, UNSERVED${given})`;
};

const CASES: readonly Case[] = [
  {
    name: "a copy, a column that is taken away at once, and the label at the end",
    lines: [COPY, ID, `df["old"] = df["age"] > 60`, LABEL],
    served: [made("df", "id", "left"), `df["old"] = df["age"] > 60`, "X = df"],
  },
  {
    name: "a column that is deleted, and names in loops, lists and places",
    lines: [
      COPY,
      `del df["id"]`,
      `for name in ["age", "paid"]:\n    df[name] = df[name].fillna(0)`,
      `df.loc[df["age"] > 90, "age"] = 90`,
      `df["sum"] = df[["age", "paid"]].sum(axis=1)`,
      LABEL,
    ],
    served: [
      made("df", "id", "left"),
      `for name in ["age", "paid"]:`,
      `df[name] = df[name].fillna(0)`,
      `df.loc[df["age"] > 90, "age"] = 90`,
      `df["sum"] = df[["age", "paid"]].sum(axis=1)`,
      "X = df",
    ],
  },
  {
    name: "a column made on the way is dropped",
    lines: [COPY, `df["old"] = df["age"] > 60`, `df = df.drop(columns=["old"])`, LABEL],
    served: [
      made("df", "left"),
      `df["old"] = df["age"] > 60`,
      `df = df.drop(columns=["old"])`,
      "X = df",
    ],
  },
  {
    name: "the table before the copy goes on by itself",
    lines: [COPY, ID, LABEL, `X["again"] = raw["age"]`],
    served: [made("raw"), COPY, ID, LABEL, `X["again"] = raw["age"]`],
  },
  {
    name: "the table is used behind the drop",
    lines: [COPY, ID, LABEL, `X["half"] = df["age"] / 2`],
    served: [made("df", "id"), LABEL, `X["half"] = df["age"] / 2`],
  },
  {
    name: "all columns are counted in between",
    lines: [COPY, `df["empty"] = df.isna().sum(axis=1)`, ID, LABEL],
    served: [made("df"), `df["empty"] = df.isna().sum(axis=1)`, ID, LABEL],
  },
  {
    name: "a column is picked by its place in between",
    lines: [COPY, ID, `df["first"] = df.iloc[:, 2]`, LABEL],
    served: [made("df", "id"), `df["first"] = df.iloc[:, 2]`, LABEL],
  },
  {
    name: "a function is given the table in between",
    lines: [
      COPY,
      ID,
      `def more(t):\n    t["n"] = t.isna().sum(axis=1)\n    return t`,
      "df = more(df)",
      LABEL,
    ],
    served: [made("df", "id"), "df = more(df)", LABEL],
  },
  {
    name: "the column's name is in a text, where nobody knows what it is for",
    lines: [COPY, ID, `df["gone"] = df["note"].str.contains("left")`, LABEL],
    served: [made("df", "id"), `df["gone"] = df["note"].str.contains("left")`, LABEL],
  },
  {
    name: "names of columns that are in a variable",
    lines: [COPY, ID, `names = ["age", "paid"]`, "df[names] = df[names].fillna(0)", LABEL],
    served: [made("df", "id"), "df[names] = df[names].fillna(0)", LABEL],
  },
  {
    name: "columns that only training has beside one that requests bring",
    lines: [COPY, `df = df.drop(columns=["id", "age"])`, LABEL],
    served: [made("df", "id", "age", "left"), "X = df"],
  },
  {
    name: "a second table that still has the column is looked at by place",
    lines: [
      COPY,
      ID,
      `df["old"] = df["age"] > 60`,
      `other = df.drop(columns=["age"])`,
      `df["third"] = other.iloc[:, 2]`,
      LABEL,
    ],
    served: [
      made("df", "id"),
      `df["old"] = df["age"] > 60`,
      `other = df.drop(columns=["age"])`,
      `df["third"] = other.iloc[:, 2]`,
      LABEL,
    ],
  },
  {
    name: "a column, perhaps a view, is kept beside a table that is changed in place",
    lines: [
      COPY,
      ID,
      `ages = df["age"]`,
      LABEL,
      `X.loc[X["age"] > 90, "age"] = 90`,
      `X["told"] = ages`,
    ],
    served: [
      made("df", "id"),
      `ages = df["age"]`,
      LABEL,
      `X.loc[X["age"] > 90, "age"] = 90`,
      `X["told"] = ages`,
    ],
  },
  {
    name: "dummies may be called like the column, and are dropped with it",
    lines: [
      COPY,
      `df = pd.get_dummies(df, columns=["city"])`,
      `df = df.drop(columns=["city_id"])`,
      LABEL,
    ],
    served: [
      made("df"),
      `df = known_dummies(df, state.city_categories, UNSEEN, columns=["city"])`,
      `df = df.drop(columns=["city_id"])`,
      LABEL,
    ],
  },
];

test.each(CASES)("$name", async ({ lines, served }) => {
  const staged = await stageScript(HEAD + lines.join("\n") + TAIL);
  if (!staged.ok) throw new Error(staged.error.message);
  const texts = staged.value.transform.map(({ text }) => text);
  expect(texts.filter((text) => text !== "X_test = X")).toEqual(served);
});
