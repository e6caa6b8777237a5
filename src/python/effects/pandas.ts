/**
 * pandas 1.5 to 3. Without copy-on-write a selection may be a view, so single columns and `.loc` are views here;
 * what pandas 3 always copies is then only described more cautiously than needed.
 */
import { ITEMS } from "./builtins.ts";
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const FRAME = "pandas.DataFrame";
const SERIES = "pandas.Series";
const INDEX = "pandas.Index";
const SAME: CallEffect = { returns: "receiver" };
const SAME_OR_INPLACE: CallEffect = { returns: "receiver", mutatesReceiver: "inplace" };
const READS: CallEffect = {
  returns: FRAME,
  file: { access: "read", argument: 0, keyword: "filepath_or_buffer" },
};
const READS_PATH: CallEffect = {
  returns: FRAME,
  file: { access: "read", argument: 0, keyword: "path" },
};
const WRITES: CallEffect = { file: { access: "write", argument: 0, keyword: "path_or_buf" } };
const WRITES_PATH: CallEffect = { file: { access: "write", argument: 0, keyword: "path" } };
const PLOTS: CallEffect = {
  ambient: [{ resource: "figure", access: "read-write" }],
  returns: "matplotlib.axes.Axes",
};
const OPTIONS: CallEffect = { ambient: [{ resource: "options", access: "write" }] };

/** What DataFrame and Series have in common: https://pandas.pydata.org/docs/reference/frame.html, …/series.html */
const COMMON: Readonly<Record<string, CallEffect>> = {
  ...each(
    "head tail nlargest nsmallest isin abs round diff shift cumsum cumprod cummax cummin rank pct_change astype convert_dtypes infer_objects copy isna isnull notna notnull truncate between add sub mul div truediv floordiv mod pow radd rsub rmul rdiv eq ne lt le gt ge combine combine_first asfreq tz_localize tz_convert at_time between_time first last explode swaplevel reorder_levels add_prefix add_suffix align set_flags",
    SAME,
  ),
  ...each(
    "where mask clip fillna ffill bfill pad backfill dropna drop_duplicates replace interpolate sort_values sort_index rename rename_axis drop set_axis",
    SAME_OR_INPLACE,
  ),
  ...each("reindex reindex_like squeeze xs transpose swapaxes", { result: "view" }),
  reset_index: { mutatesReceiver: "inplace" },
  ...each(
    "sum mean median std var min max prod product count nunique quantile mode skew kurt sem any all idxmin idxmax first_valid_index last_valid_index describe value_counts duplicated memory_usage",
    {},
  ),
  keys: { result: "view" },
  ...each("items iteritems", ITEMS),
  ...each("to_numpy", { result: "view", returns: "numpy.ndarray" }),
  ...each("to_dict to_list tolist to_string to_markdown to_latex", {}),
  ...each("apply map applymap transform agg aggregate", {}),
  pipe: { result: "view" },
  ...each("groupby rolling expanding ewm resample", { result: "view", returns: "pandas.GroupBy" }),
  ...each("plot hist boxplot", PLOTS),
  sample: {
    returns: "receiver",
    random: { generator: "random:numpy", unless: "random_state", position: 4 },
  },
  equals: { returns: "builtins.bool" },
  item: { returns: "scalar" },
  pop: { mutatesReceiver: true },
  update: { mutatesReceiver: true, returns: "builtins.NoneType" },
  // https://pandas.pydata.org/docs/reference/io.html
  ...each("to_csv to_json to_hdf", WRITES),
  ...each("to_parquet to_feather to_pickle to_orc to_stata", WRITES_PATH),
  to_excel: { file: { access: "write", argument: 0, keyword: "excel_writer" } },
  to_html: { file: { access: "write", argument: 0, keyword: "buf" } },
  // A database may be a file, or be asked over the network; what is written is in it, and not in the process.
  to_sql: {
    ambient: [
      { resource: "file", access: "write" },
      { resource: "network", access: "read" },
    ],
    mutatesArguments: [1, "con"],
  },
  to_clipboard: { ambient: [{ resource: "environment", access: "write" }] },
};

