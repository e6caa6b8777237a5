/**
 * Static facts against one observed run. Observation only ever widens facts: a change the analysis did not list
 * becomes a mutation of every statement of that cell, and use of a random generator becomes an ambient effect.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { AmbientEffect, Mutation, ProgramFacts, StatementFacts } from "../python/facts.ts";
import { mayMutate } from "../python/mutated-names.ts";
import type { Observation, StatementObservation, ValueObservation } from "./schema.ts";

/** Reason of an effect that only the run showed. */
export const SEEN = "seen when the cell ran";

/** Reason of a change of a value that only the run showed. */
export const SEEN_TO_CHANGE = "seen to change when the cell ran";

/** What the observer calls options. */
const SETTINGS = [
  "options",
  "plot-options",
  "warnings",
  "module-path",
  "module-attribute",
] as const;

/** Facts and what the run added to them. */
export interface Reconciled {
  readonly statements: readonly StatementFacts[];
  /** Names that share mutable objects at the end of some cell, or may by analysis when there was no run; symmetric. A name may be among its own, and names may have one set in common. */
  readonly shares: ReadonlyMap<string, ReadonlySet<string>>;
  /** The newest observation of a name at or before the end of a cell. */
  readonly valueAfter: (cell: number, name: string) => ValueObservation | undefined;
  readonly statementRun: (cell: number, index: number) => StatementObservation | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReconcileInput {
  readonly path: string;
  readonly facts: Pick<ProgramFacts, "statements" | "sharing">;
  readonly cellOf: (statement: StatementFacts) => number;
  readonly observation: Observation | undefined;
}

/** Without an observation the facts come back as they are, with aliases as the analysis sees them. */
export function reconcile(input: ReconcileInput): Reconciled {
  const { observation } = input;
  const { statements, sharing } = input.facts;
  if (observation === undefined) {
    return {
      statements,
      shares: sharing,
      valueAfter: () => undefined,
      statementRun: () => undefined,
      diagnostics: [],
    };
  }
  const runs = new Map(
    observation.statements.map((run) => [`${String(run.cell)}:${String(run.index)}`, run]),
  );
  const statementRun = (cell: number, index: number): StatementObservation | undefined =>
    runs.get(`${String(cell)}:${String(index)}`);
  const hidden = new Map(observation.cells.map((cell) => [cell.cell, cell.hiddenMutations]));
  const inCells = optionsOfCells(observation);
  const widened = statements.map((statement) => {
    const cell = input.cellOf(statement);
    return widen(statement, statementRun(cell, statement.index), {
      hidden: hidden.get(cell) ?? [],
      options: inCells.get(cell) ?? [],
    });
  });
  const diagnostics = observation.cells.flatMap((cell) =>
    cell.hiddenMutations.map(
      (name): Diagnostic => ({
        code: "hidden-mutation",
        severity: "note",
        message: `${name} changes in this cell although nothing in its text says so`,
        hint: "the plan treats it as changed here",
        where: { path: input.path, cell: cell.cell },
      }),
    ),
  );
  return {
    statements: widened,
    shares: observedShares(observation),
    valueAfter: valueHistory(observation),
    statementRun,
    diagnostics,
  };
}

/** What is looked at once a cell may have been changed by any statement of it. */
function optionsOfCells({ statements }: Observation): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  for (const { cell, optionsChanged } of statements)
    found.set(cell, [...(found.get(cell) ?? []), ...optionsChanged.filter(isOfCell)]);
  return found;
}

function isOfCell(name: string): boolean {
  return name.startsWith("cell ");
}

function widen(
  statement: StatementFacts,
  run: StatementObservation | undefined,
  { hidden, options }: { readonly hidden: readonly string[]; readonly options: readonly string[] },
): StatementFacts {
  const mutations: Mutation[] = hidden
    .filter((name) => !statement.mayWrite.includes(name) && !mayMutate(statement, name))
    .map((name) => ({ name, because: SEEN_TO_CHANGE, certain: true }));
  const ambient: AmbientEffect[] = [];
  // Reading is no reason for a change that was seen.
  const isNews = (resource: AmbientEffect["resource"]): boolean =>
    !statement.ambient.some((effect) => effect.resource === resource && effect.access !== "read");
  if (run?.randomPython === true && isNews("random:python"))
    ambient.push(observedEffect("random:python", undefined));
  if (run?.randomNumpy === true && isNews("random:numpy"))
    ambient.push(observedEffect("random:numpy", undefined));
  if (run?.workingDirectoryChanged === true && isNews("working-directory"))
    ambient.push(observedEffect("working-directory", undefined));
  // A statement known to change settings may change them in more than one place.
  const setsSomething = SETTINGS.some((resource) => !isNews(resource));
  const changed = (run?.optionsChanged ?? []).filter((name) => !isOfCell(name));
  for (const name of [...changed, ...options])
    if (!setsSomething)
      ambient.push(
        observedEffect(name.startsWith("matplotlib:") ? "plot-options" : "options", name),
      );
  for (const name of run?.environmentChanged ?? [])
    if (isNews("environment")) ambient.push(observedEffect("environment", name));
  for (const file of run?.filesWritten ?? [])
    if (isNews("file")) ambient.push(observedEffect("file", file.path));
  if (mutations.length === 0 && ambient.length === 0) return statement;
  const mutatedNames = mutations.map((mutation) => mutation.name);
  return {
    ...statement,
    mutations: [...statement.mutations, ...mutations],
    // A changed value flows in and out of the statement.
    reads: [...new Set([...statement.reads, ...mutatedNames])],
    readsBeforeWrite: [...new Set([...statement.readsBeforeWrite, ...mutatedNames])],
    ambient: [...statement.ambient, ...ambient],
  };
}

function observedEffect(
  resource: AmbientEffect["resource"],
  detail: string | undefined,
): AmbientEffect {
  return { resource, access: "read-write", detail, because: SEEN };
}

function observedShares(observation: Observation): ReadonlyMap<string, ReadonlySet<string>> {
  const pairs: (readonly [string, string])[] = [];
  for (const cell of observation.cells)
    for (const value of cell.values)
      for (const other of value.sharesWith) pairs.push([value.name, other]);
  return symmetric(pairs);
}

function symmetric(
  pairs: readonly (readonly [string, string])[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const shares = new Map<string, Set<string>>();
  const add = (name: string, other: string): void => {
    const known = shares.get(name);
    if (known === undefined) shares.set(name, new Set([other]));
    else known.add(other);
  };
  for (const [name, other] of pairs) {
    add(name, other);
    add(other, name);
  }
  return shares;
}

/** The newest observation of a name at or before the end of a cell. */
export function valueHistory(
  observation: Observation,
): (cell: number, name: string) => ValueObservation | undefined {
  const history = new Map<string, { readonly cell: number; readonly value: ValueObservation }[]>();
  for (const { cell, values } of observation.cells) {
    for (const value of values) {
      const known = history.get(value.name);
      if (known === undefined) history.set(value.name, [{ cell, value }]);
      else known.push({ cell, value });
    }
  }
  return (cell, name) => history.get(name)?.findLast((entry) => entry.cell <= cell)?.value;
}
