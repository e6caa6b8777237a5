import { expect, test } from "vitest";
import { stageScript } from "../support/feature-cases.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
# %%
df = pd.read_csv("sales.csv", parse_dates=["date"])
`;
const TAIL = `
# %%
X = df.drop(columns=["sold", "shop", "date"])
model = LinearRegression()
model.fit(X, df["sold"])
print(model.predict(X))
`;
const SHOPS = { entity: ["shop"], time: "date" };
const ONE_SERIES = { entity: [], time: "date" };

interface Split {
  readonly name: string;
  readonly lines: string;
  readonly declared: { readonly entity: readonly string[]; readonly time?: string };
  /** Earlier rows kept; `undefined` for all. */
  readonly window: number | undefined;
}

const SPLIT: readonly Split[] = [
  {
    name: "a lag of the predicted column",
    lines: `df["a"] = df.groupby("shop")["sold"].shift(1)`,
    declared: SHOPS,
    window: 1,
  },
  {
    name: "a lag of one series",
    lines: `df["a"] = df["sold"].shift(7)`,
    declared: ONE_SERIES,
    window: 7,
  },
  {
    name: "a lag of a computed value",
    lines: `df["a"] = np.log1p(df["sold"]).shift(2)`,
    declared: ONE_SERIES,
    window: 2,
  },
  {
    name: "lags in a loop over written numbers",
    lines: `for lag in [1, 2, 7]:\n    df[f"lag_{lag}"] = df.groupby("shop")["sold"].shift(lag)`,
    declared: SHOPS,
    window: 21,
  },
  {
    name: "lags in a loop over a constant list",
    lines: `LAGS = (1, 3)\nfor lag in LAGS:\n    df[f"lag_{lag}"] = df.groupby("shop")["sold"].shift(lag)`,
    declared: SHOPS,
    window: 6,
  },
  {
    name: "a difference",
    lines: `df["a"] = df.groupby("shop")["price"].diff(3)`,
    declared: SHOPS,
    window: 3,
  },
  {
    name: "a relative change, which fills gaps from any distance",
    lines: `df["a"] = df.groupby("shop")["price"].pct_change()`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "a relative change that fills no gaps",
    lines: `df["a"] = df.groupby("shop")["price"].pct_change(fill_method=None)`,
    declared: SHOPS,
    window: 1,
  },
  {
    name: "a moving average by group",
    lines: `df["a"] = df.groupby("shop")["price"].rolling(7).mean().reset_index(level=0, drop=True)`,
    declared: SHOPS,
    window: 6,
  },
  {
    name: "a moving average whose labels lose the entity another way",
    lines: `df["a"] = df.groupby("shop")["price"].rolling(7).mean().droplevel(0)`,
    declared: SHOPS,
    window: 6,
  },
  {
    name: "a moving average of earlier values in a function",
    lines: `df["a"] = df.groupby("shop")["sold"].transform(lambda s: s.shift(1).rolling(7).mean())`,
    declared: SHOPS,
    window: 7,
  },
  {
    name: "a running total",
    lines: `df["a"] = df.groupby("shop")["price"].cumsum()`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "a running total by name",
    lines: `df["a"] = df.groupby("shop")["price"].transform("cummax")`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "a count of earlier rows",
    lines: `df["a"] = df.groupby("shop").cumcount()`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "filling from earlier rows, a bounded number of them",
    lines: `df["price"] = df.groupby("shop")["price"].ffill(limit=2)`,
    declared: SHOPS,
    window: 2,
  },
  {
    name: "all earlier rows of one series",
    lines: `df["a"] = df["price"].expanding().mean()`,
    declared: ONE_SERIES,
    window: undefined,
  },
  {
    name: "an exponential average of one series",
    lines: `df["a"] = df["price"].ewm(span=3).mean()`,
    declared: ONE_SERIES,
    window: undefined,
  },
  {
    name: "groups finer than the entity",
    lines: `df["weekday"] = df["date"].dt.weekday\ndf["a"] = df.groupby(["shop", "weekday"])["sold"].shift(1)`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "a lag among the rows that a filter left",
    lines: `df = df[df["price"] > 0]\ndf["a"] = df.groupby("shop")["sold"].shift(1)`,
    declared: SHOPS,
    window: undefined,
  },
  {
    name: "a helper that writes a lag",
    lines: `def add(table):\n    table["a"] = table.groupby("shop")["sold"].shift(1)\n    return table\ndf = add(df)`,
    declared: SHOPS,
    window: 1,
  },
];

const HELPER = {
  name: "a helper that writes lags and windows in loops",
  lines: `LAGS = [1, 2]
