/** Models whose rows are entities: which notebooks are split, with which entity, and which are refused, and where. */
import { expect, test } from "vitest";
import { featureExplanations } from "../../src/cli/explanations/features.ts";
import { SPLIT_ENTITIES } from "../support/entity-cases.ts";
import { entityScript, featureFiles, stageScript } from "../support/feature-cases.ts";

test.each(SPLIT_ENTITIES)("$name: split", async ({ lines, served, without }) => {
  const staged = await stageScript(entityScript(lines));
  if (!staged.ok) throw new Error(`${staged.error.code}: ${staged.error.message}`);
  expect(staged.value.entity?.column).toBe("customer");
  const files = await featureFiles(staged.value, "story");
  const text = files["story/features.py"] ?? "";
  const transform = text.slice(text.indexOf("def transform("));
  for (const part of served) expect(transform).toContain(part);
  for (const part of without ?? []) expect(transform).not.toContain(part);
  expect(Object.keys(files)).toContain("story/_entity_support.py");
});

interface Refused {
  readonly name: string;
  readonly lines: string;
  readonly code: string;
  /** Line in cell 2, where the table is read in line 1. */
  readonly line: number;
}

const REFUSED: readonly Refused[] = [
  {
    name: "rows of two keys",
    lines: `rows = df.groupby(["customer", "day"]).agg(spent=("amount", "sum"))`,
    code: "feature-entity-unknown",
    line: 4,
  },
  {
    name: "three keys",
    lines: `rows = df.groupby(["customer", "day", "kind"])[["amount"]].sum()`,
    code: "feature-entity-unknown",
    line: 2,
  },
  {
    name: "rows of nobody kept",
    lines: `rows = df.groupby("customer", dropna=False)[["amount"]].sum()`,
    code: "feature-entity-unknown",
    line: 2,
  },
  {
    name: "the first row as rows happen to come",
    lines: `rows = df.groupby("customer").agg(first=("amount", "first"))`,
    code: "feature-needs-history",
    line: 2,
  },
  {
    name: "a function that looks at the order of rows",
    lines: `rows = df.groupby("customer").agg(last=("amount", lambda a: a.iloc[-1]))`,
    code: "feature-needs-history",
    line: 2,
  },
  {
    name: "the more frequent of two, of which the first one wins",
    lines: `rows = df.groupby("customer").agg(kind=("kind", lambda k: k.value_counts().idxmax()))`,
    code: "feature-needs-history",
    line: 2,
  },
  {
    name: "rows picked at random",
    lines: `df = df.sample(frac=0.5, random_state=1)\nrows = df.groupby("customer")[["amount"]].sum()`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "rows picked by their place",
    lines: `df = df.iloc[10:]\nrows = df.groupby("customer")[["amount"]].sum()`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "duplicates of other customers' rows",
    lines: `df = df.drop_duplicates(subset=["day"])\nrows = df.groupby("customer")[["amount"]].sum()`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "aggregations of different rows beside each other",
    lines: `back = df[df["amount"] < 0].copy()
a = df.groupby("customer")["amount"].sum()
rows = (a / back.groupby("customer")["amount"].sum()).to_frame()`,
    code: "feature-rows-differ",
    line: 4,
  },
  {
    name: "customers beside rows",
    lines: `rows = df.groupby("customer")[["amount"]].sum()\nrows["day"] = df["day"]`,
    code: "feature-rows-differ",
    line: 3,
  },
  {
    name: "numbered customers beside named ones",
    lines: `rows = df.groupby("customer")[["amount"]].sum().reset_index(drop=True)
rows["days"] = df.groupby("customer")["day"].nunique()`,
    code: "feature-rows-differ",
    line: 3,
  },
  {
    name: "tables joined by something else",
    lines: `a = df.groupby("customer").agg(day=("day", "max"), spent=("amount", "sum"))
b = df.groupby("customer").agg(day=("day", "max"), top=("amount", "max"))
rows = a.merge(b, on="day")`,
    code: "feature-rows-differ",
    line: 4,
  },
  {
    name: "a function of several values of a group",
    lines: `rows = df.groupby("customer").apply(lambda g: g[g["amount"] > 1])`,
    code: "feature-per-key",
    line: 2,
  },
  {
    name: "a sum over all customers in a pivoted table",
    lines: `rows = df.pivot_table(index="customer", columns="kind", values="amount", margins=True)`,
    code: "feature-per-key",
    line: 2,
  },
  {
    name: "shares of all rows in a cross table",
    lines: `rows = pd.crosstab(df["customer"], df["kind"], normalize="columns")`,
    code: "feature-statement-unknown",
    line: 2,
  },
  {
    name: "customers ranked among each other by their places",
    lines: `rows = df.groupby("customer")[["amount"]].sum()\nrows["place"] = rows["amount"].rank(method="first")`,
    code: "feature-needs-history",
    line: 3,
  },
  {
    name: "groups gone through one by one",
    lines: `rows = df.groupby("customer")[["amount"]].sum()
for name, part in df.groupby("customer"):
    rows.loc[name, "n"] = len(part)`,
    code: "feature-statement-unknown",
    line: 3,
  },
];

