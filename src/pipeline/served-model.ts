/** Which fitted estimator of the notebook is the one to serve. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { ValueObservation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import { mayMutate } from "../python/mutated-names.ts";
import type { CallsOf } from "./followed-calls.ts";
import { isCrossValidation, isModelFitCall, isModelType } from "./roles.ts";

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
  /** Calls of a statement, those inside the notebook's own functions included. */
  readonly callsOf: CallsOf;
  /** Every statement of the notebook, in order; those that nothing needs among them. */
  readonly all: readonly StatementFacts[];
  /** The variable that a person chose; it wins where it can be served. */
  readonly chosen?: string | undefined;
}

const DUMPERS = /^(joblib\.dump|pickle\.dump|skops\.io\.dump)$/;

/**
 * Saved by the notebook beats fitted last, and that beats fitted last in a loop over several models. `undefined` when nothing stands out.
 */
export function findServedModel(input: ServedModelInput): ServedModel | undefined {
  const chosen = findServableModels(input).find(({ variable }) => variable === input.chosen);
  return chosen ?? modelByItself(input);
}

/**
 * Every model that can be chosen, in the order of their fits: those that are stored and still what was fitted at the notebook's end, and
 * variables that keep one model for each key.
 */
export function findServableModels(input: ServedModelInput): readonly ServedModel[] {
  const { statements } = input;
  // What is put in beside the loop may take other features.
  const isFilledElsewhere = (name: string, fit: StatementFacts): boolean =>
    input.all.some(
      (other, at) =>
        other !== fit &&
        (mayMutate(other, name) || (other.mayWrite.includes(name) && at > input.all.indexOf(fit))),
    );
  const models = allFittedModels(input).filter(([name, fit]) => isHeldBehind(name, fit, input));
  const byKey = collectionsOfModels(statements).filter(
    ([name, fit]) => !isFilledElsewhere(name, fit),
  );
  return [...new Map([...models, ...byKey])]
    .filter(([name]) => input.isStored(name))
    .map(([variable, fit]) => ({ variable, because: "pipeline.yaml says so", fit }))
    .sort((left, right) => statements.indexOf(left.fit) - statements.indexOf(right.fit));
}

function modelByItself(input: ServedModelInput): ServedModel | undefined {
  const models = allFittedModels(input).filter(([name]) => input.isStored(name));
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
  if (last !== undefined) return { variable: last[0], because: "it is fitted last", fit: last[1] };
  const looped = models.findLast(([name, fit]) => isHeldBehind(name, fit, input));
  return looped === undefined
    ? undefined
    : { variable: looped[0], because: "a loop over several models fits it last", fit: looped[1] };
}

/** Why no model is served, for a notebook in which none is found. */
export function whyNoModel(statements: readonly StatementFacts[], callsOf: CallsOf): string {
  const calls = statements.flatMap(callsOf);
  if (calls.some(({ method }) => method === "fit" || method === "fit_predict"))
    return "what the notebook fits stays in a list, a function or a temporary value: give the model a name (best = models[0]) or save it";
  return calls.some(isCrossValidation)
    ? "the notebook only cross-validates models, which fits copies and drops them: fit one (model.fit(X, y)) to have a model to serve"
    : "the notebook saves no model that can be stored, and calls .fit(…) of none";
}

/** Whether a variable still is what was fitted last under it: nothing binds it again. */
function isHeldBehind(
  name: string,
  fit: StatementFacts,
  { statements, typeAfter }: ServedModelInput,
): boolean {
  const at = statements.indexOf(fit);
  const type = typeAfter(fit, name);
  return (
    (type === undefined || isModelType(type)) &&
    !statements.some((other, index) => index > at && other.mayWrite.includes(name))
  );
}

/** Variables with their last fit, by the notebook's own functions included, in the order of those. */
function allFittedModels(input: ServedModelInput): readonly (readonly [string, StatementFacts])[] {
  const fits = fittedModels(input.statements);
  for (const statement of input.statements) {
    const own = new Set(statement.calls);
    const isByFunction =
      statement.definition === undefined &&
      input
        .callsOf(statement)
        .some((call) => !own.has(call) && call.method === "fit" && isModelFitCall(call));
    if (!isByFunction) continue;
    const given = statement.calls.flatMap((call) =>
      call.arguments.flatMap(({ name }) => (name === undefined ? [] : [name])),
    );
    for (const name of new Set([...given, ...statement.surelyWrites]))
      if (isModelType(input.typeAfter(statement, name))) fits.set(name, statement);
  }
  const places = new Map(input.statements.map((statement, at) => [statement, at]));
  return [...fits].sort(
    ([, left], [, right]) => (places.get(left) ?? 0) - (places.get(right) ?? 0),
  );
}

/** The variable that the served model is fitted with, unless it is bound again later: then its last value is another one. */
export function matrixOfFit(
  served: ServedModel | undefined,
  statements: readonly StatementFacts[],
): string | undefined {
  if (served === undefined || isLoop(served.fit)) return undefined;
  const call = served.fit.calls.findLast(isModelFitCall);
  const name = call?.arguments.find(
    ({ keyword }) => keyword === undefined || keyword === "X",
  )?.name;
  const at = statements.indexOf(served.fit);
  const isBoundLater = statements.some(
    ({ mayWrite }, index) => index > at && name !== undefined && mayWrite.includes(name),
  );
  return isBoundLater ? undefined : name;
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
