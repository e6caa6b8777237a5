/** Statements of a step that stand in `fit` as a whole, whatever is learned before or behind them there. */

import { lineColumnAt, lineStarts } from "../../base/text-span.ts";
import { cellNumber, type NotebookProgram } from "../../pipeline/notebook-program.ts";
import { addressOf, type Plan, type StatementRef, type Step } from "../../pipeline/plan.ts";
import type { StatementFacts } from "../../python/facts.ts";
import type { PythonParser } from "../../python/parse.ts";
import { walk } from "../../python/syntax.ts";
import type { FeatureStaging } from "../staging.ts";
import { inNotebookOrder } from "./step-lines.ts";

/** The lines of `fit` that a statement has: the first one, and the one behind the last. */
export interface FitLines {
  readonly from: number;
  readonly to: number;
}

/** A statement of a step. */
export interface WholeStatement {
  readonly ref: StatementRef;
  readonly lines: FitLines;
}

interface Sources {
  readonly staging: FeatureStaging;
  readonly plan: Plan;
  readonly program: NotebookProgram;
  readonly parser: PythonParser;
}

/** The step's statements in order, with their lines; `undefined` for one that `fit` has not, or not as a whole. */
export function wholeStatements(
  step: Step,
  sources: Sources,
): readonly { readonly ref: StatementRef; readonly lines: FitLines | undefined }[] {
  return inNotebookOrder(step.statements).map((ref) => ({ ref, lines: linesOf(ref, sources) }));
}

function linesOf(ref: StatementRef, sources: Sources): FitLines | undefined {
  const { staging, plan, program } = sources;
  const facts = program.facts.statements.find(
    (one) => one.index === ref.index && cellNumber(program, one) === ref.cell,
  );
  if (facts === undefined || isSpecial(facts)) return undefined;
  if (plan.metrics.some(({ call }) => addressOf(call) === addressOf(ref))) return undefined;
  const isAlone = program.facts.statements.every(
    (other) =>
      other === facts ||
      other.unit !== facts.unit ||
      other.endLine < facts.line ||
      other.line > facts.endLine,
  );
  if (!isAlone) return undefined;
  const places = staging.fit.flatMap(({ cell, line }, at) =>
    cell === ref.cell && line >= facts.line && line <= facts.endLine ? [at] : [],
  );
  const [from] = places;
  const last = places.at(-1);
  if (from === undefined || last === undefined || last - from !== places.length - 1)
    return undefined;
  const own = staging.fit.slice(from, last + 1);
  const fromRequest = new RegExp(`\\b${staging.frameName}\\b`, "u");
  if (own.some(({ call, text }) => call !== undefined || fromRequest.test(text))) return undefined;
  const lines = new Set(own.map(({ line }) => line));
  const isWhole = linesInside(facts, sources).every((line) => lines.has(line));
  return isWhole ? { from, to: last + 1 } : undefined;
}

/** What means something else, or nothing, in a function of its own. */
function isSpecial({
  deletes,
  dynamic,
  hiddenGlobals,
  definition,
  imports,
}: StatementFacts): boolean {
  return (
    deletes.length > 0 ||
    dynamic.length > 0 ||
    hiddenGlobals.length > 0 ||
    definition !== undefined ||
    imports.length > 0
  );
}

const DOES_NOTHING: ReadonlySet<string> = new Set([
  "pass_statement",
  "continue_statement",
  "break_statement",
]);

/** The lines of a cell where the statements inside of a statement begin, its own among them. */
function linesInside(
  { unit, span }: StatementFacts,
  { program, parser }: Sources,
): readonly number[] {
  const text = program.facts.units[unit]?.text ?? "";
  const starts = lineStarts(text);
  const own = text.slice(span.start, span.end);
  const lines: number[] = [];
  walk(parser.parse(own).root, (node) => {
    if (node.kind.endsWith("_statement") && !DOES_NOTHING.has(node.kind))
      lines.push(lineColumnAt(starts, span.start + node.start).line);
    return undefined;
  });
  return lines;
}
