/** Notebooks that make one row for each customer, for `entityScript`. */

/** A notebook with rows per customer. */
export interface SplitEntities {
  readonly name: string;
  /** From the raw table `df` to the table of customers `rows`. */
  readonly lines: string;
  /** What the lines of `transform` must hold. */
  readonly served: readonly string[];
  /** What they must not hold. */
  readonly without?: readonly string[];
}

/** Each is split by reading, and proven by running. */
export const SPLIT_ENTITIES: readonly SplitEntities[] = [
  {
    name: "named aggregations, a learned day in one of them",
    lines: `today = df["day"].max()
rows = df.groupby("customer").agg(recency=("day", lambda d: today - d.max()), spent=("amount", "sum"))`,
    served: [`lambda d: state.today - d.max()`, `places = entity_places(rows, frame["customer"]`],
  },
  {
    name: "bins learned from all rows before they are put together",
    lines: `df["size"] = pd.cut(df["amount"], 3, labels=False)
rows = df.groupby("customer").agg(spent=("amount", "sum"), largest=("size", "max"))`,
    served: ["within_edges(df[", "state.amount_bin_edges"],
  },
  {
    name: "bins and ranks of the customers themselves",
    lines: `rows = df.groupby("customer").agg(spent=("amount", "sum"), orders=("day", "count"))
rows["size"] = pd.cut(rows["spent"], 3, labels=False)
rows["place"] = rows["orders"].rank()`,
    served: ["within_edges(rows[", "rank_among(rows["],
  },
  {
    name: "a dictionary of aggregations",
    lines: `rows = df.groupby(["customer"]).agg({"amount": "sum", "day": "nunique"})`,
    served: [`{"amount": "sum", "day": "nunique"}`],
  },
  {
    name: "columns from other aggregations of the same rows",
    lines: `g = df.groupby("customer")
rows = g["amount"].sum().to_frame("spent")
rows["orders"] = g.size()
rows["mean"] = g.amount.mean()`,
    served: [`rows["orders"] = g.size()`, `rows["mean"] = g.amount.mean()`],
  },
  {
    name: "a filter before, which decides what a customer is made of",
    lines: `df = df[df["amount"] < df["amount"].quantile(0.9)]
df = df.dropna(subset=["day"]).reset_index(drop=True)
rows = df.groupby("customer")[["amount", "day"]].sum()`,
    served: [`df[df["amount"] < state.amount_quantile]`, `df.dropna(subset=["day"])\n`],
    without: ["reset_index"],
  },
  {
    name: "a filter after, which concerns training alone",
    lines: `rows = df.groupby("customer").agg(spent=("amount", "sum"), orders=("day", "count"))
rows = rows[rows["orders"] > 1]
rows = rows[rows["spent"] < rows["spent"].quantile(0.99)].sort_values("spent")`,
    served: [`rows = df.groupby("customer")`],
    without: ["> 1", "quantile", "sort_values"],
  },
  {
    name: "a statistic of all customers",
    lines: `rows = df.groupby("customer")[["amount"]].sum()
rows["rich"] = (rows["amount"] > rows["amount"].median()).astype(int)`,
    served: [`rows["amount"] > state.amount_median`],
  },
  {
    name: "aggregations of other rows, brought to the same customers",
    lines: `back = df[df["amount"] < 0]
df = df[df["amount"] > 0]
rows = df.groupby("customer").agg(spent=("amount", "sum"))
back = back.groupby("customer").size()
rows["back"] = back.reindex(rows.index, fill_value=0)
rows["given"] = back
rows["given"] = rows["given"].fillna(0)`,
    served: [`back.reindex(rows.index, fill_value=0)`, `rows["given"] = back`],
  },
  {
    name: "tables of customers merged by the customer",
    lines: `a = df.groupby("customer", as_index=False)["amount"].sum()
b = df.groupby("customer")["day"].nunique().reset_index()
rows = a.merge(b, on="customer", how="left")
rows = pd.merge(rows, df.groupby("customer")["amount"].max().reset_index(name="top"), on="customer")
rows = rows.drop(columns="customer")`,
    served: [`a.merge(b, on="customer", how="left")`, `places = entity_places(rows, `],
  },
  {
    name: "merged from tables of which each may lack a customer",
    lines: `back = df[df["amount"] < 0]
bought = df[df["amount"] > 0]
a = bought.groupby("customer").agg(spent=("amount", "sum"))
b = back.groupby("customer").agg(back=("amount", "sum"))
rows = a.merge(b, left_index=True, right_index=True, how="outer")
rows = rows.fillna(0)`,
    served: [`frame["customer"], entity_of_row, entity_of_row_2)`],
    without: ["rows_left"],
  },
  {
    name: "looked up by the customer",
    lines: `first = df.groupby("customer")["day"].min()
rows = df.groupby("customer").agg(spent=("amount", "sum")).reset_index()
rows["first"] = rows["customer"].map(first)
rows = rows.drop("customer", axis=1)`,
    served: [`rows["customer"].map(first)`],
  },
  {
    name: "a pivoted column, whose values training decides",
    lines: `rows = df.pivot_table(index="customer", columns="kind", values="amount", aggfunc="sum", fill_value=0)`,
    served: [`same_columns(df.pivot_table(`, "UNSEEN, 0)"],
  },
  {
    name: "a cross table",
    lines: `rows = pd.crosstab(df["customer"], df["kind"], normalize="index")`,
    served: [
      `same_columns(pd.crosstab(`,
      "UNSEEN, 0)",
      `rows_left(df["customer"], frame["customer"])`,
    ],
  },
  {
    name: "an unstacked column",
    lines: `rows = df.groupby(["customer", "kind"])["amount"].sum().unstack(fill_value=0)`,
    served: [`same_columns(df.groupby(["customer", "kind"])`, "UNSEEN, 0)"],
  },
  {
    name: "the first row, where rows are sorted before",
    lines: `df = df.dropna(subset=["day"]).sort_values("day")
rows = df.groupby("customer").agg(first=("amount", "first"), last=("amount", lambda a: a.iloc[-1]))`,
    served: [`.sort_values("day")`],
  },
  {
    name: "steps from one row of a customer to the next",
    lines: `df = df.sort_values(["customer", "day"])
df["gap"] = df.groupby("customer")["day"].diff()
df["share"] = df["amount"] / df.groupby("customer")["amount"].transform("sum")
rows = df.groupby("customer").agg(gap=("gap", "mean"), top=("share", "max")).fillna(0)`,
    served: [`df.groupby("customer")["day"].diff()`, `.transform("sum")`],
  },
  {
    name: "rows changed in place before, customers after",
    lines: `df.dropna(subset=["day"], inplace=True)
rows = df.groupby("customer").agg(spent=("amount", "sum"), orders=("day", "count"))
rows.reset_index(inplace=True)
rows.drop(columns=["customer"], inplace=True)`,
    served: [`df.dropna(subset=["day"], inplace=True)`, "rows.reset_index(inplace=True)"],
  },
  {
    name: "a function of one group",
    lines: `def spread(values):
    return values.max() - values.min()
rows = df.groupby("customer")["amount"].agg(["sum", spread])
rows["each"] = df.groupby("customer").apply(lambda g: g["amount"].sum() / len(g))`,
    served: [`.agg(["sum", spread])`, `lambda g: g["amount"].sum() / len(g)`],
  },
];
