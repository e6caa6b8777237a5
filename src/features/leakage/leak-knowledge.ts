/**
 * What operations learn from the rows they are given: typed tables, no logic.
 * Sources: the API references of pandas, NumPy, SciPy, scikit-learn and imbalanced-learn. What is in no table is not claimed to learn.
 */
import { NUMPY_STATISTICS } from "../knowledge.ts";

/** Methods of tables that give a statistic of whole columns. */
export const STATISTICS: ReadonlySet<string> = new Set([
  "mean",
  "median",
  "mode",
  "std",
  "var",
  "sem",
  "min",
  "max",
  "quantile",
  "sum",
  "skew",
  "kurt",
  "kurtosis",
  "value_counts",
  "describe",
]);

/** Statistics that say which columns are worth keeping. */
export const SELECTING_STATISTICS: ReadonlySet<string> = new Set(["corr", "corrwith", "cov"]);

/** Methods whose result says nothing of single values: what columns there are, how many rows. */
export const HARMLESS: ReadonlySet<string> = new Set([
  "all",
  "any",
  "count",
  "info",
  "items",
  "keys",
  "nunique",
  "select_dtypes",
  "tolist",
  "to_list",
  "unique",
  "hist",
  "plot",
  "boxplot",
  "idxmax",
  "idxmin",
]);

/** Functions that give a statistic of what they are given. */
export const STATISTIC_FUNCTIONS: ReadonlySet<string> = new Set([
  ...NUMPY_STATISTICS,
  "statistics.mean",
  "statistics.median",
  "statistics.mode",
  "statistics.stdev",
]);

/** Functions whose value for a row depends on statistics of all rows they are given. */
export const LEARNING_FUNCTIONS: ReadonlySet<string> = new Set([
  "pandas.qcut",
  "scipy.stats.boxcox",
  "scipy.stats.rankdata",
  "scipy.stats.yeojohnson",
  "scipy.stats.zscore",
  "sklearn.preprocessing.maxabs_scale",
  "sklearn.preprocessing.minmax_scale",
  "sklearn.preprocessing.power_transform",
  "sklearn.preprocessing.quantile_transform",
  "sklearn.preprocessing.robust_scale",
  "sklearn.preprocessing.scale",
]);

/** Classes of which `fit` learns nothing but which categories there are. */
export const CATEGORY_ENCODERS: ReadonlySet<string> = new Set([
  "LabelBinarizer",
  "LabelEncoder",
  "MultiLabelBinarizer",
  "OneHotEncoder",
  "OrdinalEncoder",
]);

/** Classes of which `fit` learns nothing from values. */
export const STATELESS: ReadonlySet<string> = new Set([
  "Binarizer",
  "FunctionTransformer",
  "HashingVectorizer",
  "Normalizer",
  "PolynomialFeatures",
]);

/** Classes whose `fit_transform` gives the training rows something else than `transform` does, or that have no `transform`. */
export const FITS_OTHERWISE: ReadonlySet<string> = new Set([
  "Isomap",
  "LocallyLinearEmbedding",
  "MDS",
  "SpectralEmbedding",
  "TSNE",
  "TargetEncoder",
]);

/** Modules of classes that learn from rows and then change rows. */
export const TRANSFORMERS: readonly string[] = [
  "category_encoders",
  "sklearn.decomposition",
  "sklearn.feature_extraction",
  "sklearn.feature_selection",
  "sklearn.impute",
  "sklearn.kernel_approximation",
  "sklearn.manifold",
  "sklearn.preprocessing",
  "sklearn.random_projection",
  "sklearn.discriminant_analysis",
];

/** Modules of classes whose `fit_resample` repeats rows or makes new ones of them. */
export const OVERSAMPLERS = /^imblearn\.(?:over_sampling|combine)\./u;

/** Functions that fit a model on parts of the rows they are given and measure it on the others. */
export const CROSS_VALIDATIONS: ReadonlySet<string> = new Set(
  ["cross_val_score", "cross_validate", "cross_val_predict"].map(
    (name) => `sklearn.model_selection.${name}`,
  ),
);

/** Functions of NumPy and pandas that change how rows are held, and nothing else. */
export const ROW_KEEPING_MODULES = /^(?:numpy|pandas|scipy\.sparse)\./u;
