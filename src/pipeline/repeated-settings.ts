/** Settings of libraries and of the process that every step repeats, and what is made for them. */
import { SEEN } from "../observation/reconcile.ts";
import type { AmbientEffect, StatementFacts } from "../python/facts.ts";
import { mutatesAnything } from "../python/mutated-names.ts";

/** State of a process that a statement may set the same way in every process; the folder it works in, because steps begin in one folder. */
export const SETTINGS: ReadonlySet<AmbientEffect["resource"]> = new Set([
  "options",
  "plot-options",
  "warnings",
  "environment",
  "working-directory",
  "module-attribute",
]);

interface Known {
  /** Whether every process has what the name stands for. */
  readonly isAnywhere: (name: string) => boolean;
  readonly boundOnce: (name: string) => boolean;
  /** Imports, shared helpers and constants: what stands above every step. */
  readonly early: ReadonlySet<StatementFacts>;
}

/** The statements that every process repeats in their order: settings, and what only they use. */
export function repeatedSettings(
  statements: readonly StatementFacts[],
  known: Known,
): ReadonlySet<StatementFacts> {
  const ofSettings = preparedForSettings(statements, known);
  const setup = new Set(
    findSetup(
      statements,
      (name) => known.isAnywhere(name) || ofSettings.has(name),
      new Set([...known.early, ...ofSettings.values()]),
    ),
  );
  for (const statement of ofSettings.values()) setup.add(statement);
  // What was prepared for a setting that cannot be repeated after all is not repeated either, nor what else uses it.
  for (let before = -1; before !== setup.size; ) {
    before = setup.size;
    for (const statement of ofSettings.values())
      if (usersOf(statements, statement).some((user) => !setup.has(user))) setup.delete(statement);
    for (const statement of setup)
      if (statement.reads.some((name) => isLeftBehind(ofSettings.get(name), setup)))
        setup.delete(statement);
  }
  return setup;
}

function isLeftBehind(
  prepared: StatementFacts | undefined,
  setup: ReadonlySet<StatementFacts>,
): boolean {
  return prepared !== undefined && !setup.has(prepared);
}

/**
 * `style = {"font.size": 14}` right above `rcParams.update(style)`: values that only settings use, by name. Whoever repeats
 * the setting makes them again.
 */
function preparedForSettings(
  statements: readonly StatementFacts[],
  known: Known,
): ReadonlyMap<string, StatementFacts> {
  const plain = new Map<string, StatementFacts>();
  for (const statement of statements) {
    const [name, ...others] = statement.mayWrite;
    if (statement.kind !== "assignment" || name === undefined || others.length > 0) continue;
    const doesNothingElse =
      statement.calls.length + statement.ambient.length + statement.dynamic.length === 0 &&
      !mutatesAnything(statement) &&
      statement.reads.every((one) => plain.has(one) || known.isAnywhere(one));
    if (doesNothingElse && known.boundOnce(name) && !known.early.has(statement))
      plain.set(name, statement);
  }
  const isKnown = (name: string): boolean => plain.has(name) || known.isAnywhere(name);
  const belongs = (one: StatementFacts): boolean =>
    known.early.has(one) || plain.get(one.mayWrite[0] ?? "") === one || isSetting(one, isKnown);
  // Where something else stands between them, one of them may be repeated elsewhere than the other.
  return new Map(
    [...plain].filter(([, statement]) => {
      const last = usersOf(statements, statement).at(-1);
      if (last === undefined) return false;
      return statements
        .slice(statements.indexOf(statement), statements.indexOf(last) + 1)
        .every(belongs);
    }),
  );
}

/** The other statements that know the name that a statement binds. */
function usersOf(
  statements: readonly StatementFacts[],
  binder: StatementFacts,
): readonly StatementFacts[] {
  const [name = ""] = binder.mayWrite;
  return statements.filter(
    (one) =>
      one !== binder &&
      (one.reads.includes(name) ||
        one.deletes.includes(name) ||
        one.definition?.freeReads.includes(name) === true),
  );
}

/** Settings that every process can repeat in their order, each finding what it found in the notebook. */
function findSetup(
  statements: readonly StatementFacts[],
  isAnywhere: (name: string) => boolean,
  early: ReadonlySet<StatementFacts>,
): ReadonlySet<StatementFacts> {
  const setup = new Set(statements.filter((statement) => isSetting(statement, isAnywhere)));
  // A process cannot take back what it did to a module, so that a step that it runs later must have it, too.
  const firstStep = statements.findIndex(
    (statement) => !early.has(statement) && !setup.has(statement),
  );
  for (const statement of statements.slice(Math.max(firstStep, 0)))
    if (
      firstStep !== -1 &&
      statement.ambient.some(({ resource }) => resource === "module-attribute")
    )
      setup.delete(statement);
  for (let before = -1; before !== setup.size; ) {
    before = setup.size;
    const elsewhere = new Set(
      statements
        .filter((statement) => !setup.has(statement))
        .flatMap(({ ambient }) => ambient.filter(({ access }) => access !== "read"))
        .map(({ resource }) => resource),
    );
    for (const statement of setup)
      if (
        statement.ambient.some(
          ({ access, resource }) => access !== "write" && elsewhere.has(resource),
        )
      )
        setup.delete(statement);
  }
  return setup;
}

/** @param isAnywhere Whether every process has what the name stands for. */
function isSetting(statement: StatementFacts, isAnywhere: (name: string) => boolean): boolean {
  if (statement.kind === "import" || statement.definition !== undefined) return false;
  if (mutatesAnything(statement)) return false;
  if (statement.dynamic.some(({ kind }) => kind !== "added-method")) return false;
  if (![...statement.mayWrite, ...statement.reads].every(isAnywhere)) return false;
  // What was only seen to change one may not do the same when it is repeated.
  return (
    statement.ambient.some(({ access }) => access !== "read") &&
    statement.ambient.every(({ resource, because }) => SETTINGS.has(resource) && because !== SEEN)
  );
}
