/** Which fitted estimator of the notebook is the one to serve. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { ValueObservation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import { isModelFitCall, isModelType } from "./roles.ts";

/** The estimator's variable and why it was chosen. */
export interface ServedModel {
  readonly variable: string;
  readonly because: string;
  /** The statement that fits it (the last one, when it is fitted more than once). */
  readonly fit: StatementFacts;
}

/** What is asked besides the statements. */
export interface ServedModelInput {
  readonly statements: readonly StatementFacts[];
  /** Qualified type of a variable after a statement, as far as anybody knows. */
  readonly typeAfter: (statement: StatementFacts, name: string) => string | undefined;
  /** Whether its last value can be stored, as far as anybody knows. */
  readonly isStored: (name: string) => boolean;
}

const DUMPERS = /^(joblib\.dump|pickle\.dump|skops\.io\.dump)$/;

/**
 * Saved by the notebook beats fitted last. A model that is only fitted in a loop is one of many: it counts when the notebook saves it, by
 * whatever name or inside whatever container. `undefined` when nothing stands out.
 */
export function findServedModel(input: ServedModelInput): ServedModel | undefined {
  const models = [...fittedModels(input.statements)].filter(([name]) => input.isStored(name));
  const fits = new Map(models);
  const lastFit = models.at(-1)?.[1];
  if (lastFit === undefined) return undefined;
  for (const [variable, fit] of collectionsOfModels(input.statements)) fits.set(variable, fit);
  for (const statement of input.statements.toReversed()) {
    for (const call of statement.calls.toReversed()) {
      if (call.callee === undefined || !DUMPERS.test(call.callee)) continue;
      const name = call.arguments[0]?.name;
      // `joblib.dump({"model": model, "columns": columns}, …)`
      const saved = name === undefined ? statement.reads : [name];
      for (const variable of saved) {
        const type = input.typeAfter(statement, variable);
        const fit = fits.get(variable) ?? (isModelType(type) ? lastFit : undefined);
        if (fit !== undefined) return { variable, because: "the notebook saves it", fit };
      }
    }
  }
  const last = models.findLast(([, fit]) => !isLoop(fit));
  return last === undefined
    ? undefined
    : { variable: last[0], because: "it is fitted last", fit: last[1] };
}

/** A warning for each fitted model that the run showed to be nothing that can be stored: no step keeps it, and nothing compares it. */
export function modelsNotKept(input: {
  readonly kept: readonly StatementFacts[];
  readonly path: string;
  readonly cellOf: (statement: StatementFacts) => number;
  readonly valueAfter: (cell: number, name: string) => ValueObservation | undefined;
}): readonly Diagnostic[] {
  const end = input.kept.at(-1);
  if (end === undefined) return [];
  return [...fittedModels(input.kept)].flatMap(([name, fit]): readonly Diagnostic[] => {
    const { type, pickleError } = input.valueAfter(input.cellOf(end), name) ?? {};
    if (typeof pickleError !== "string") return [];
    const [why = ""] = pickleError.split("\n");
    return [
      {
        code: "model-not-kept",
        severity: "warning",
        message: `${name} (${type ?? "a model"}) cannot be stored (${why}), so the pipeline fits it without keeping or comparing it`,
        hint: "give the model its data by name (data=table, not variables around it), or save what is needed of it: its parameters, its predictions",
        where: { path: input.path, cell: input.cellOf(fit), line: fit.line },
      },
    ];
  });
}

/** `models[horizon] = model` in the loop that fits the model: by container. */
function collectionsOfModels(
  statements: readonly StatementFacts[],
): readonly (readonly [string, StatementFacts])[] {
  return statements.flatMap((statement) =>
    isLoop(statement) && statement.calls.some(isModelFitCall)
      ? [
          ...statement.mutations.map(({ because, name }) => ({ because, changed: [name] })),
          ...statement.spread.map(({ because, names }) => ({ because, changed: names })),
        ]
          .filter(({ because }) => /\[|append/.test(because))
          .flatMap(({ changed }) => [...changed].map((name) => [name, statement] as const))
      : [],
  );
}

function isLoop(statement: StatementFacts): boolean {
  return statement.kind === "for" || statement.kind === "while";
}

/** Variables under which something is fitted, each with its last fit, in the order of those. */
export function fittedModels(statements: readonly StatementFacts[]): Map<string, StatementFacts> {
  const fits = new Map<string, StatementFacts>();
  for (const statement of statements) {
    if (statement.definition !== undefined) continue;
    for (const call of statement.calls) {
      if (!isModelFitCall(call) || call.method === undefined) continue;
      // `model = RandomForestClassifier().fit(X, y)`: what is fitted has no name yet, the target is the model.
      const isMadeHere = statement.calls.some(
        ({ callee, span }) =>
          callee !== undefined && span.start === call.span.start && span.end < call.span.end,
      );
      const made = call.method === "fit" ? statement.surelyWrites[0] : undefined;
      const variable = isMadeHere ? made : (call.receiver ?? made);
      if (variable === undefined) continue;
      fits.delete(variable);
      fits.set(variable, statement);
    }
  }
  return fits;
}