test.each(REFUSED)("$name: refused", async ({ lines, code, line }) => {
  const staged = await stageScript(entityScript(lines));
  if (staged.ok) throw new Error("it was split");
  expect({ code: staged.error.code, line: staged.error.where.line }).toEqual({ code, line });
  expect(Object.keys(featureExplanations)).toContain(code);
});

test("the entity that pipeline.yaml names must be the one that rows are made for", async () => {
  const script = entityScript(`rows = df.groupby("customer")[["amount"]].sum()`);
  const same = await stageScript(script, undefined, undefined, { entity: ["customer"] });
  expect(same.ok).toBe(true);
  const other = await stageScript(script, undefined, undefined, { entity: ["shop"] });
  expect(other.ok ? undefined : other.error).toMatchObject({
    code: "feature-entity-unknown",
    hint: expect.stringContaining("entity: customer") as unknown,
  });
});

test("a predicted column of customers is empty while serving, and no feature under another name", async () => {
  const rest = `
X = rows.drop(columns=["left"])
y = rows["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;
  const script = (columns: string): string =>
    `${entityScript("").split("model = ")[0] ?? ""}rows = df.groupby("customer").agg(${columns})\n${rest}`;
  const staged = await stageScript(script(`spent=("amount", "sum"), left=("left", "max")`));
  expect(staged.ok ? staged.value : staged.error).toMatchObject({
    label: "left",
    needed: { names: ["left"] },
    entity: { column: "customer" },
  });
  const leaking = await stageScript(
    script(`spent=("amount", "sum"), left=("left", "max"), hint=("left", "mean")`),
  );
  expect(leaking.ok ? undefined : leaking.error.code).toBe("feature-uses-target");
});

test("a predicted column that is computed for customers is empty while serving", async () => {
  const staged = await stageScript(
    `${entityScript("").split("model = ")[0] ?? ""}rows = df.groupby("customer").agg(days=("day", "nunique"))
rows["gone"] = (rows["days"] > 3).astype(int)
X = rows.drop(columns=["gone"])
model = LogisticRegression()
model.fit(X, rows["gone"])
print(model.score(X, rows["gone"]))
`,
  );
  const transform = staged.ok ? staged.value.transform.map(({ text }) => text) : [staged.error];
  expect(transform).toContain('rows["gone"] = None');
});

test("rows that only bring a group's value back are served row by row", async () => {
  const staged = await stageScript(
    entityScript(`rows = df[["amount"]]\nprint(df.groupby("customer").size())`),
  );
  expect(staged.ok ? staged.value.entity : staged.error).toBeUndefined();
});
