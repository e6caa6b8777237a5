/** How calls of learning functions are written out: the user's text, under names that meet no others, with its comments. */
import { expect, test } from "vitest";
import { featureFiles, stageScript } from "../support/feature-cases.ts";
import { IDIOM_HEAD, IDIOM_TAIL } from "../support/idioms/idiom.ts";

/** The lines of one generated function between the table that is read and the cell with the model. */
async function written(lines: string, of: "fit" | "transform"): Promise<string> {
  const staged = await stageScript(`${IDIOM_HEAD}${lines}${IDIOM_TAIL}`);
  if (!staged.ok) throw new Error(staged.error.message);
  const text = (await featureFiles(staged.value, "story"))["story/features.py"] ?? "";
  const [, learn = "", transform = ""] = text.split(/^def (?:learn|transform)\(/mu);
  const body = of === "fit" ? learn : transform;
  const [, rest = ""] = body.split(/^ {4}df = (?:frame\.copy\(\)|raw_rows\(.*\))\n/mu);
  return (rest.split("    # story.ipynb, cell 3\n")[0] ?? "").replaceAll(/^ {4}/gmu, "");
}

async function refusalOf(lines: string): Promise<string> {
  const staged = await stageScript(`${IDIOM_HEAD}${lines}${IDIOM_TAIL}`);
  return staged.ok
    ? "split"
    : `${String(staged.error.where.cell)}:${String(staged.error.where.line)} ${staged.error.message}`;
}

test("a function from another cell says where it is and which call it stands for", async () => {
  const lines = `def clean(table, column="age"):
    """Fills nulls."""
    # Most people are average.
    table[column] = table[column].fillna(
        table[column].mean()
    )  # rounded nowhere
    return table
# %%
df = clean(df)
df["twice"] = df["age"] * 2`;
  expect(
    await written(lines, "transform"),
  ).toBe(`# story.ipynb, cell 3: clean(df) of story.ipynb, cell 2
# Most people are average.
df["age"] = df["age"].fillna(
    state.age_mean
)  # rounded nowhere
`);
});

test("both halves of two calls", async () => {
  const lines = `def fill(table, column, how="mean"):
    if how == "mean":
        value = table[column].mean()
    else:
        value = table[column].median()
    table[f"{column}_{how}"] = table[column].fillna(value)
    return table

df = df.pipe(fill, "age").pipe(fill, column="fare", how="median")
`;
  expect(await written(lines, "fit")).toBe(`# story.ipynb, cell 2: .pipe(fill, "age")
value = df["age"].mean()
df["age_mean"] = df["age"].fillna(value)
# story.ipynb, cell 2: .pipe(fill, column="fare", how="median")
value_2 = df["fare"].median()
df["fare_median"] = df["fare"].fillna(value_2)
`);
  expect(await written(lines, "transform")).toBe(`# story.ipynb, cell 2: .pipe(fill, "age")
df["age_mean"] = df["age"].fillna(state.value)
# story.ipynb, cell 2: .pipe(fill, column="fare", how="median")
df["fare_median"] = df["fare"].fillna(state.value_2)
`);
});

test("names that the notebook or Python has are not taken", async () => {
  const lines = `mid = 3
def center(values, sum=1): return (values - values.mean()) / sum
def prepare(table):
    mid = table["fare"].median(); list = ["age", "height"]
    for name in [n for n in list if n != "mid"]:
        table[name] = center(table[name].fillna(mid))
    return table

df = prepare(df)
df["kids"] = df["kids"] + mid`;
  expect(await written(lines, "fit")).toBe(`# story.ipynb, cell 2: prepare(df)
prepare_mid = df["fare"].median()
# story.ipynb, cell 2: center(df[name].fillna(prepare_mid))
mean = {}
# story.ipynb, cell 2: prepare(df)
for name in [n for n in prepare_list if n != "mid"]:
    # story.ipynb, cell 2: center(df[name].fillna(prepare_mid))
    values = df[name].fillna(prepare_mid)
    mean[name] = values.mean()
    df[name] = (values - mean[name]) / 1
# story.ipynb, cell 2
df["kids"] = df["kids"] + mid
`);
});

test.each([
  [
    "why the lines cannot be moved",
    `def fill(t):\n    with open("people.csv"):\n        t["age"] = t["age"].fillna(t["age"].mean())\n    return t\ndf = fill(df)`,
    /^2:3 .*cannot stand in place of its call: it has a `with` \(line 3\)\.$/u,
  ],
  [
    "where a call is misplaced",
    `def fill(t):\n    t["age"] = t["age"].fillna(t["age"].mean())\n    return t\ndf["a"] = df["age"] + fill(df)["fare"]`,
    /looked at first, or handed on\.$/u,
  ],
  [
    "what is wrong with a line of the function",
    `def fill(t):\n    t["age"] = t["age"].fillna(t["age"].mean())\n\n    t["b"] = t["age"].diff()\n    return t\n\n\ndf = fill(df)`,
    /^2:5 `df\["age"\]\.diff\(\)|^2:5 `t\["age"\]\.diff\(\)/u,
  ],
  [
    "what a class does",
    `class Filler:\n    share = 2\n    def fit(self, X):\n        self.mean = X.mean()\nfiller = Filler()\nfiller.fit(df)\ndf = df.fillna(filler.mean)`,
    /^2:2 .*it has more than methods\.$/u,
  ],
] as const)("a refusal says %s", async (_, lines, message) => {
  expect(await refusalOf(lines)).toMatch(message);
});