def add(table, column="sold"):
    groups = table.groupby("shop")[column]
    for lag in LAGS:
        table[f"lag_{lag}"] = groups.shift(lag)
    for size in (3, 5):
        table[f"mean_{size}"] = groups.transform(lambda s: s.shift(1).rolling(size).mean())
    return table
df = add(df)`,
  declared: SHOPS,
  // The call may change the list of lags as far as is known, so that all rows are kept.
  window: undefined,
};

test.each([...SPLIT, HELPER])(
  "serves $name from a history",
  async ({ lines, declared, window }) => {
    const staged = await stageScript(`${HEAD}${lines}${TAIL}`, undefined, undefined, declared);
    expect(staged.ok ? staged.value.history : staged.error).toMatchObject({
      entity: declared.entity,
      time: declared.time,
      window,
    });
  },
);

interface Refused {
  readonly name: string;
  readonly lines: string;
  readonly declared?: { readonly entity?: readonly string[]; readonly time?: string };
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const REFUSED: readonly Refused[] = [
  {
    name: "a lag by group without a declaration",
    lines: `df = df.sort_values(["shop", "date"])\ndf["a"] = df.groupby("shop")["sold"].shift(1)`,
    code: "feature-needs-history",
    message: /whose a row is and which says when is not declared/u,
    hint: /^under serve in pipeline\.yaml write `entity: shop` and `time: date` in place of the lines there/u,
  },
  {
    name: "a lag by two columns without a declaration",
    lines: `df["a"] = df.groupby(["shop", "product"])["sold"].shift(1)`,
    code: "feature-needs-history",
    message: /not declared/u,
    hint: /`entity: \[shop, product\]` and `time: date`/u,
  },
  {
    name: "a lag of one series without a time",
    lines: `df["a"] = df["sold"].shift(1)`,
    code: "feature-needs-history",
    message: /which column says when is not declared/u,
    hint: /write `time: date` in place of the line there/u,
  },
  {
    name: "a plain lag over rows of several entities",
    lines: `df["a"] = df["sold"].shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /takes the row above, whoever's it is; group by the declared entity \(shop\)/u,
  },
  {
    name: "a plain lag of another table inside a function over one entity",
    lines: `df["a"] = df.groupby("shop")["price"].transform(lambda s: s.shift(1) - df["price"].shift(1))`,
    declared: SHOPS,
    code: "feature-statement-unknown",
    message: /`df` is not known at this place/u,
  },
  {
    name: "groups that are not the entity",
    lines: `df["a"] = df.groupby("product")["sold"].shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /puts rows of several shop together/u,
  },
  {
    name: "groups by a computed key",
    lines: `df["a"] = df.groupby(df["date"].dt.month)["sold"].shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /groups rows in a way that is not understood/u,
  },
  {
    name: "a lag into the future",
    lines: `df["a"] = df.groupby("shop")["price"].shift(-1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /a feature made of the future/u,
  },
  {
    name: "a loop with a lag into the future",
    lines: `for lag in [1, -1]:\n    df[f"a_{lag}"] = df.groupby("shop")["price"].shift(lag)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /a feature made of the future/u,
  },
  {
    name: "filling with later rows",
    lines: `df["price"] = df.groupby("shop")["price"].bfill()`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /fills with later rows/u,
  },
  {
    name: "interpolation",
    lines: `df["price"] = df["price"].interpolate()`,
    declared: ONE_SERIES,
    code: "feature-needs-history",
    message: /needs the rows after a gap/u,
  },
  {
    name: "a rank within the group",
    lines: `df["a"] = df.groupby("shop")["price"].rank()`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /compares with later rows/u,
  },
  {
    name: "a centered window",
    lines: `df["a"] = df["price"].rolling(3, center=True).mean()`,
    declared: ONE_SERIES,
    code: "feature-needs-history",
    message: /with `center`/u,
  },
  {
    name: "a window of time",
    lines: `df["a"] = df["price"].rolling("7D").mean()`,
    declared: ONE_SERIES,
    code: "feature-needs-history",
    message: /counts time, not rows/u,
  },
  {
    name: "the row's own label in a window",
    lines: `df["a"] = df.groupby("shop")["sold"].rolling(3).mean().reset_index(level=0, drop=True)`,
    declared: SHOPS,
    code: "feature-uses-target",
    message: /shift it first/u,
  },
  {
    name: "the row's own label in a running total",
    lines: `df["a"] = df.groupby("shop")["sold"].cumsum()`,
    declared: SHOPS,
    code: "feature-uses-target",
    message: /column that is predicted/u,
  },
  {
    name: "a lag of no rows",
    lines: `df["a"] = df.groupby("shop")["sold"].shift(0)`,
    declared: SHOPS,
    code: "feature-uses-target",
    message: /column that is predicted/u,
  },
  {
    name: "a window by group put back by position",
    lines: `df["a"] = df.groupby("shop")["price"].rolling(3).mean().reset_index(drop=True)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /labelled by entity and row/u,
  },
  {
    name: "a lag across groups behind a window by group",
    lines: `df["a"] = df.groupby("shop")["price"].rolling(3).mean().shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /labelled by entity and row/u,
  },
  {
    name: "rows left out by position before a lag",
    lines: `df = df.head(100)\ndf["a"] = df.groupby("shop")["sold"].shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /leaves rows out before earlier rows are counted/u,
  },
  {
    name: "a lag in another order than that of time",
    lines: `df["a"] = df.sort_values("price").groupby("shop")["sold"].shift(1)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /in another order than that of the declared time/u,
  },
  {
    name: "groups handed to something else",
    lines: `groups = df.groupby("shop")["price"]\ndf["a"] = np.log1p(groups)`,
    declared: SHOPS,
    code: "feature-needs-history",
    message: /uses groups or windows of rows in a way that is not understood/u,
  },
];

