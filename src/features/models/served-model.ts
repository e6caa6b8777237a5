/** Which of the notebook's estimators is the one to serve, and why. */
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { TRANSFORMER_MODULES } from "../library-roles.ts";
import type { ModelCall } from "./model-call.ts";
import { findModelCalls, isAsking } from "./model-calls.ts";

/** The chosen estimator. */
export interface ServedModel {
  readonly variable: string;
  /** For people: why this one and not another. */
  readonly because: string;
  /** Its calls, those of the search it was taken from included, in execution order. */
  readonly calls: readonly ModelCall[];
}

/**
 * Chooses the served model: the one that is written to a file, else the one asked last, else the one fitted last. `undefined` when no
 * estimator that can be asked for answers is fitted.
 *
 * @param chosen The plan's choice, which wins; nothing else is served in its place.
 */
export function findServedModel(program: FeatureProgram, chosen?: string): ServedModel | undefined {
  const calls = findModelCalls(program);
  const derived = derivedModels(program);
  const callsOf = (variable: string): readonly ModelCall[] => {
    const names = new Set([variable]);
    for (
      let name = derived.get(variable);
      name !== undefined && !names.has(name);
      name = derived.get(name)
    )
      names.add(name);
    return calls.filter((call) => names.has(call.variable));
  };
  const isModel = (variable: string): boolean => {
    const own = callsOf(variable);
    const fits = own.filter(({ method }) => method === "fit");
    if (fits.length === 0) return own.some(({ method }) => method === "fit_predict");
    if (own.some(isAsking)) return true;
    return fits.some(
      ({ type, target }) =>
        target !== undefined &&
        !TRANSFORMER_MODULES.some((module) => type?.startsWith(`${module}.`) === true),
    );
  };
  const of = (variable: string, because: string): ServedModel => ({
    variable,
    because,
    calls: callsOf(variable),
  });
  if (chosen !== undefined)
    return callsOf(chosen).length === 0 ? undefined : of(chosen, "pipeline.yaml names it");
  const persisted = persistedNames(program).findLast(isModel);
  if (persisted !== undefined) return of(persisted, "the notebook writes it to a file");
  const asked = calls.findLast((call) => isAsking(call) && isModel(call.variable));
  if (asked !== undefined)
    return of(asked.variable, "the last predictions and metrics come from it");
  const fitted = calls.findLast((call) => isModel(call.variable));
  return fitted === undefined ? undefined : of(fitted.variable, "it is fitted last");
}

/** Variables given to `joblib.dump` and `pickle.dump`, in order. */
function persistedNames(program: FeatureProgram): readonly string[] {
  const names: string[] = [];
  for (const { facts } of program.statements) {
    for (const { callee, arguments: list } of facts.calls) {
      const [first] = list;
      if ((callee === "joblib.dump" || callee === "pickle.dump") && first?.name !== undefined)
        names.push(first.name);
    }
  }
  return names;
}

/** `best = search.best_estimator_` and `final = model`: new name → the name it was taken from. */
function derivedModels(program: FeatureProgram): ReadonlyMap<string, string> {
  const derived = new Map<string, string>();
  for (const { node, tree } of program.statements) {
    const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
    const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
    const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
    if (assignment?.kind !== "assignment" || left?.kind !== "identifier" || right === undefined)
      continue;
    const text = tree.text.slice(right.start, right.end);
    const source = /^(\w+)(\.best_estimator_)?$/u.exec(text)?.[1];
    if (source !== undefined) derived.set(tree.text.slice(left.start, left.end), source);
  }
  return derived;
}
