/** Files of a statement, as far as the text alone tells, and paths as a plan writes them. */
import { SEEN } from "../observation/reconcile.ts";
import type { StatementFacts } from "../python/facts.ts";

/** Paths written out in the statement that it reads or writes; addresses in the network are none. */
export function filesOf(statement: StatementFacts, access: "read" | "write"): readonly string[] {
  return statement.ambient.flatMap((effect) =>
    effect.resource === "file" &&
    effect.detail !== undefined &&
    (effect.access === access || effect.access === "read-write") &&
    !effect.detail.includes("://") &&
    effect.because !== SEEN
      ? [effect.detail]
      : [],
  );
}

/** Each path once, without a leading `./`. */
export function sortedPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => path.replace(/^\.\//, "")))].sort();
}
