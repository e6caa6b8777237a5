/** Whether an exception looks like a library that has changed since the notebook was written. */
import type { StatementObservation } from "./schema.ts";

/** What libraries raise when a name, a module or an argument that was there is gone. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  AttributeError: /^(module '[\w.]+' has no attribute|'[\w.]+' object has no attribute|`np\.)/,
  ImportError: /^cannot import name /,
  TypeError:
    /got an unexpected keyword argument|takes \d+ positional arguments? but|missing \d+ required (keyword-only|positional) argument/,
  ModuleNotFoundError: /'[\w]+\.[\w.]+'/,
  // Matplotlib has put its version into the names of seaborn's styles: https://matplotlib.org/stable/api/prev_api_changes/api_changes_3.6.0.html
  OSError: /^'seaborn[\w-]*' is not a valid package style/,
};

/** A guess from the message alone, good enough to propose something and no more. */
export function looksMovedOn(error: NonNullable<StatementObservation["error"]>): boolean {
  const name = error.type.split(".").at(-1) ?? error.type;
  return SIGNS[name]?.test(error.message) === true;
}
