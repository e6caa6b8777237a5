/**
 * Functions that depend on the notebook's data, and imports that cannot move to the top of a module, stand in every step that uses
 * them. A function's body looks names up when it is called, and in a step those names are the step's own variables. So no step has
 * to be joined with another because of a function or a module alone. The same goes for what a library makes of data outside
 * Python's memory, where nothing can store it.
 */
import type { StatementFacts } from "../python/facts.ts";
import { MutatedNames, mutatesAnything } from "../python/mutated-names.ts";
import type { NameTable } from "./names.ts";
import type { Segment } from "./segment.ts";

/** Statements that any step may repeat, and all statements that bind what they bind, in the order of the notebook. */
export interface RepeatedDefinitions {
  readonly statements: ReadonlySet<StatementFacts>;
  readonly binders: ReadonlyMap<string, readonly StatementFacts[]>;
}

/**
 * Tables of boosting libraries: made of arrays by copying them, the same each time, and handles that no pickle takes (tried with
 * xgboost 3, lightgbm 4 and catboost 1; a table of lightgbm can be stored until it is trained with).
 */
const HANDLES: ReadonlySet<string> = new Set([
  "xgboost.DMatrix",
  "xgboost.QuantileDMatrix",
  "lightgbm.Dataset",
  "catboost.Pool",
]);

/** The names that a statement gives what every process can make for itself. */
function namesGiven({ repeatable, kind, surelyWrites, types }: StatementFacts): readonly string[] {
  const [name, ...others] = surelyWrites;
  if (repeatable.length > 0 || kind !== "assignment" || name === undefined || others.length > 0)
    return repeatable;
  return HANDLES.has(types.get(name) ?? "") ? [name] : [];
}

/**
 * Those among the kept statements whose names hold no state (defaults that are filled, attributes), are surely bound by whatever binds
 * them, and that read where they stand what is the same everywhere. Their names may mean something else before and after.
 */
export function findRepeated(
  kept: readonly StatementFacts[],
  all: readonly StatementFacts[],
  names: NameTable,
): RepeatedDefinitions {
  const unfit = unfitNames(all, names);
  const { isFit, isFixed } = fitness(all, names);
  const statements = new Set(
    kept.filter(
      (statement) =>
        namesGiven(statement).length > 0 &&
        namesGiven(statement).every((name) => !unfit.has(name)) &&
        isFit(statement),
    ),
  );
  const binders = new Map<string, StatementFacts[]>();
  for (const statement of statements)
    for (const name of namesGiven(statement)) binders.set(name, []);
  for (const statement of all)
    for (const name of statement.mayWrite) binders.get(name)?.push(statement);
  dropIncomplete(statements, { binders, isFixed });
  return { statements, binders };
}

/** Names with state, and those that something else may bind or not. */
function unfitNames(all: readonly StatementFacts[], names: NameTable): ReadonlySet<string> {
  const unfit = new Set(names.stateful);
  for (const { definition, mayWrite, surelyWrites, deletes, repeatable } of all) {
    for (const name of definition?.globalWrites ?? []) unfit.add(name);
    for (const name of deletes) unfit.add(name);
    for (const name of mayWrite)
      if (!surelyWrites.includes(name) && !repeatable.includes(name)) unfit.add(name);
  }
  return unfit;
}

/**
 * What leaves a name as it was on some ways can be repeated only with all that the name may have been and become, and a
 * condition on what is repeated only with that.
 */
function dropIncomplete(
  statements: Set<StatementFacts>,
  {
    binders,
    isFixed,
  }: Pick<RepeatedDefinitions, "binders"> & { readonly isFixed: (name: string) => boolean },
): void {
  const isRepeated = (one: StatementFacts): boolean => statements.has(one);
  const isHad = (name: string, reader: StatementFacts): boolean => {
    const found = bindersFor(name, reader, binders);
    return found.length > 0 && found.every((one) => one !== reader && isRepeated(one));
  };
  for (let before = -1; before !== statements.size; ) {
    before = statements.size;
    for (const statement of statements) {
      const { reads } = statement;
      const isWhole = namesGiven(statement).every(
        (name) =>
          bindersFor(name, statement, binders).every(isRepeated) &&
          (binders.get(name) ?? []).every(
            (one) => isRepeated(one) || one.surelyWrites.includes(name) || isBefore(one, statement),
          ),
      );
      if (!isWhole || !reads.every((name) => isFixed(name) || isHad(name, statement)))
        statements.delete(statement);
    }
  }
}

