/** The model that a plan serves, by what analysis and a run know of the notebook's values. */
import type { Reconciled } from "../observation/reconcile.ts";
import type { StatementFacts } from "../python/facts.ts";
import { followedCalls } from "./followed-calls.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { cellNumber } from "./notebook-program.ts";
import type { ServedModel } from "./served-model.ts";
import { findServedModel } from "./served-model.ts";

/** Observed types first: what a loop keeps as its best is often bound to None before. */
export function servedModelOf(
  program: NotebookProgram,
  facts: Reconciled,
  kept: readonly StatementFacts[],
): ServedModel | undefined {
  return findServedModel({
    statements: kept,
    typeAfter: (statement, name) =>
      facts.valueAfter(cellNumber(program, statement), name)?.type ??
      kept.findLast((other) => other.types.has(name))?.types.get(name),
    isStored: (name) => {
      const end = kept.at(-1);
      const seen = end && facts.valueAfter(cellNumber(program, end), name);
      return typeof seen?.pickleError !== "string";
    },
    callsOf: followedCalls(facts.statements),
  });
}
