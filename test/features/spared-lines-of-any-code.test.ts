/** Any lines that staging might write: where something could tell whether a copy or a column is there, they stay as they are. */
import { expect, test } from "vitest";
import { withoutSparedLines } from "../../src/features/spared-lines.ts";
import { pythonParser } from "../support/python-parser.ts";

/** The lines of a transform, without what no row needs. */
async function lean(code: string, elsewhere: string | undefined = "X"): Promise<string> {
  const lines = code
    .trim()
    .split("\n")
    .map((line, at) => {
      const text = line.trimStart();
      return {
        cell: 1,
        line: at + 1,
        text,
        depth: (line.length - text.length) / 4,
        rigidLines: [],
      };
    });
  const features = {
    transform: lines,
    result: { text: elsewhere, fitText: elsewhere },
    shared: [],
    needed: { kind: "all-but", names: ["id", "price", "city_id"] },
    history: undefined,
    entity: undefined,
  } as const;
  const kept = withoutSparedLines(features, await pythonParser()).transform;
  return kept.map(({ text, depth }) => "    ".repeat(depth) + text).join("\n");
}

const RAW = "raw_rows(frame, state.raw_types, UNSERVED)";

test("a copy of raw rows that stand nowhere else is not made", async () => {
  expect(await lean(`houses = ${RAW}\nX = houses.copy()`)).toBe(`X = ${RAW}`);
});

const COPIED: readonly [name: string, code: string, elsewhere?: string][] = [
  ["read afterwards", `a = ${RAW}\nX = a.copy()\nX["n"] = a["n"]`],
  ["read before, by what may be a view", `a = ${RAW}\nv = a["n"].values\nX = a.copy()`],
  ["under another name as well", `a = ${RAW}\nb = a\nX = a.copy()`],
  ["in a list of tables", `a = ${RAW}\nboth = [a]\nX = a.copy()`],
  ["part of the result", `a = ${RAW}\nX = a.copy()`, "X.join(a)"],
  ["in a query's text", `a = ${RAW}\nX = a.copy()\nX = X.query("n > @a.n")`],
  ["read in a block", `a = ${RAW}\nfor n in ["p"]:\n    X = a.copy()`],
  ["no raw rows", `a = table\nX = a.copy()`],
  ["of one column", `a = ${RAW}\nX = a["n"].copy()`],
  ["shallow", `a = ${RAW}\nX = a.copy(deep=False)`],
  ["one of two raw tables", `a = ${RAW}\nb = ${RAW}\nX = a.copy()\nX["n"] = b["n"]`],
];

test.each(COPIED)("a copy stays when the table is %s", async (_, code, elsewhere) => {
  expect(await lean(code, elsewhere)).toBe(code);
});

test("columns that are dropped before anything sees them are not made", async () => {
  const code = `
houses = ${RAW}
df = houses.copy()
df.drop("id", axis=1, inplace=True)
for col in ["a", "b"]:
    df[col] = df[col].fillna(0)
df["sum"] = df[["a", "b"]].sum(axis=1)
df = known_dummies(df, state.categories, UNSEEN, columns=["kind"])
df = df.drop(columns=["a"])
X = df.drop("price", axis=1)`;
  expect(
    await lean(code),
  ).toBe(`df = raw_rows(frame, state.raw_types, UNSERVED, absent=("id", "price"))
for col in ["a", "b"]:
    df[col] = df[col].fillna(0)
df["sum"] = df[["a", "b"]].sum(axis=1)
df = known_dummies(df, state.categories, UNSEEN, columns=["kind"])
df = df.drop(columns=["a"])
X = df`);
});

test("a drop under the same name goes without a trace", async () => {
  expect(await lean(`X = ${RAW}\nX = X.drop(columns=["id", "price"])\nprint(X.shape)`)).toBe(
    `X = raw_rows(frame, state.raw_types, UNSERVED, absent=("id", "price"))\nprint(X.shape)`,
  );
});

test("only the drops before the first line that sees the whole table are left out", async () => {
  const code = `X = ${RAW}\nX = X.drop(columns=["id"])\nX["n"] = X.isna().sum(axis=1)\nX = X.drop(columns=["price"])`;
  expect(await lean(code)).toBe(
    `X = raw_rows(frame, state.raw_types, UNSERVED, absent=("id",))\nX["n"] = X.isna().sum(axis=1)\nX = X.drop(columns=["price"])`,
  );
});

