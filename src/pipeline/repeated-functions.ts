/**
 * Functions that depend on the notebook's data stand in every step that uses them: their body looks names up when it is called, and in
 * a step those names are the step's own variables. So no step has to be joined with another because of a function alone.
 */
import type { StatementFacts } from "../python/facts.ts";
import type { NameTable } from "./names.ts";
import type { Segment } from "./segment.ts";

/** Definitions that any step may repeat, by name, in the order of the notebook. */
export type RepeatedFunctions = ReadonlyMap<string, readonly StatementFacts[]>;

/**
 * Those among the kept statements. A name is one of them when all that ever binds it are definitions that can be repeated,
 * none holds state (defaults that are filled, attributes), and what their defaults and annotations name is the same everywhere.
 */
export function findRepeatedFunctions(
  kept: readonly StatementFacts[],
  all: readonly StatementFacts[],
  names: NameTable,
): RepeatedFunctions {
  const bound = new Set(all.flatMap(({ mayWrite }) => mayWrite));
  const isFixed = (name: string): boolean =>
    !bound.has(name) ||
    names.importedNames.has(name) ||
    names.helperNames.has(name) ||
    names.constants.has(name);
  const unfit = new Set(names.stateful);
  const found = new Map<string, StatementFacts[]>();
  for (const statement of all) {
    const { repeatable, definition } = statement;
    for (const name of definition?.globalWrites ?? []) unfit.add(name);
    for (const name of [...statement.mayWrite, ...statement.deletes])
      if (name !== repeatable || !statement.reads.every(isFixed)) unfit.add(name);
  }
  for (const statement of kept) {
    const { repeatable } = statement;
    if (repeatable === undefined || unfit.has(repeatable)) continue;
    found.set(repeatable, [...(found.get(repeatable) ?? []), statement]);
  }
  return found;
}

/** The statements that are in one step each. */
export function withoutFunctions(
  kept: readonly StatementFacts[],
  functions: RepeatedFunctions,
): readonly StatementFacts[] {
  const repeated = new Set([...functions.values()].flat());
  return kept.filter((statement) => !repeated.has(statement));
}

/** The segment with the definitions that its statements use, each where it stands in the notebook. */
export function withRepeatedFunctions(segment: Segment, functions: RepeatedFunctions): Segment {
  const used = new Set<StatementFacts>();
  for (const statement of segment.statements) {
    for (const name of statement.reads) {
      const definition = functions
        .get(name)
        ?.findLast((candidate) => isBefore(candidate, statement));
      if (definition !== undefined) used.add(definition);
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
