/** Moved statements below comments that say where each line stood, so that an error in the pipeline can name the line of the notebook. */
import type { Plan, StatementRef } from "../pipeline/plan.ts";
import type { PythonParser } from "../python/parse.ts";
import { nameOfCell } from "./cell-range.ts";
import type { MovedStatement } from "./moved-statement.ts";
import { indentPython } from "./python-text.ts";

/** `# churn.ipynb, cell 7, line 3`, of a Python file `# prepare.py, line 3`; the worker reads it again: the line is that of the next line of text. */
export function placeComment(plan: Plan, ref: StatementRef, line: number): string {
  return `# ${nameOfCell(plan, ref.cell)}, line ${String(line)}`;
}

/**
 * Lines of the statements in the order given, with a place comment where a cell begins and wherever counting on from
 * the last comment would name the wrong line (something between was left out, or stood on the same line).
 *
 * @param options `between` is a line of code to run where one cell ends and the next begins.
 */
export function placeStatements(
  statements: readonly MovedStatement[],
  options: {
    readonly plan: Plan;
    readonly parser: PythonParser;
    readonly indent: string;
    readonly between?: string;
    /** Whether a cell runs in one go with the cell before it, so that nothing is run between them. */
    readonly continues: (cell: number) => boolean;
  },
): readonly string[] {
  const { plan, parser, indent, between, continues } = options;
  const endsBetween = (before: number, now: number): boolean =>
    Array.from({ length: now - before }, (_, at) => before + at + 1).some((at) => !continues(at));
  const lines: string[] = [];
  let cell = 0;
  let nextLine = 0;
  for (const moved of statements) {
    const text = indentPython(moved.text, indent, parser);
    const isNewCell = moved.ref.cell !== cell;
    const blanks = moved.blankBefore ? 1 : 0;
    if (lines.length > 0 && isNewCell && between !== undefined && endsBetween(cell, moved.ref.cell))
      lines.push(indent + between);
    if (lines.length > 0 && (isNewCell || moved.blankBefore)) lines.push("");
    if (isNewCell || nextLine + blanks !== moved.line)
      lines.push(indent + placeComment(plan, moved.ref, moved.line));
    lines.push(text);
    cell = moved.ref.cell;
    nextLine = moved.line + text.split("\n").length;
  }
  return lines;
}
