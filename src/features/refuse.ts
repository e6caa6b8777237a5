/** How the inside of staging stops: a private signal that `stageFeatures` turns into a `Result`; it never leaves this folder. */
import type { Place } from "../base/diagnostic.ts";
import type { ClassifiedStatement, Dependence } from "./dependence.ts";
import type { FeatureRefusal } from "./staging.ts";

/** Carries one refusal up to {@link catchRefusal}. */
class RefusalSignal extends Error {
  readonly refusal: FeatureRefusal;

  constructor(refusal: FeatureRefusal) {
    super(refusal.message);
    this.name = "RefusalSignal";
    this.refusal = refusal;
  }
}

const HINTS: Readonly<Record<FeatureRefusal["code"], string>> = {
  "feature-model-unknown":
    "fit one estimator at the top level of the notebook; where it fits several, a decision in pipeline.yaml says which is served: `- { kind: serve, model: NAME }`",
  "feature-matrix-unknown":
    "call model.predict(X) or model.fit(X, y) at the top level of the notebook, with X a variable",
  "feature-raw-table-unknown": "read the raw table once, with one of pandas' read functions",
  "feature-statement-unknown":
    "write it with column operations that this version understands, or move it out of the feature code",
  "feature-needs-history":
    "an earlier row is found by entity and time; what needs later rows, or rows of others, cannot be served: leave it out",
  "feature-per-key": "replace the group statistic by a column of the raw table, or leave it out",
  "feature-rows-differ":
    "put it into a column of the table of entities first, or bring both to the same rows with .reindex(table.index)",
  "feature-entity-unknown":
    "make one row for each entity with a single groupby over one column, and bind that table to a name",
  "feature-uses-target": "features may not be computed from the column that is predicted",
  "feature-fitted-on-test":
    "learn the statistic from the training rows and apply it to the test rows",
  "feature-mixes-training-rows": "keep training and test rows apart after the split",
  "feature-random":
    "where rows are picked, a fixed random_state is enough; features that are drawn at random or are of the moment cannot be served, so leave them out",
  "feature-helper-unknown":
    "keep the helper to one straight line of column operations with one return at its end, and call it in a statement of its own",
  "feature-target-transform":
    'take the predicted column by its name, y = table["price"], from the table that is read',
  "feature-answer-unknown":
    "use an estimator of scikit-learn, xgboost or lightgbm that can be asked about new rows",
};

/** Stops staging with a reason and a place. */
export function refuse(
  code: FeatureRefusal["code"],
  message: string,
  where: Place,
  next: Partial<Pick<FeatureRefusal, "hint" | "candidates">> = {},
): never {
  throw new RefusalSignal({ code, message, hint: HINTS[code], where, ...next });
}

/** Runs `work`; a refusal inside it goes on with what is known of the statements by then. */
export function withStatements<T>(
  work: () => T,
  statements: () => readonly ClassifiedStatement[],
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RefusalSignal)) throw error;
    throw new RefusalSignal({ ...error.refusal, statements: statements() });
  }
}

/** Runs `work`; a refusal inside it is returned, anything else is thrown on. */
export function catchRefusal<T>(
  work: () => T,
):
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: FeatureRefusal } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof RefusalSignal) return { ok: false, error: error.refusal };
    throw error;
  }
}

const OF_REFUSAL: Readonly<Partial<Record<FeatureRefusal["code"], Dependence>>> = {
  "feature-needs-history": "table",
  "feature-per-key": "fitted-per-key",
  "feature-uses-target": "target",
  "feature-random": "random",
};

/** The class of the statement that a refusal names, where the refusal is one of its class. */
export function dependenceOfRefusal(code: FeatureRefusal["code"]): Dependence | undefined {
  return OF_REFUSAL[code];
}
