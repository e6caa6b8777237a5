/** Leaves out cells that a person decided to drop, unless something that is kept needs what they do. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { StatementFacts } from "../python/facts.ts";
import { type LocatedDecisions, unsound } from "./decisions.ts";
import type { InterfaceOptions } from "./interfaces.ts";
import { segmentInterfaces } from "./interfaces.ts";
import { resourceKey } from "./keep.ts";
import type { Segment } from "./segment.ts";

export interface DropInput {
  /** What would be kept without the decisions, in order. */
  readonly kept: readonly StatementFacts[];
  readonly items: LocatedDecisions["items"];
  readonly cellOf: (statement: StatementFacts) => number;
  readonly interfaces: InterfaceOptions;
  readonly path: string;
}

/** Cells to leave out, or errors that say what needs them. */
export function droppedCells(input: DropInput): {
  readonly cells: ReadonlySet<number>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const drops = input.items.flatMap((item) =>
    item.fits && item.decision.kind === "drop" ? [{ item, cell: item.decision.cell }] : [],
  );
  const cells = new Set(drops.map(({ cell }) => cell));
  const diagnostics = drops.flatMap(({ item, cell }) => {
    const because = whoNeeds(cell, cells, input);
    return because === undefined ? [] : [unsound(item, because, input.path)];
  });
  return { cells, diagnostics };
}

/** Why a cell cannot go; what only other dropped cells need is no reason. */
function whoNeeds(
  cell: number,
  cells: ReadonlySet<number>,
  { kept, cellOf, interfaces }: DropInput,
): string | undefined {
  const dropped = kept.filter((statement) => cellOf(statement) === cell);
  const last = dropped.at(-1);
  if (last === undefined) return undefined;
  const end = kept.indexOf(last) + 1;
  const before = kept.slice(0, end).filter((statement) => !dropped.includes(statement));
  const after = kept.slice(end).filter((statement) => !cells.has(cellOf(statement)));
  const parts = [before, dropped, after].filter((statements) => statements.length > 0);
  const made = segmentInterfaces(parts.map(asSegment), interfaces)[parts.indexOf(dropped)];
  for (const name of made?.outputs ?? []) {
    if (interfaces.results.has(name)) return `it makes ${name}, the model that is served`;
    const reader = after.find((statement) => statement.reads.includes(name));
    return `cell ${reader === undefined ? "after it" : String(cellOf(reader))} needs ${name}`;
  }
  for (const statement of dropped) {
    for (const effect of statement.ambient) {
      if (effect.access === "read" || OUTWARD.has(effect.resource)) continue;
      const key = resourceKey(effect, statement.unit);
      const reader = after.find((later) =>
        later.ambient.some(
          (other) => other.access !== "write" && resourceKey(other, later.unit) === key,
        ),
      );
      if (reader !== undefined)
        return `what it does to ${WORDS[effect.resource] ?? effect.resource} is seen by cell ${String(cellOf(reader))}`;
    }
  }
  return undefined;
}

/** Effects that no statement reads back. */
const OUTWARD: ReadonlySet<string> = new Set(["stdout", "clock"]);

const WORDS: Readonly<Record<string, string>> = {
  file: "files",
  "random:python": "the random generator",
  "random:numpy": "the random generator",
  options: "the settings",
};

function asSegment(statements: readonly StatementFacts[]): Segment {
  return { role: "features", statements, heading: undefined };
}