test.each(REFUSED)("refuses $name", async ({ lines, declared, code, message, hint }) => {
  const staged = await stageScript(`${HEAD}${lines}${TAIL}`, undefined, undefined, declared);
  expect(staged.ok).toBe(false);
  if (staged.ok) return;
  expect(staged.error).toMatchObject({ code, where: { cell: 2 } });
  expect(staged.error.message).toMatch(message);
  expect(staged.error.hint).toMatch(hint ?? /./u);
});

test("proposes the columns that the code uses as groups and as times", async () => {
  const staged = await stageScript(
    `${HEAD}df = df.sort_values(["shop", "product", "date"])\ndf["a"] = df["sold"].shift(1)${TAIL}`,
  );
  expect(staged.ok ? undefined : staged.error.candidates).toEqual({
    entity: ["shop", "product"],
    time: ["date"],
  });
});

test.each([
  {
    name: "the predicted column",
    lines: `df["target"] = df.groupby("shop")["sold"].shift(-1)`,
    ok: true,
  },
  {
    name: "a feature",
    lines: `df["target"] = df["price"]\ndf["next"] = df.groupby("shop")["sold"].shift(-1)`,
    ok: false,
  },
])("a later row may make $name: $ok", async ({ lines, ok }) => {
  const script = `${HEAD}df["a"] = df.groupby("shop")["sold"].shift(1)\n${lines}
X = df[["a", "price"]]
model = LinearRegression()
model.fit(X, df["target"])
print(model.predict(X))
`;
  const staged = await stageScript(script, undefined, undefined, SHOPS);
  expect(staged.ok ? "served" : staged.error.message).toMatch(ok ? /served/u : /future/u);
});
