/**
 * Which statements matter: everything a result depends on, by value, by mutation, by alias or through state outside variables.
 * What is left is exploration. Sound because needs are over-approximated and only sure rebinding ends a need.
 */
import type { AmbientEffect, NamesThen, StatementFacts } from "../python/facts.ts";
import { mayMutate, mutatesAnything } from "../python/mutated-names.ts";
import type { CallsOf } from "./followed-calls.ts";
import {
  isEvaluation,
  isModelFit,
  isNumberMetric,
  isPrediction,
  isPrint,
  isPrintCall,
} from "./roles.ts";

/**
 * Why a statement is a result by itself; `undefined` when it is not.
 *
 * @param metricNames Names bound by statements that compute metrics, so that printing one counts.
 * @param callsOf What it calls, functions of the notebook followed.
 */
export function resultReason(
  statement: StatementFacts,
  metricNames: ReadonlySet<string>,
  callsOf: CallsOf,
): string | undefined {
  if (statement.ambient.some((effect) => effect.resource === "file" && effect.access !== "read"))
    return "writes a file";
  if (computesMetric(statement, callsOf)) return "computes a metric";
  if (isPrint(statement) && statement.reads.some((name) => metricNames.has(name)))
    return "prints a metric";
  if (isModelFit(statement, callsOf)) return "fits a model";
  if (statement.kind === "assert" || statement.kind === "raise") return CHECKS;
  if (statement.ambient.some(actsOutside)) return ACTS_OUTSIDE;
  if (statement.ambient.some(changesSettings)) return CHANGES_SETTINGS;
  return undefined;
}

/** Asking where the process works, or looks for modules, does nothing. */
function actsOutside({ resource, access }: AmbientEffect): boolean {
  if (resource === "working-directory" || resource === "module-path") return access !== "read";
  return resource === "subprocess" || resource === "network";
}

const CHECKS = "checks the data";
const ACTS_OUTSIDE = "acts outside the notebook";
const CHANGES_SETTINGS = "changes settings";
/** Reasons of what is kept for the sake of something else: it makes nothing that could be compared. */
const SERVES: ReadonlySet<string> = new Set([CHECKS, ACTS_OUTSIDE, CHANGES_SETTINGS]);

/** What a setting is for nobody knows, but for those of figures and of what is only shown. */
function changesSettings({ resource, access, detail }: AmbientEffect): boolean {
  if (resource === "options" || resource === "environment" || resource === "module-attribute")
    return access !== "read";
  if (resource === "library") return access === "write";
  return resource === "warnings" && !(access === "read" || SHOWN_WARNINGS.has(detail ?? ""));
}

/** Actions that change what is said on the error stream and nothing else: https://docs.python.org/3/library/warnings.html#the-warnings-filter */
export const SHOWN_WARNINGS: ReadonlySet<string> = new Set([
  "ignore",
  "default",
  "always",
  "all",
  "module",
  "once",
]);

/**
 * The kept statements, in order. `shares` lists pairs of names seen to share references.
 * When nothing is a result, every statement that binds or changes a name is one. Linear in statements times live names.
 */
export function keepStatements(
  statements: readonly StatementFacts[],
  shares: ReadonlyMap<string, ReadonlySet<string>>,
  callsOf: CallsOf,
): ReadonlySet<StatementFacts> {
  const metricNames = metricNamesOf(statements, callsOf);
  const someResult = makesResult(statements, callsOf);
  const answers = new Set(answersOf(statements, callsOf));
  const needed = new Set<string>();
  const kept = new Set<StatementFacts>();
  for (let at = statements.length - 1; at >= 0; at -= 1) {
    const statement = statements[at];
    if (statement === undefined) continue;
    const isResult =
      resultReason(statement, metricNames, callsOf) !== undefined ||
      answers.has(statement) ||
      (!someResult && (statement.mayWrite.length > 0 || mutatesAnything(statement)));
    if (!isResult && !contributes(statement, needed, shares)) continue;
    kept.add(statement);
    for (const name of statement.surelyWrites) needed.delete(name);
    for (const effect of statement.ambient)
      if (effect.access === "write" && isSeed(effect))
        needed.delete(resourceKey(effect, statement.unit));
    for (const name of statement.reads) needed.add(name);
    for (const name of statement.readsBeforeWrite) needed.add(name);
    for (const effect of statement.ambient)
      if (effect.access !== "write") needed.add(resourceKey(effect, statement.unit));
    if (statement.ambient.some(({ resource }) => resource === "figure"))
      needed.add("@plot-options");
    // A name that is only maybe written keeps the need for its earlier value, which `needed` still holds.
  }
  return kept;
}

