/** Whether an exception looks like a library that has changed since the notebook was written. */
import type { CallFact } from "../python/facts.ts";
import type { StatementObservation } from "./schema.ts";

/** What libraries raise when a name, a module or an argument that was there is gone. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  AttributeError: /^(module '[\w.]+' has no attribute|'[\w.]+' object has no attribute|`np\.)/,
  ImportError: /^cannot import name /,
  // pandas 3 has a type of its own for text, and no longer changes a column's type for a value: https://pandas.pydata.org/docs/whatsnew/v3.0.0.html
  TypeError:
    /got an unexpected keyword argument|got multiple values for argument|takes (from \d+ to )?\d+ positional arguments? but|missing \d+ required (keyword-only|positional) argument|^Invalid value '.*' for dtype '|not supported for dtype 'str'/,
  ModuleNotFoundError: /'[\w]+\.[\w.]+'/,
  // Matplotlib has put its version into the names of seaborn's styles: https://matplotlib.org/stable/api/prev_api_changes/api_changes_3.6.0.html
  OSError: /^'seaborn[\w-]*' is not a valid package style/,
  // Estimators check their arguments since scikit-learn 1.2, so that this is a value which that version does not know: https://scikit-learn.org/stable/whats_new/v1.2.html
  InvalidParameterError: /^The '\w+' parameter of \w+ must be /,
  // pandas 3 takes no axis beside them: https://pandas.pydata.org/docs/whatsnew/v3.0.0.html
  // scikit-learn has left several classes to the other solvers in 1.8: https://scikit-learn.org/stable/whats_new/v1.8.html
  ValueError:
    /^Cannot specify both 'axis' and 'index'\/'columns'|^The 'liblinear' solver does not support multiclass classification/,
};

/** Said by a library of itself, whatever it raises. */
const SAYS_SO =
  /\b(has|have) been removed\b|\b(was|were) removed (in|from)\b|\bis no longer supported\b/;

/** Left out columns that are no numbers until pandas 2: https://pandas.pydata.org/docs/whatsnew/v2.0.0.html, "numeric_only". */
const NUMERIC_METHODS: ReadonlySet<string> = new Set([
  "corr",
  "corrwith",
  "cov",
  "kurt",
  "mean",
  "median",
  "prod",
  "quantile",
  "sem",
  "skew",
  "std",
  "sum",
  "var",
]);
const NO_NUMBERS =
  /^could not convert string to float|^Could not convert .* to numeric|^agg function failed|does not support operation|^unsupported operand type|^can only concatenate str/;

/**
 * A guess from the message, and from what the statement calls, good enough to propose something and no more.
 *
 * @param calls Of the statement that raised.
 */
export function looksMovedOn(
  error: Pick<NonNullable<StatementObservation["error"]>, "type" | "message">,
  calls: readonly Pick<CallFact, "method">[],
): boolean {
  const name = error.type.split(".").at(-1) ?? error.type;
  const message = error.message.trimStart();
  if (SIGNS[name]?.test(message) === true || SAYS_SO.test(message)) return true;
  return (
    NO_NUMBERS.test(message) &&
    calls.some(({ method }) => method !== undefined && NUMERIC_METHODS.has(method))
  );
}
