/** The user's own statements, moved: their text with comments, parameters in place of literals, metrics recorded. Never reprinted. */
import type { Span } from "../base/text-span.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan, StatementRef } from "../pipeline/plan.ts";
import { applyEdits, type TextEdit } from "../python/edit.ts";
import { openQuotes } from "../python/open-quotes.ts";

/** Text of one statement, without indentation of its own, and whether the author left a blank line before it. */
export interface MovedStatement {
  readonly ref: StatementRef;
  readonly text: string;
  readonly blankBefore: boolean;
  /** 1-based line of the cell where `text` begins; comments that come along count. */
  readonly line: number;
}

export interface MoveOptions {
  /** Name under which the module imports `_runtime.metric`; `undefined` leaves scoring calls as they are. */
  readonly metricName: string | undefined;
  /** false keeps the notebook's literals, as in the reference run. */
  readonly liftParameters: boolean;
  /** true takes the author's comments above and beside the statement along. */
  readonly comments: boolean;
  /** Further edits on the statement's own text. */
  readonly edits?: (text: string) => readonly TextEdit[];
}

/** Moves one statement. Edits stand only inside the statement's own span. */
export function moveStatement(
  program: NotebookProgram,
  plan: Plan,
  ref: StatementRef,
  options: MoveOptions,
): MovedStatement {
  const unit = program.cells.find(({ cell }) => cell.number === ref.cell);
  if (unit === undefined) throw new Error(`no code cell ${String(ref.cell)}`);
  const text = unit.python;
  const above = commentsAbove(text, ref.span.start);
  const edits = editsOf(plan, ref, options, text).map(
    (edit): TextEdit => ({ ...edit, span: shift(edit.span, -ref.span.start) }),
  );
  const own = text.slice(ref.span.start, ref.span.end);
  const statement = applyEdits(own, [...edits, ...(options.edits?.(own) ?? [])]);
  const line = newlinesIn(text.slice(0, ref.span.start)) + 1;
  if (!options.comments) return { ref, text: statement, blankBefore: false, line };
  return {
    ref,
    text: above.comments + statement + commentBeside(text, ref.span.end),
    blankBefore: above.blankBefore,
    line: line - newlinesIn(above.comments),
  };
}

/** Edits of a statement in offsets of its cell. */
function editsOf(
  plan: Plan,
  ref: StatementRef,
  options: MoveOptions,
  text: string,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const here = (place: StatementRef): boolean =>
    place.cell === ref.cell && place.index === ref.index;
  if (options.liftParameters) {
    for (const parameter of plan.parameters) {
      for (const place of parameter.places)
        if (here(place)) edits.push({ span: place.span, text: parameter.variable });
    }
  }
  if (options.metricName !== undefined) {
    for (const metric of plan.metrics) {
      if (!here(metric.call)) continue;
      const { start, end } = metric.call.span;
      const around = openQuotes(text.slice(ref.span.start), start - ref.span.start);
      edits.push({
        span: { start, end: start },
        text: `${options.metricName}${openRecording(metric.name, around)}`,
      });
      edits.push({ span: { start: end, end }, text: ")" });
    }
  }
  return edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** `("roc-auc", `, in quotes that are free; inside f-strings of both kinds there are none, and the name is an attribute. */
function openRecording(name: string, around: readonly string[]): string {
  if (!around.includes('"')) return `(${JSON.stringify(name)}, `;
  if (!around.includes("'")) return `('${name}', `;
  return `.${name.replaceAll("-", "_")}(`;
}

/** Whole-line comments directly above a statement, and whether a blank line stands above those. */
function commentsAbove(
  text: string,
  start: number,
): { readonly comments: string; readonly blankBefore: boolean } {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  // A statement behind a `;` has no lines of its own.
  if (text.slice(lineStart, start).trim() !== "") return { comments: "", blankBefore: false };
  let top = lineStart;
  while (top > 0) {
    const previous = text.lastIndexOf("\n", top - 2) + 1;
    if (!text.slice(previous, top).trimStart().startsWith("#")) break;
    top = previous;
  }
  const before = text.slice(0, top);
  return { comments: text.slice(top, lineStart), blankBefore: /\n[ \t]*\n$/.test(before) };
}

function commentBeside(text: string, end: number): string {
  const lineEnd = text.indexOf("\n", end);
  const rest = text.slice(end, lineEnd === -1 ? text.length : lineEnd);
  return /^[ \t]*#/.test(rest) ? `  ${rest.trim()}` : "";
}

function shift(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}

function newlinesIn(text: string): number {
  return text.split("\n").length - 1;
}