/** Whether a statement is a result by itself. Where none is, what the notebook binds is what it is for. */
export function makesResult(statements: readonly StatementFacts[], callsOf: CallsOf): boolean {
  const metricNames = metricNamesOf(statements, callsOf);
  return statements
    .map((statement) => resultReason(statement, metricNames, callsOf))
    .some((reason) => reason !== undefined && !SERVES.has(reason));
}

/**
 * Assignments of what models answer, in a program that measures none of them: what a person compares there by eye is what it is
 * for, and the only thing to tell a pipeline's model by. Only of names that stay as they are from there on.
 *
 * @param statements All of the program, in order.
 */
export function answersOf(
  statements: readonly StatementFacts[],
  callsOf: CallsOf,
): readonly StatementFacts[] {
  if (statements.some((statement) => computesMetric(statement, callsOf))) return [];
  const isLast = (name: string, at: number): boolean =>
    !statements
      .slice(at + 1)
      .some(
        (later) =>
          later.mayWrite.includes(name) || later.deletes.includes(name) || mayMutate(later, name),
      );
  return statements.filter(
    ({ kind, calls, surelyWrites }, at) =>
      kind === "assignment" &&
      surelyWrites.length > 0 &&
      calls.some((call) => isPrediction(call)) &&
      surelyWrites.every((name) => isLast(name, at)),
  );
}

function metricNamesOf(
  statements: readonly StatementFacts[],
  callsOf: CallsOf,
): ReadonlySet<string> {
  return new Set(
    statements
      .filter((statement) => isEvaluation(statement, callsOf))
      .flatMap((statement) => statement.surelyWrites),
  );
}

/** A number, or a report that is bound or printed; a bare `confusion_matrix(…)` at the end of a cell only shows something. */
function computesMetric(statement: StatementFacts, callsOf: CallsOf): boolean {
  if (!isEvaluation(statement, callsOf)) return false;
  const calls = callsOf(statement);
  return calls.some(isNumberMetric) || calls.some(isPrintCall) || statement.mayWrite.length > 0;
}

/** The name under which a state outside variables flows between statements. Figures are closed at the end of their cell. */
export function resourceKey(effect: AmbientEffect, unit: number): string {
  if (effect.resource === "figure") return `@figure:${String(unit)}`;
  if (effect.resource === "library") return `@library:${effect.detail ?? ""}`;
  return `@${effect.resource}`;
}

function isSeed(effect: AmbientEffect): boolean {
  return effect.resource === "random:python" || effect.resource === "random:numpy";
}

function contributes(
  statement: StatementFacts,
  needed: ReadonlySet<string>,
  shares: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  for (const name of statement.mayWrite) if (needed.has(name)) return true;
  for (const name of statement.deletes) if (needed.has(name)) return true;
  for (const name of statement.definition?.globalWrites ?? []) if (needed.has(name)) return true;
  for (const mutation of statement.mutations) if (needed.has(mutation.name)) return true;
  for (const { names } of statement.spread) if (hasAnyOf(names, needed)) return true;
  // Names that share with each other have one set in common, which need not be looked through twice.
  const groups = new Set(statement.mutations.map((mutation) => shares.get(mutation.name)));
  for (const group of groups) if (group !== undefined && haveCommon(group, needed)) return true;
  for (const { names } of statement.spread) if (sharesWithAny(names, needed, shares)) return true;
  for (const effect of statement.ambient) {
    if (effect.access === "read" || effect.resource === "stdout" || effect.resource === "clock")
      continue;
    if (needed.has(resourceKey(effect, statement.unit))) return true;
  }
  return false;
}

/** Whether two sets of names have one in common; costs what the smaller has. */
function haveCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [fewer, more] = one.size < other.size ? [one, other] : [other, one];
  return hasAnyOf(more, fewer);
}

function hasAnyOf(
  names: { readonly has: (name: string) => boolean },
  wanted: Iterable<string>,
): boolean {
  for (const name of wanted) if (names.has(name)) return true;
  return false;
}

/** Whether a needed name shares with one of many. Sharing is symmetric, so that the few may ask for the many; and the many mostly share with each other. */
function sharesWithAny(
  names: NamesThen,
  needed: ReadonlySet<string>,
  shares: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const groups = new Set([...needed].map((name) => shares.get(name)));
  for (const group of groups) {
    if (group === undefined) continue;
    if (group.size < names.count ? hasAnyOf(names, group) : hasAnyOf(group, names)) return true;
  }
  return false;
}
