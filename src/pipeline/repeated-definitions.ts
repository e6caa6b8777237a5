/**
 * Functions that depend on the notebook's data, and imports that cannot move to the top of a module, stand in every step that uses
 * them. A function's body looks names up when it is called, and in a step those names are the step's own variables. So no step has
 * to be joined with another because of a function or a module alone.
 */
import type { StatementFacts } from "../python/facts.ts";
import type { NameTable } from "./names.ts";
import type { Segment } from "./segment.ts";

/** Statements that any step may repeat, by the names they bind, in the order of the notebook. */
export type RepeatedDefinitions = ReadonlyMap<string, readonly StatementFacts[]>;

/**
 * Those among the kept statements. A name is one of them when all that ever binds it are statements that can be repeated,
 * none of them holds state (defaults that are filled, attributes), and what they read where they stand is the same everywhere.
 */
export function findRepeated(
  kept: readonly StatementFacts[],
  all: readonly StatementFacts[],
  names: NameTable,
): RepeatedDefinitions {
  const unfit = unfitNames(all, names);
  const found = new Map<string, StatementFacts[]>();
  for (const statement of kept) {
    for (const name of statement.repeatable) {
      if (unfit.has(name)) continue;
      found.set(name, [...(found.get(name) ?? []), statement]);
    }
  }
  return found;
}

function unfitNames(all: readonly StatementFacts[], names: NameTable): ReadonlySet<string> {
  const bound = new Set(all.flatMap(({ mayWrite }) => mayWrite));
  const isFixed = (name: string): boolean =>
    !bound.has(name) ||
    names.importedNames.has(name) ||
    names.helperNames.has(name) ||
    names.constants.has(name);
  // Where modules are looked for is a matter of order.
  const movesPath = all.some(({ ambient }) =>
    ambient.some(({ resource, access }) => resource === "module-path" && access !== "read"),
  );
  const isFit = (statement: StatementFacts): boolean => {
    if (!statement.reads.every(isFixed) || statement.ambient.length > 0) return false;
    if (statement.mayWrite.length !== statement.surelyWrites.length) return false;
    return !(movesPath && statement.imports.length > 0);
  };
  const unfit = new Set(names.stateful);
  for (const statement of all) {
    for (const name of statement.definition?.globalWrites ?? []) unfit.add(name);
    const fit = isFit(statement);
    for (const name of [...statement.mayWrite, ...statement.deletes])
      if (!fit || !statement.repeatable.includes(name)) unfit.add(name);
  }
  // A statement is repeated for all its names or not at all.
  for (let size = -1; size !== unfit.size; ) {
    size = unfit.size;
    for (const { repeatable } of all)
      if (repeatable.some((name) => unfit.has(name)))
        for (const name of repeatable) unfit.add(name);
  }
  return unfit;
}

/** The statements that are in one step each. */
export function withoutRepeated(
  kept: readonly StatementFacts[],
  repeated: RepeatedDefinitions,
): readonly StatementFacts[] {
  const everywhere = new Set([...repeated.values()].flat());
  return kept.filter((statement) => !everywhere.has(statement));
}

/** The segment with the definitions that its statements use, each where it stands in the notebook. */
export function withRepeated(segment: Segment, repeated: RepeatedDefinitions): Segment {
  const used = new Set<StatementFacts>();
  for (const statement of segment.statements) {
    for (const name of statement.reads) {
      const found = repeated.get(name)?.findLast((candidate) => isBefore(candidate, statement));
      if (found !== undefined) used.add(found);
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
