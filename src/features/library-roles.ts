/** What whole modules and builtins are for: reading tables, showing things, changing rows by what was learned. Typed tables, no logic. */

/** Readers whose result is the raw table. */
export const TABLE_READERS: ReadonlySet<string> = new Set(
  [
    "read_csv",
    "read_table",
    "read_parquet",
    "read_excel",
    "read_feather",
    "read_json",
    "read_pickle",
    "read_fwf",
    "read_orc",
    "read_sql",
    "read_sql_query",
    "read_html",
  ]
    .map((name) => `pandas.${name}`)
    .concat("seaborn.load_dataset"),
);

/** Modules that only show things. */
export const DISPLAY_MODULES: readonly string[] = [
  "matplotlib",
  "seaborn",
  "plotly",
  "IPython",
  "missingno",
  "wordcloud",
  "pylab",
];

/** Modules of scikit-learn whose classes learn from rows and then change rows one by one. */
export const TRANSFORMER_MODULES: readonly string[] = [
  "sklearn.preprocessing",
  "sklearn.impute",
  "sklearn.decomposition",
  "sklearn.compose",
  "sklearn.feature_selection",
  "sklearn.feature_extraction",
  "sklearn.pipeline",
  "sklearn.kernel_approximation",
  "sklearn.random_projection",
];

/** Names of builtins that an expression may use without asking the notebook. */
export const PURE_BUILTINS: ReadonlySet<string> = new Set([
  "abs",
  "all",
  "any",
  "bool",
  "dict",
  "divmod",
  "enumerate",
  "float",
  "frozenset",
  "int",
  "isinstance",
  "len",
  "list",
  "map",
  "max",
  "min",
  "ord",
  "pow",
  "range",
  "reversed",
  "round",
  "set",
  "slice",
  "sorted",
  "str",
  "sum",
  "tuple",
  "type",
  "zip",
  "filter",
  "hash",
  "chr",
  "format",
  "ValueError",
  "TypeError",
  "KeyError",
  "Exception",
]);
