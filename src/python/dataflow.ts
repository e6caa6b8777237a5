/**
 * Which statement needs what which earlier statement made. Statements run in order, so one pass suffices.
 * A statement that only may write or change a name hands the older value on: it gets an edge from the writer before,
 * and whoever reads the name later gets an edge from it alone. Edges are therefore linear in the number of uses.
 */
import type { AmbientEffect, ProgramFacts, StatementFacts } from "./facts.ts";

/**
 * `value`: bound by `from`. `mutation`: changed in place by `from`. `alias`: changed by `from` through another name.
 * `ambient`: state outside variables (random state, a file, options); `name` is then such as `random:numpy` or `file:data.csv`.
 */
export interface DataflowEdge {
  /** Positions in `program.statements`. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly kind: "value" | "mutation" | "alias" | "ambient";
  /** Counts the values a name has had, from 1. */
  readonly version: number;
}

/** Edges, and who wrote each name last. */
export interface Dataflow {
  readonly edges: readonly DataflowEdge[];
  /** By name, the writer whose value a reader after the last statement would see. */
  readonly last: ReadonlyMap<string, Omit<DataflowEdge, "to">>;
}

/** Edges between the statements of a program, in the order of their targets. */
export function buildDataflow(program: ProgramFacts): readonly DataflowEdge[] {
  return traceDataflow(program).edges;
}

/** As {@link buildDataflow}, with what holds at the end. */
export function traceDataflow(program: ProgramFacts): Dataflow {
  const trace: Trace = { edges: [], current: new Map(), seen: new Set() };
  for (const [at, statement] of program.statements.entries()) {
    for (const name of statement.readsBeforeWrite) readName(trace, at, name);
    writeNames(trace, at, statement);
    for (const effect of statement.ambient) applyAmbient(trace, at, effect);
  }
  return { edges: trace.edges, last: trace.current };
}

type Writer = Omit<DataflowEdge, "to">;

interface Trace {
  readonly edges: DataflowEdge[];
  readonly current: Map<string, Writer>;
  /** Edges that exist already: `name` of the statement being traced. */
  readonly seen: Set<string>;
}

function readName(trace: Trace, at: number, name: string): void {
  const writer = trace.current.get(name);
  if (writer === undefined || writer.from === at) return;
  const key = `${String(at)} ${name}`;
  if (trace.seen.has(key)) return;
  trace.seen.add(key);
  trace.edges.push({ ...writer, to: at });
}

function writeNames(trace: Trace, at: number, statement: StatementFacts): void {
  const sure = new Set(statement.surelyWrites);
  for (const { name, through } of statement.mutations) {
    readName(trace, at, name);
    setWriter(trace, at, { name, kind: through === undefined ? "mutation" : "alias" });
  }
  const listed = new Set(statement.mutations.map(({ name }) => name));
  for (const { names } of statement.spread) {
    for (const name of names) {
      if (listed.has(name)) continue;
      listed.add(name);
      readName(trace, at, name);
      setWriter(trace, at, { name, kind: "alias" });
    }
  }
  for (const name of statement.mayWrite) {
    if (!sure.has(name)) readName(trace, at, name);
    setWriter(trace, at, { name, kind: "value" });
  }
  for (const name of statement.deletes) {
    if (statement.mayWrite.includes(name)) continue;
    readName(trace, at, name);
    setWriter(trace, at, { name, kind: "value" });
  }
}

function setWriter(trace: Trace, at: number, written: Pick<Writer, "name" | "kind">): void {
  const version = (trace.current.get(written.name)?.version ?? 0) + 1;
  trace.current.set(written.name, { ...written, from: at, version });
}

/** State whose order of use cannot change a value: printing, looking at the clock. */
const UNORDERED: ReadonlySet<AmbientEffect["resource"]> = new Set([
  "stdout",
  "clock",
  "input",
  "network",
]);

function applyAmbient(trace: Trace, at: number, effect: AmbientEffect): void {
  if (UNORDERED.has(effect.resource)) return;
  const isFile = effect.resource === "file";
  const name = isFile
    ? `file:${effect.detail ?? "*"}`
    : effect.resource === "library"
      ? `library:${effect.detail ?? ""}`
      : effect.resource;
  const names = isFile ? filesTouched(trace, name) : [name];
  for (const used of names) readName(trace, at, used);
  if (effect.access !== "read") setWriter(trace, at, { name, kind: "ambient" });
}

/** A file of unknown name may be any file. */
function filesTouched(trace: Trace, name: string): readonly string[] {
  if (name !== "file:*") return [name, "file:*"];
  return [...trace.current.keys()].filter((known) => known.startsWith("file:"));
}
