/** Joins candidate steps until every cut is sound: nothing crosses that may be unbound, cannot be stored, or is no value at all. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { SEEN } from "../observation/reconcile.ts";
import type { ValueObservation } from "../observation/schema.ts";
import type { AmbientEffect, StatementFacts } from "../python/facts.ts";
import type { SegmentInterface } from "./interfaces.ts";
import { SHOWN_WARNINGS } from "./keep.ts";
import { SETTINGS } from "./repeated-settings.ts";
import { mergeSegments, type Segment } from "./segment.ts";

export interface SoundInput {
  readonly segments: readonly Segment[];
  readonly interfacesOf: (segments: readonly Segment[]) => readonly SegmentInterface[];
  readonly cellOf: (statement: StatementFacts) => number;
  readonly valueAfter: (cell: number, name: string) => ValueObservation | undefined;
  /** Whether the name is an import that every step repeats. */
  readonly isImported: (name: string) => boolean;
  /** Whether every process has the notebook's definition of this name. */
  readonly isShared: (name: string) => boolean;
  /** Why a function or class is none of those, in words that go after its name. */
  readonly whyInOneProcess: (name: string) => string;
  readonly path: string;
}

export interface SoundSegments {
  readonly segments: readonly Segment[];
  readonly interfaces: readonly SegmentInterface[];
  /** One note per merge, with the place and the reason. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Resources that live in one process and that no artifact carries. */
const PROCESS_BOUND = new Set([
  "working-directory",
  "module-path",
  "environment",
  "options",
  "module-attribute",
  "plot-options",
  "warnings",
  "network",
  "random:other",
]);

/** Terminates because every round joins at least two segments. */
export function soundSegments(input: SoundInput): SoundSegments {
  let segments = input.segments;
  const diagnostics: Diagnostic[] = [];
  for (;;) {
    const interfaces = input.interfacesOf(segments);
    const problem = firstProblem(segments, interfaces, input);
    if (problem === undefined) return { segments, interfaces, diagnostics };
    const note: Diagnostic = {
      code: "steps-merged",
      severity: "note",
      message: problem.message,
      hint: problem.hint ?? "the statements from here to where it is used stay in one step",
      where: {
        path: input.path,
        cell: problem.cell,
        ...(problem.line === undefined ? {} : { line: problem.line }),
      },
    };
    // The same value may stand in the way of several cuts.
    if (!diagnostics.some((known) => JSON.stringify(known) === JSON.stringify(note)))
      diagnostics.push(note);
    segments = mergeSegments(segments, problem.from, problem.to);
  }
}

interface Problem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly cell: number;
  readonly line?: number;
  readonly hint?: string;
}

function firstProblem(
  segments: readonly Segment[],
  interfaces: readonly SegmentInterface[],
  input: SoundInput,
): Problem | undefined {
  for (const [at, segment] of segments.entries()) {
    if (at === segments.length - 1) return undefined;
    const iface = interfaces[at];
    const last = segment.statements.at(-1);
    if (iface === undefined || last === undefined) continue;
    const bound = ambientProblem(segment, at, segments, input);
    if (bound !== undefined) return bound;
    for (const name of iface.outputs) {
      const unbound = iface.maybeUnbound.includes(name) ? unboundIn(segment, name) : undefined;
      const why =
        unbound?.why ??
        definesFunction(segment, name, input) ??
        notStorable(name, input.valueAfter(input.cellOf(last), name), input);
      if (why === undefined) continue;
      const consumer = interfaces.findIndex(
        (later, index) => index > at && later.inputs.includes(name),
      );
      // With no consumer it is a result; the merge partner is then the next segment, until one is left.
      const to = consumer === -1 ? at + 1 : consumer;
      return {
        from: at,
        to,
        message: `${name} ${why}, so it cannot pass from step to step`,
        cell: input.cellOf(unbound?.statement ?? binder(segment, name) ?? last),
        line: unbound?.line ?? (binder(segment, name) ?? last).line,
      };
    }
  }
  return undefined;
}

function ambientProblem(
  segment: Segment,
  at: number,
  segments: readonly Segment[],
  input: SoundInput,
): Problem | undefined {
  for (const statement of segment.statements) {
    const saved = drawsFigure(statement)
      ? segments.findLastIndex((later) => savesFigureOf(statement, later))
      : -1;
    if (saved > at) {
      return {
        from: at,
        to: saved,
        message: "the figure drawn here is saved by a later step, and figures live in one process",
        cell: input.cellOf(statement),
        line: statement.line,
      };
    }
    const change = processChange(statement, input);
    if (change === undefined) continue;
    const to = change.figuresOnly ? lastDrawing(segments) : segments.length - 1;
    if (to <= at) continue;
    return {
      from: at,
      to,
      message: `${change.what} of the process, which later steps would not see`,
      cell: input.cellOf(statement),
      line: statement.line,
      ...(change.hint === undefined ? {} : { hint: change.hint }),
    };
  }
  return undefined;
}

