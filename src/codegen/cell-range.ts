import { basename } from "node:path/posix";
import { type CellSources, hasSeveralFiles, placeOfCell } from "../notebook/notebook-parts.ts";

/** Cell numbers as people write them: `cell 4`, `cells 4–6, 9`. */
export function cellRange(cells: readonly number[]): string {
  const sorted = [...new Set(cells)].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let at = 0; at < sorted.length; at += 1) {
    const first = sorted[at] ?? 0;
    let last = first;
    while (sorted[at + 1] === last + 1) {
      last += 1;
      at += 1;
    }
    runs.push(
      first === last
        ? String(first)
        : last === first + 1
          ? `${String(first)}, ${String(last)}`
          : `${String(first)}-${String(last)}`,
    );
  }
  return `${sorted.length === 1 ? "cell" : "cells"} ${runs.join(", ")}`;
}

/** `churn.ipynb, cells 4-6`, with the path as given; of several notebooks each with its own cells; of a Python file its path. */
export function cellsInNotebooks(sources: CellSources, cells: readonly number[]): string {
  return byNotebook(sources, cells)
    .map(([path, numbers]) => (numbers.length === 0 ? path : `${path}, ${cellRange(numbers)}`))
    .join("; ");
}

/** `cells 4-6` of the only notebook; of several `train.ipynb cells 4-6`. */
export function shortCells(sources: CellSources, cells: readonly number[]): string {
  if (!hasSeveralFiles(sources)) return cellRange(cells);
  return byNotebook(sources, cells)
    .map(([path, numbers]) =>
      numbers.length === 0 ? basename(path) : `${basename(path)} ${cellRange(numbers)}`,
    )
    .join(", ");
}

/** The cells of each notebook as it numbers them, in the order in which the notebooks are run. */
export function byNotebook(
  sources: CellSources,
  cells: readonly number[],
): readonly (readonly [path: string, cells: readonly number[]])[] {
  const numbers = new Map<string, number[]>();
  for (const counted of cells) {
    const { path, cell } = placeOfCell(sources, counted);
    const known = numbers.get(path) ?? [];
    numbers.set(path, known);
    if (cell !== undefined) known.push(cell);
  }
  return numbers.size === 0 ? [[sources.notebook.path, []]] : [...numbers];
}

/** The place of a statement as people write it: `churn.ipynb, cell 7` or `prepare.py`. */
export function nameOfCell(sources: CellSources, counted: number): string {
  const { path, cell } = placeOfCell(sources, counted);
  return `${basename(path)}${cell === undefined ? "" : `, cell ${String(cell)}`}`;
}
