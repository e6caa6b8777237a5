/** The statements that something depends on. */
import { traceDataflow } from "./dataflow.ts";
import type { AmbientEffect, DynamicCode, ProgramFacts, StatementFacts } from "./facts.ts";

/** What a slice is for: statements by position in `program.statements`, and names as they are at the end. */
export interface SliceTarget {
  readonly statements?: Iterable<number>;
  readonly names?: Iterable<string>;
}

/** Code that may read any variable, so that everything before it has to stay. */
const READS_ANYTHING: ReadonlySet<DynamicCode["kind"]> = new Set([
  "exec",
  "eval",
  "globals",
  "get-ipython",
]);

/**
 * Everything that has to run so that the targets get the same values: writers, in-place changes under any name, definitions, imports,
 * random draws and settings before them, and all code that static knowledge ends at. Positions in `program.statements`, ascending.
 */
export function backwardSlice(program: ProgramFacts, target: SliceTarget): ReadonlySet<number> {
  const { edges, last } = traceDataflow(program);
  const sources = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const known = sources.get(to);
    if (known === undefined) sources.set(to, [from]);
    else known.push(from);
  }
  const needed = new Set<number>(target.statements ?? []);
  for (const name of target.names ?? []) {
    const writer = last.get(name);
    if (writer !== undefined) needed.add(writer.from);
  }
  const latest = Math.max(-1, ...needed);
  addDynamic(program, latest, needed);
  addSettings(program, latest, needed);
  // A Set visits what is added to it while it is walked.
  for (const statement of needed)
    for (const source of sources.get(statement) ?? []) needed.add(source);
  return new Set([...needed].sort((a, b) => a - b));
}

/** Settings of the whole process, which code that nobody sees into may look at without a sign. */
const SETTINGS: ReadonlySet<AmbientEffect["resource"]> = new Set([
  "options",
  "environment",
  "working-directory",
  "module-path",
]);

function addSettings(program: ProgramFacts, latest: number, needed: Set<number>): void {
  for (const [at, statement] of program.statements.entries())
    if (at <= latest && changesSettings(statement)) needed.add(at);
}

function changesSettings({ ambient }: StatementFacts): boolean {
  return ambient.some(
    ({ resource, access, detail }) =>
      access !== "read" &&
      SETTINGS.has(resource) &&
      // How things are shown is no value.
      !(resource === "options" && detail?.startsWith("display.") === true),
  );
}

function addDynamic(program: ProgramFacts, latest: number, needed: Set<number>): void {
  let everythingUpTo = -1;
  for (const [at, statement] of program.statements.entries()) {
    if (at > latest || statement.dynamic.length === 0) continue;
    needed.add(at);
    if (statement.dynamic.some(({ kind }) => READS_ANYTHING.has(kind))) everythingUpTo = at;
  }
  for (let at = 0; at <= everythingUpTo; at++) needed.add(at);
}
