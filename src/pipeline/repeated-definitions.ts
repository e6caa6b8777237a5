/**
 * Functions that depend on the notebook's data, and imports that cannot move to the top of a module, stand in every step that uses
 * them. A function's body looks names up when it is called, and in a step those names are the step's own variables. So no step has
 * to be joined with another because of a function or a module alone.
 */
import type { StatementFacts } from "../python/facts.ts";
import { MutatedNames } from "../python/mutated-names.ts";
import type { NameTable } from "./names.ts";
import type { Segment } from "./segment.ts";

/** Statements that any step may repeat, and all statements that bind what they bind, in the order of the notebook. */
export interface RepeatedDefinitions {
  readonly statements: ReadonlySet<StatementFacts>;
  readonly binders: ReadonlyMap<string, readonly StatementFacts[]>;
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
  const isFit = fitness(all, names);
  const statements = new Set(
    kept.filter(
      (statement) =>
        statement.repeatable.length > 0 &&
        statement.repeatable.every((name) => !unfit.has(name)) &&
        isFit(statement),
    ),
  );
  const binders = new Map<string, StatementFacts[]>();
  for (const { repeatable } of statements) for (const name of repeatable) binders.set(name, []);
  for (const statement of all)
    for (const name of statement.mayWrite) binders.get(name)?.push(statement);
  return { statements, binders };
}

/** Names with state, and those that are not surely what the last statement before that binds them made of them. */
function unfitNames(all: readonly StatementFacts[], names: NameTable): ReadonlySet<string> {
  const unfit = new Set(names.stateful);
  for (const { definition, mayWrite, surelyWrites, deletes } of all) {
    for (const name of definition?.globalWrites ?? []) unfit.add(name);
    for (const name of deletes) unfit.add(name);
    for (const name of mayWrite) if (!surelyWrites.includes(name)) unfit.add(name);
  }
  return unfit;
}

/** Whether a statement that can be repeated finds what it reads, and does what it does, in every process. */
function fitness(
  all: readonly StatementFacts[],
  names: NameTable,
): (statement: StatementFacts) => boolean {
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
  return (statement) => {
    if (!statement.reads.every(isFixed) || statement.ambient.length > 0) return false;
    // Being inherited from may be noted by the class itself.
    const isClass = statement.definition?.kind === "class";
    if (isClass && statement.reads.some((name) => names.helperNames.has(name))) return false;
    return !(movesPath && statement.imports.length > 0);
  };
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
  for (const statement of segment.statements) {
    for (const name of statement.reads) {
      const found = repeated.binders.get(name)?.findLast((one) => isBefore(one, statement));
      if (found !== undefined && repeated.statements.has(found)) used.add(found);
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