const SEEN: readonly (readonly [name: string, line: string])[] = [
  ["counted", `df["n"] = df.shape[1]`],
  ["counted in rows", `df["n"] = df.isna().sum(axis=1)`],
  ["found by position", `df["n"] = df.iloc[:, 0]`],
  ["found by position among the names", `df["n"] = df[df.columns[1]]`],
  ["chosen by type", `df["n"] = df.select_dtypes("number").sum(axis=1)`],
  ["taken as an array", `df["n"] = df.values[:, 1]`],
  ["cast", `df = df.astype(float)`],
  ["filled", `df = df.fillna(0)`],
  ["handed to a helper", `df["n"] = helper(df)`],
  ["encoded with all others", `df = known_dummies(df, state.categories, UNSEEN)`],
  [
    "encoded under a prefix",
    `df = known_dummies(df, state.categories, UNSEEN, columns=["a"], prefix="price")`,
  ],
  ["beside the table in a call", `df = known_dummies(df, f(df), UNSEEN, columns=["a"])`],
  ["read", `df["n"] = df["price"]`],
  ["written", `df["price"] = 1`],
  ["read in a list", `df["n"] = df[["a", "price"]].max(axis=1)`],
  ["read by a name that is made", `df["n"] = df["pr" + "ice"]`],
  ["read by a name with an escape", `df["n"] = df["pric\\x65"]`],
  ["read by a variable", `df["n"] = df[name]`],
  ["chosen by a mask", `df["n"] = df[df["a"] > 0].sum()`],
  ["read as an attribute", `df["n"] = df.price`],
  ["read later, by a function", `df["n"] = df["a"].map(lambda v: v + df["b"].sum())`],
  ["in a table that stays under another name", `other = df`],
  ["in a comprehension", `df["n"] = sum([df[c] for c in names])`],
  ["in a column that gets a name of its own, a view of what is changed later", `s = df["a"]`],
  ["in a column named on the way", `df["n"] = (s := df["a"])`],
  ["in a column that gets a second name", `df["n"] = s = df["a"]`],
  ["given an annotation", `df["n"]: int = df.shape[1]`],
  [
    "named in a block whose variable changes",
    `for c in ["a"]:\n    c = "price"\n    df[c] = df[c] + 1`,
  ],
  ["in a loop over names that are made", `for c in names:\n    df[c] = 1`],
  ["in a loop over its own name", `for c in ["price"]:\n    df[c] = 1`],
  ["a condition", `if len(df.columns) > 3:\n    df["n"] = 1`],
  ["renamed", `df = df.rename(columns={"price": "cost"})`],
];

test.each(SEEN)("a drop stays when before it the column could be %s", async (_, line) => {
  const code = `df = ${RAW}\n${line}\nX = df.drop("price", axis=1)`;
  expect(await lean(code)).toBe(code);
});

const DROPS: readonly (readonly [name: string, line: string])[] = [
  ["of a column that requests bring", `X = df.drop(columns=["a"])`],
  ["of such a column beside another", `X = df.drop(columns=["price", "a"])`],
  ["of rows", `X = df.drop("price")`],
  ["of rows and columns", `X = df.drop([0], columns=["price"])`],
  ["by names that are made", `X = df.drop(columns=NAMES)`],
  ["with a part of it spread", `X = df.drop(columns=[*NAMES])`],
  ["with errors ignored", `X = df.drop(columns=["price"], errors="ignore")`],
  ["of a part of the table", `X = df[["a", "price"]].drop(columns=["price"])`],
  ["that is gone on with", `X = df.drop(columns=["price"]).fillna(0)`],
  ["in a branch", `if flag:\n    df = df.drop(columns=["price"])`],
  ["from a table read afterwards", `X = df.drop(columns=["price"])\nX["n"] = df["a"]`],
  ["from a table in the result", `Y = df.drop(columns=["price"])\nX = Y.join(df)`],
  [
    "of what dummies may be called",
    `df = known_dummies(df, s, UNSEEN, columns=["city"])\nX = df.drop(columns=["city_id"])`,
  ],
  ["in place of nothing", `X = df.drop(columns=["price"], inplace=True)`],
];

test.each(DROPS)("a drop stays that is one %s", async (_, line) => {
  const code = `df = ${RAW}\n${line}`;
  expect(await lean(code)).toBe(code);
});