/** The last statement before another, or that itself, that binds a name, and those before it that may have done so where it did not. */
function bindersFor(
  name: string,
  reader: StatementFacts,
  binders: ReadonlyMap<string, readonly StatementFacts[]>,
): readonly StatementFacts[] {
  const found: StatementFacts[] = [];
  for (const one of [...(binders.get(name) ?? [])].reverse()) {
    if (isBefore(reader, one)) continue;
    found.push(one);
    if (one.surelyWrites.includes(name)) break;
  }
  return found;
}

interface Fitness {
  /** Whether a statement does what it does in every process, if it finds what it reads. */
  readonly isFit: (statement: StatementFacts) => boolean;
  /** Whether a name is the same in every process, wherever it is read. */
  readonly isFixed: (name: string) => boolean;
}

function fitness(all: readonly StatementFacts[], names: NameTable): Fitness {
  const bound = new Set(all.flatMap(({ mayWrite }) => mayWrite));
  const lasting = lastingNames(all);
  const isFixed = (name: string): boolean =>
    !bound.has(name) ||
    names.importedNames.has(name) ||
    names.helperNames.has(name) ||
    names.constants.has(name) ||
    lasting.has(name);
  // Where modules are looked for is a matter of order.
  const movesPath = all.some(({ ambient }) =>
    ambient.some(({ resource, access }) => resource === "module-path" && access !== "read"),
  );
  const isFit = (statement: StatementFacts): boolean => {
    if (statement.ambient.length > 0 || mutatesAnything(statement)) return false;
    // Being inherited from may be noted by the class itself.
    const isClass = statement.definition?.kind === "class";
    if (isClass && !statement.reads.every((name) => isFixed(name) && !names.helperNames.has(name)))
      return false;
    return !(movesPath && statement.imports.length > 0);
  };
  return { isFit, isFixed };
}

/** Names that one assignment binds, whose value nothing may change: wherever it is read it is the same. */
function lastingNames(all: readonly StatementFacts[]): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const { kind, surelyWrites, mayWrite, deletes, definition } of all) {
    for (const name of [...mayWrite, ...deletes, ...(definition?.globalWrites ?? [])]) {
      if (!seen.has(name) && kind === "assignment" && surelyWrites.includes(name)) found.add(name);
      else found.delete(name);
      seen.add(name);
    }
  }
  const changes = new MutatedNames();
  for (const statement of all) for (const name of changes.news(statement)) found.delete(name);
  return found;
}

/** Names that nothing binds but what is repeated. */
export function namesMadeAgain({ statements, binders }: RepeatedDefinitions): ReadonlySet<string> {
  return new Set(
    [...binders].flatMap(([name, all]) => (all.every((one) => statements.has(one)) ? [name] : [])),
  );
}

/** The statements that are in one step each. */
export function withoutRepeated(
  kept: readonly StatementFacts[],
  { statements }: RepeatedDefinitions,
): readonly StatementFacts[] {
  return kept.filter((statement) => !statements.has(statement));
}

/** The segment with the definitions that its statements use, each where it stands in the notebook. */
export function withRepeated(segment: Segment, repeated: RepeatedDefinitions): Segment {
  const used = new Set<StatementFacts>();
  const readers = new Set(segment.statements);
  // A Set visits what is added to it while it is walked.
  for (const statement of readers) {
    for (const name of statement.reads) {
      const last = repeated.binders.get(name)?.findLast((one) => isBefore(one, statement));
      if (last === undefined || !repeated.statements.has(last)) continue;
      for (const found of bindersFor(name, last, repeated.binders)) {
        used.add(found);
        readers.add(found);
      }
    }
  }
  if (used.size === 0) return segment;
  const statements = [...new Set([...used, ...segment.statements])];
  return {
    ...segment,
    statements: statements.sort((a, b) => a.unit - b.unit || a.index - b.index),
  };
}

function isBefore(one: StatementFacts, other: StatementFacts): boolean {
  return one.unit < other.unit || (one.unit === other.unit && one.index < other.index);
}