function drawsFigure(statement: StatementFacts): boolean {
  return statement.ambient.some(
    (effect) => effect.resource === "figure" && effect.access !== "read",
  );
}

/** The current figure is found by nobody's name; a cell's figures are closed at its end. */
function savesFigureOf(drawing: StatementFacts, segment: Segment): boolean {
  return segment.statements.some(
    (statement) =>
      statement.unit === drawing.unit &&
      statement.ambient.some((effect) => effect.resource === "figure" && effect.access !== "write"),
  );
}

/** The last segment that draws: nothing else looks at the settings of figures. */
function lastDrawing(segments: readonly Segment[]): number {
  return segments.findLastIndex(({ statements }) =>
    statements.some(({ ambient }) => ambient.some(({ resource }) => resource === "figure")),
  );
}

const SETTING_HINT =
  "the statements from here on stay in one step; where it uses nothing but imports, constants and functions of the notebook, every step can repeat it";

const ATTRIBUTE_HINT =
  "the statements from here on stay in one step; set before the first of them, every step can repeat it";

interface ProcessChange {
  readonly what: string;
  readonly figuresOnly: boolean;
  /** How it could be a statement that every step repeats. */
  readonly hint?: string;
}

function processChange(statement: StatementFacts, input: SoundInput): ProcessChange | undefined {
  const bound = statement.ambient.filter(isProcessBound);
  const effect = bound.find(({ resource }) => resource !== "plot-options") ?? bound[0];
  if (effect !== undefined) {
    const place = effect.resource.replace("-", " ");
    const what =
      effect.because === SEEN
        ? `this was seen to change ${effect.detail ?? ""} in the ${place}`
        : `${effect.because} changes the ${place}`;
    return {
      what,
      figuresOnly: effect.resource === "plot-options",
      ...(effect.because !== SEEN && SETTINGS.has(effect.resource)
        ? { hint: effect.resource === "module-attribute" ? ATTRIBUTE_HINT : SETTING_HINT }
        : {}),
    };
  }
  // A module is not data: every process has a copy of its own.
  const mutation = statement.mutations.find(
    ({ name, certain }) => certain && input.isImported(name),
  );
  return mutation === undefined
    ? undefined
    : {
        what: `${mutation.because} changes the imported ${mutation.name}`,
        figuresOnly: false,
      };
}

function isProcessBound({ resource, access, detail }: AmbientEffect): boolean {
  if (access === "read" || !PROCESS_BOUND.has(resource)) return false;
  return resource !== "warnings" || !SHOWN_WARNINGS.has(detail ?? "");
}

/** Why the name may be unbound at the end of the segment, and which statement, and line of it, decides that. */
function unboundIn(
  segment: Segment,
  name: string,
): {
  readonly why: string;
  readonly statement: StatementFacts | undefined;
  readonly line?: number;
} {
  const statement = segment.statements.findLast(
    ({ mayWrite, deletes }) => mayWrite.includes(name) || deletes.includes(name),
  );
  const found = statement?.unboundWhen.get(name);
  if (statement === undefined || found === undefined)
    return { why: "is only bound on some paths", statement };
  const { when, deletes, line } = found;
  return { why: `is ${deletes ? "deleted" : "not bound"} where ${when}`, statement, line };
}

/** Functions and classes that depend on the notebook's data live in one process only. */
function definesFunction(
  segment: Segment,
  name: string,
  { whyInOneProcess }: SoundInput,
): string | undefined {
  return segment.statements.some((statement) => statement.definition?.name === name)
    ? whyInOneProcess(name)
    : undefined;
}

function notStorable(
  name: string,
  value: ValueObservation | undefined,
  { isShared, whyInOneProcess }: SoundInput,
): string | undefined {
  if (value === undefined) return undefined;
  if (value.pickleError !== null) return `(${value.type}) cannot be stored (${value.pickleError})`;
  const local = value.definedHere?.find((one) => !isShared(one));
  if (local === undefined) return undefined;
  if (local === name) return whyInOneProcess(local);
  return `needs ${local}, which only one process has because it ${whyInOneProcess(local)}`;
}

function binder(segment: Segment, name: string): StatementFacts | undefined {
  return segment.statements.findLast((statement) => statement.mayWrite.includes(name));
}
