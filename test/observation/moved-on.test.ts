import { expect, test } from "vitest";
import { looksMovedOn } from "../../src/observation/moved-on.ts";

test.each([
  ["AttributeError", "'DataFrame' object has no attribute 'append'", true],
  ["AttributeError", "module 'numpy' has no attribute 'float'.", true],
  ["ImportError", "cannot import name 'plot_roc_curve' from 'sklearn.metrics'", true],
  ["ModuleNotFoundError", "No module named 'sklearn.externals'", true],
  ["ModuleNotFoundError", "No module named 'pandas'", false],
  ["TypeError", "OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'", true],
  ["TypeError", "unsupported operand type(s) for +: 'int' and 'str'", false],
  ["KeyError", "'tenure'", false],
  [
    "OSError",
    "'seaborn-whitegrid' is not a valid package style, path of style file, URL of style file, or library style name (library styles are listed in `style.available`)",
    true,
  ],
  ["OSError", "'house.mplstyle' is not a valid package style, path of style file", false],
  ["FileNotFoundError", "[Errno 2] No such file or directory: 'seaborn.csv'", false],
])("%s: %s", (type, message, expected) => {
  const error = { type, message, line: 1, module: null };
  expect(looksMovedOn(error)).toBe(expected);
});
