import { expect, test } from "vitest";
import { looksMovedOn } from "../../src/observation/moved-on.ts";

const STYLE =
  "is not a valid package style, path of style file, URL of style file, or library style name";

test.each([
  ["AttributeError", "'DataFrame' object has no attribute 'append'", true],
  ["AttributeError", "module 'numpy' has no attribute 'float'.", true],
  ["ImportError", "cannot import name 'plot_roc_curve' from 'sklearn.metrics'", true],
  ["ImportError", "\n`load_boston` has been removed from scikit-learn since version 1.2.", true],
  ["ImportError", "Missing optional dependency 'lxml'.", false],
  ["ModuleNotFoundError", "No module named 'sklearn.externals'", true],
  ["ModuleNotFoundError", "No module named 'pandas'", false],
  ["TypeError", "OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'", true],
  ["TypeError", "barplot() takes from 0 to 1 positional arguments but 2 were given", true],
  ["TypeError", "lmplot() got multiple values for argument 'data'", true],
  ["TypeError", "Invalid value '1' for dtype 'str'. Value should be a string", true],
  ["TypeError", "operation 'or_' not supported for dtype 'str' with dtype 'str'", true],
  ["TypeError", "unsupported operand type(s) for +: 'int' and 'str'", false],
  ["KeyError", "'tenure'", false],
  ["OSError", `'seaborn-whitegrid' ${STYLE}`, true],
  ["OSError", `'house.mplstyle' ${STYLE}`, false],
  ["FileNotFoundError", "[Errno 2] No such file or directory: 'seaborn.csv'", false],
  [
    "sklearn.utils._param_validation.InvalidParameterError",
    "The 'max_features' parameter of RandomForestClassifier must be an int in the range [1, inf) or None. Got 'auto' instead.",
    true,
  ],
  ["ValueError", "Invalid frequency: M. 'M' is no longer supported for offsets.", true],
  ["ValueError", "Cannot specify both 'axis' and 'index'/'columns'", true],
  ["ValueError", "Input X contains NaN.", false],
])("%s: %s", (type, message, expected) => {
  expect(looksMovedOn({ type, message }, [])).toBe(expected);
});

test.each([
  ["corr", "could not convert string to float: 'male'", true],
  ["mean", "dtype 'str' does not support operation 'mean'", true],
  ["fit", "could not convert string to float: 'male'", false],
  ["corr", "Input X contains NaN.", false],
])(
  "columns that are no numbers were left out by older pandas: %s, %s",
  (method, message, expected) => {
    expect(looksMovedOn({ type: "ValueError", message }, [{ method }])).toBe(expected);
  },
);
