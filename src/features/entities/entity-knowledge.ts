/**
 * What pandas' methods of groups do to the rows of one group: typed tables, no logic.
 * Source: the pandas 2.2/3.0 API reference (GroupBy, Series). What is in no table is refused.
 */

/** One value for each group, whatever the order of its rows. */
export const GROUP_REDUCTIONS: ReadonlySet<string> = new Set([
  "all",
  "any",
  "count",
  "kurt",
  "max",
  "mean",
  "median",
  "min",
  "nunique",
  "prod",
  "quantile",
  "sem",
  "size",
  "skew",
  "std",
  "sum",
  "var",
]);

/** One value for each group that depends on the order of its rows. */
export const ORDERED_REDUCTIONS: ReadonlySet<string> = new Set(["first", "last"]);

/** One value for each row, from the rows of its group. */
export const ROWS_OF_GROUPS: ReadonlySet<string> = new Set([
  "cumcount",
  "cummax",
  "cummin",
  "cumprod",
  "cumsum",
  "diff",
  "pct_change",
  "shift",
]);

/** Members by which a function looks at the order of the rows it is given, or draws among them. */
export const ORDER_DEPENDENT: ReadonlySet<string> = new Set([
  ...ROWS_OF_GROUPS,
  "argmax",
  "argmin",
  "autocorr",
  "bfill",
  "drop_duplicates",
  "duplicated",
  "ewm",
  "expanding",
  "factorize",
  "ffill",
  "first",
  "head",
  "iat",
  "idxmax",
  "idxmin",
  "iloc",
  "index",
  "interpolate",
  "item",
  "iteritems",
  "items",
  "keys",
  "last",
  "nth",
  "rolling",
  "sample",
  "tail",
  "to_list",
  "to_numpy",
  "tolist",
  "unique",
  "value_counts",
  "values",
]);

/** Functions that give one value for the values of a group. */
export const CELL_REDUCTIONS: ReadonlySet<string> = new Set([
  ...["amax", "amin", "max", "mean", "median", "min", "prod", "std", "sum", "var"].map(
    (name) => `numpy.${name}`,
  ),
  "builtins.len",
  "builtins.max",
  "builtins.min",
  "builtins.sum",
]);
