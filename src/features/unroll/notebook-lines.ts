/** Texts whose lines know where in the notebook they stand, and what was found in them told in the notebook's lines again. */
import type { Place } from "../../base/diagnostic.ts";
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { FeatureRefusal, FeatureStaging } from "../staging.ts";

/** A line of a cell that is written differently, with its number in the notebook, from 1. */
export interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

/** For each cell that is written differently, the notebook's line of each of its lines. */
export type NotebookLines = ReadonlyMap<number, readonly number[]>;

/** A text as numbered lines. */
export function numberedLines(text: string): readonly NumberedLine[] {
  return text.split("\n").map((line, at) => ({ text: line, line: at + 1 }));
}

/** What staging says of cells that are written differently, in the lines that the reader knows. */
export function inNotebookLines(
  staged: Result<FeatureStaging, FeatureRefusal>,
  lines: NotebookLines,
): Result<FeatureStaging, FeatureRefusal> {
  if (lines.size === 0) return staged;
  const lineOf = (cell: number | undefined, line: number): number =>
    (cell === undefined ? undefined : lines.get(cell)?.[line - 1]) ?? line;
  const place = (where: Place): Place =>
    where.line === undefined ? where : { ...where, line: lineOf(where.cell, where.line) };
  const told = <Line extends { readonly cell: number; readonly line: number }>(
    list: readonly Line[],
  ): readonly Line[] => list.map((line) => ({ ...line, line: lineOf(line.cell, line.line) }));
  if (!staged.ok) {
    const { statements, where } = staged.error;
    return err({
      ...staged.error,
      where: place(where),
      ...(statements === undefined ? {} : { statements: told(statements) }),
    });
  }
  const { value } = staged;
  return ok({
    ...value,
    shared: told(value.shared),
    fit: told(value.fit),
    transform: told(value.transform),
    classes: told(value.classes),
    statements: told(value.statements),
    notes: value.notes.map((note) => ({ ...note, where: place(note.where) })),
  });
}
