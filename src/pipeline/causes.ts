/** Which calls of a notebook make its results other than those of another run, by cell and line, with what repeats them. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Observation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import {
  callsBehind,
  findUnrepeatable,
  seededGenerators,
  type UnrepeatableCall,
} from "../python/unrepeatable-calls.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";
import { namedCell } from "./sources.ts";

/** A call that another run need not repeat. */
export interface Cause {
  readonly cell: number;
  /** 1-based, in the cell. */
  readonly line: number;
  /** As it is written: `train_test_split(X, y)`. */
  readonly call: string;
  /** What repeats it, as an order to a person: `add random_state=0`. */
  readonly fix: string;
}

/** More than that nobody reads. */
const MOST_CAUSES = 3;
const MOST_NAMED = 6;

/** What a run does not repeat although both sides of a comparison seed the generators of Python and NumPy. */
function variesSeeded({ kind, generator }: UnrepeatableCall): boolean {
  return kind !== "global" || generator === "torch" || generator === "tensorflow";
}

/**
 * The calls that statements, given by address, get something from that varies from run to run, the first ones of the
 * notebook first. Empty where none is known.
 */
export function causesOf(
  program: NotebookProgram,
): (statements: readonly { readonly cell: number; readonly index: number }[]) => readonly Cause[] {
  const behind = callsBehind(program.facts, findUnrepeatable(program.facts).filter(variesSeeded));
  const positions = positionsOf(program);
  return (statements) => {
    const found = behind(statements.flatMap((ref) => positions.get(keyOf(ref)) ?? []));
    // What only may vary is no reason where something surely does.
    const sure = found.filter(({ surely }) => surely);
    return distinct((sure.length > 0 ? sure : found).map((call) => causeOf(program, call))).slice(
      0,
      MOST_CAUSES,
    );
  };
}

/**
 * Calls that draw from a generator that the notebook does not seed.
 *
 * @param run Shows which statements drew something; without one, those that surely draw.
 */
export function unseededCalls(
  program: NotebookProgram,
  run: Observation | undefined,
): readonly Cause[] {
  const calls = findUnrepeatable(program.facts).filter(({ kind }) => kind === "global");
  if (run === undefined) return calls.filter(isSure).map((call) => causeOf(program, call));
  const found = new Set(calls.filter((call) => isSure(call) && variesSeeded(call)));
  const seeded = seededGenerators(program.facts);
  const positions = positionsOf(program);
  const others: Cause[] = [];
  const behind = callsBehind(program.facts, calls);
  for (const ran of run.statements) {
    const at = positions.get(keyOf(ran));
    const statement = at === undefined ? undefined : program.facts.statements[at];
    if (at === undefined || statement === undefined) continue;
    for (const [generator, drew] of [
      ["random:numpy", ran.randomNumpy],
      ["random:python", ran.randomPython],
    ] as const) {
      if (!drew) continue;
      const own = behind([at]).filter((call) => call.generator === generator);
      const sure = own.filter(isSure);
      for (const call of sure.length > 0 ? sure : own) found.add(call);
      if (own.length === 0 && !seeded.has(generator))
        others.push(drawnSomewhere(program, statement, generator));
    }
  }
  const ordered = calls.filter((call) => found.has(call)).map((call) => causeOf(program, call));
  return distinct([...ordered, ...others]).toSorted(
    (left, right) => left.cell - right.cell || left.line - right.line,
  );
}

/** One warning for all of them, at the first. */
export function unseededWarning(
  causes: readonly Cause[],
  plan: Parameters<typeof namedCell>[0],
  path: string,
): readonly Diagnostic[] {
  const [first] = causes;
  if (first === undefined) return [];
  const named = causes.slice(0, MOST_NAMED).map((cause) => renderCause(cause, plan));
  const more = causes.length - named.length;
  const all = more === 0 ? named : [...named, `and ${String(more)} more`];
  return [
    {
      code: "random-not-seeded",
      severity: "warning",
      message: `the notebook draws random numbers without a seed, so its results repeat only where somebody else seeds the generators, as mlops does: ${all.join("; ")}`,
      hint: "do what is said behind each call; then the notebook gives the same results everywhere",
      where: { path, cell: first.cell, line: first.line },
    },
  ];
}

/** `train_test_split(X, y) in cell 4, line 2 (add random_state=0)`. */
export function renderCause(
  { cell, line, call, fix }: Cause,
  plan: Parameters<typeof namedCell>[0],
): string {
  return `${call} in ${namedCell(plan, cell)}, line ${String(line)} (${fix})`;
}

function isSure({ surely }: UnrepeatableCall): boolean {
  return surely;
}

function causeOf(program: NotebookProgram, { at, line, call, fix }: UnrepeatableCall): Cause {
  const statement = program.facts.statements[at];
  return { cell: statement === undefined ? 0 : cellNumber(program, statement), line, call, fix };
}

/** A draw that no table knows: the statement is all there is to name. */
function drawnSomewhere(
  program: NotebookProgram,
  statement: StatementFacts,
  generator: "random:numpy" | "random:python",
): Cause {
  const text = program.facts.units[statement.unit]?.text ?? "";
  const [first = ""] = text.slice(statement.span.start, statement.span.end).split("\n");
  const call = first.length <= 48 ? first : `${first.slice(0, 47)}…`;
  const fix = `put ${generator === "random:numpy" ? "np.random.seed(0)" : "random.seed(0)"} at the top`;
  return { cell: cellNumber(program, statement), line: statement.line, call, fix };
}

function distinct(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}

function positionsOf(program: NotebookProgram): ReadonlyMap<string, number> {
  return new Map(
    program.facts.statements.map((statement, at) => [
      keyOf({ cell: cellNumber(program, statement), index: statement.index }),
      at,
    ]),
  );
}

function keyOf({ cell, index }: { readonly cell: number; readonly index: number }): string {
  return `${String(cell)}:${String(index)}`;
}
