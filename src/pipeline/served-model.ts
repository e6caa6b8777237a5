/** Which fitted estimator of the notebook is the one to serve. */
import type { StatementFacts } from "../python/facts.ts";
import { isModelFitCall } from "./roles.ts";

/** The estimator's variable and why it was chosen. */
export interface ServedModel {
  readonly variable: string;
  readonly because: string;
  /** The statement that fits it (the last one, when it is fitted more than once). */
  readonly fit: StatementFacts;
}

const DUMPERS = /^(joblib\.dump|pickle\.dump|skops\.io\.dump)$/;

/** Saved by the notebook beats fitted last. `undefined` when nothing is fitted under a name. */
export function findServedModel(statements: readonly StatementFacts[]): ServedModel | undefined {
  const fits = fittedModels(statements);
  for (const statement of [...statements].reverse()) {
    for (const call of statement.calls) {
      if (call.callee === undefined || !DUMPERS.test(call.callee)) continue;
      const saved = call.arguments[0]?.name;
      const fit = saved === undefined ? undefined : fits.get(saved);
      if (saved !== undefined && fit !== undefined)
        return { variable: saved, because: "the notebook saves it", fit };
    }
  }
  const last = [...fits].at(-1);
  return last === undefined
    ? undefined
    : { variable: last[0], because: "it is fitted last", fit: last[1] };
}

/** Variables under which something is fitted, each with its last fit, in the order of those. */
export function fittedModels(
  statements: readonly StatementFacts[],
): ReadonlyMap<string, StatementFacts> {
  const fits = new Map<string, StatementFacts>();
  for (const statement of statements) {
    if (statement.definition !== undefined) continue;
    for (const call of statement.calls) {
      if (!isModelFitCall(call) || call.method === undefined) continue;
      // `model = RandomForestClassifier().fit(X, y)`: the receiver is no name, the target is the model.
      const variable =
        call.receiver ?? (call.method === "fit" ? statement.surelyWrites[0] : undefined);
      if (variable === undefined) continue;
      fits.delete(variable);
      fits.set(variable, statement);
    }
  }
  return fits;
}