export const pandasEffects: LibraryEffects = {
  functions: {
    // Functions of the module itself compute new objects: https://pandas.pydata.org/docs/reference/general_functions.html
    "pandas.*": {},
    ...under("pandas", {
      // New objects, whatever they are made of: a column of a literal table can be changed.
      ...each("DataFrame", { result: "keeps", returns: FRAME }),
      Series: { result: "keeps", returns: SERIES },
      Index: { result: "view", returns: INDEX },
      ...each("Timestamp.now Timestamp.today Timestamp.utcnow", {
        returns: "pandas.Timestamp",
        ambient: [{ resource: "clock", access: "read" }],
      }),
      ...each("Timestamp", { returns: "pandas.Timestamp" }),
      Timedelta: { returns: "pandas.Timedelta" },
      // https://pandas.pydata.org/docs/reference/io.html
      ...each("read_csv read_table read_fwf", READS),
      ...each("read_parquet read_feather read_orc", READS_PATH),
      read_pickle: { file: { access: "read", argument: 0, keyword: "filepath_or_buffer" } },
      read_json: { file: { access: "read", argument: 0, keyword: "path_or_buf" } },
      read_excel: { file: { access: "read", argument: 0, keyword: "io" } },
      ...each("read_html read_xml", { file: { access: "read", argument: 0, keyword: "io" } }),
      read_hdf: { file: { access: "read", argument: 0, keyword: "path_or_buf" } },
      ...each("read_stata read_sas read_spss", {
        returns: FRAME,
        file: { access: "read", argument: 0, keyword: "filepath_or_buffer" },
      }),
      ...each("read_sql read_sql_query read_sql_table read_gbq", {
        returns: FRAME,
        ambient: [
          { resource: "file", access: "read" },
          { resource: "network", access: "read" },
        ],
      }),
      ExcelFile: {
        result: "keeps",
        file: { access: "read", argument: 0, keyword: "path_or_buffer" },
      },
      ExcelWriter: { result: "keeps", file: { access: "write", argument: 0, keyword: "path" } },
      read_clipboard: { returns: FRAME, ambient: [{ resource: "environment", access: "read" }] },
      ...each(
        "get_dummies merge merge_asof merge_ordered pivot_table pivot crosstab melt wide_to_long",
        { returns: FRAME },
      ),
      ...each("date_range period_range timedelta_range bdate_range", { returns: INDEX }),
      ...each("concat", {}),
      ...each("to_datetime to_numeric to_timedelta", {}),
      ...each("cut qcut factorize", {}),
      ...each("isna isnull notna notnull", {}),
      // https://pandas.pydata.org/docs/reference/api/pandas.eval.html
      eval: {
        result: "keeps",
        mutatesArguments: ["target"],
        readsText: { argument: 0, keyword: "expr", names: "all" },
      },
      // https://pandas.pydata.org/docs/user_guide/options.html
      ...each("set_option reset_option", OPTIONS),
      get_option: { ambient: [{ resource: "options", access: "read" }] },
    }),
  },
  classes: {},
  methods: {
    "pandas.NDFrame": COMMON,
    [FRAME]: {
      ...each("merge join pivot pivot_table melt corr cov dot select_dtypes stack unstack filter", {
        returns: FRAME,
      }),
      set_index: { returns: FRAME, mutatesReceiver: "inplace" },
      // https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.query.html: `@name` is the caller's variable.
      ...each("query eval", {
        returns: FRAME,
        mutatesReceiver: "inplace",
        readsText: { argument: 0, keyword: "expr", names: "marked" },
      }),
      assign: { returns: FRAME },
      reset_index: { returns: FRAME, mutatesReceiver: "inplace" },
      describe: { returns: FRAME },
      ...each("sum mean median std var min max count nunique quantile any all idxmin idxmax", {}),
      ...each("transpose", { result: "view", returns: FRAME }),
      append: { returns: FRAME },
      get: { result: "view" },
      insert: { mutatesReceiver: true, returns: "builtins.NoneType" },
      ...each("iterrows itertuples", { result: "view", returns: "builtins.iterator" }),
      info: { ambient: [{ resource: "stdout", access: "write" }] },
      value_counts: { returns: SERIES },
      duplicated: { returns: SERIES },
      to_records: { returns: "numpy.ndarray" },
      to_xarray: {},
    },
    [SERIES]: {
      ...each("map apply", {}),
      ...each("value_counts describe between", { returns: SERIES }),
      ...each("unique", { returns: "numpy.ndarray" }),
      ...each("to_frame", { result: "view", returns: FRAME }),
      ...each("argmin argmax argsort autocorr corr cov factorize searchsorted nunique", {}),
      ravel: { result: "view", returns: "numpy.ndarray" },
      append: { returns: SERIES },
      get: { result: "view" },
      ...each("sum mean median std var min max count quantile any all", { returns: "scalar" }),
      reset_index: { mutatesReceiver: "inplace" },
    },
    // Indexes cannot be changed: https://pandas.pydata.org/docs/reference/indexing.html
    [INDEX]: {
      "*": {},
      ...each(
        "difference intersection union drop delete insert append sort_values map astype unique",
        { returns: INDEX },
      ),
      ...each("set_names rename", { returns: INDEX, mutatesReceiver: "inplace" }),
      ...each("tolist to_list", { returns: "builtins.list" }),
    },
    // https://pandas.pydata.org/docs/reference/groupby.html, …/window.html, …/resampling.html
    "pandas.GroupBy": { "*": {} },
    "pandas.Accessor": { "*": {} },
    "pandas.Plot": { "*": PLOTS },
  },
  attributes: {
    "pandas.NDFrame": {
      ...each("shape ndim size dtypes dtype empty name hasnans is_unique nbytes", {
        result: "fresh",
        returns: "builtins.tuple",
      }),
      // Their names can be set in place, and then show in the frame.
      ...each("columns index", { returns: INDEX }),
      ...each("values array", { returns: "numpy.ndarray" }),
      ...each("loc iloc at iat", { returns: "pandas.Indexer" }),
      // Accessors compute: https://pandas.pydata.org/docs/reference/series.html#accessors
      ...each("str dt cat", { result: "fresh", returns: "pandas.Accessor" }),
      T: { returns: FRAME },
      plot: { returns: "pandas.Plot" },
    },
  },
  bases: {
    [FRAME]: ["pandas.NDFrame"],
    [SERIES]: ["pandas.NDFrame"],
    "pandas.DatetimeIndex": [INDEX],
    "pandas.MultiIndex": [INDEX],
  },
  synonyms: {
    "pandas.core.frame.DataFrame": FRAME,
    "pandas.core.series.Series": SERIES,
  },
  // https://pandas.pydata.org/docs/user_guide/options.html
  settings: { "pandas.options": "options", "pandas.options.*": "options" },
  dynamic: {},
  transparentContexts: [
    "pandas.option_context",
    "pandas.ExcelWriter",
    "pandas.HDFStore",
    "pandas.ExcelFile",
  ],
  scopedSettings: { "pandas.option_context": ["options"] },
  iteratorTypes: [],
  // https://pandas.pydata.org/docs/user_guide/groupby.html#iterating-through-groups; with a `Grouper` a group is a slice of the table.
  pairTypes: { "pandas.GroupBy": "label" },
};
