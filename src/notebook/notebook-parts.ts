/**
 * Several notebooks as one, and notebooks with the files they run: cells behind each other, counted on from file to file.
 * What anybody reads names a cell as its own notebook does; only plans and files of ours hold the numbers counted on.
 */
import { basename, dirname } from "node:path/posix";
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Cell, CellOrigin, Notebook, NotebookPart } from "./cell.ts";

/** What says where cells stand: a plan. `notebooks` is there when there are several, `origins` when `%run` brings in files. */
export interface CellSources {
  readonly notebook: { readonly path: string };
  readonly notebooks?: readonly { readonly path: string; readonly firstCell: number }[] | undefined;
  readonly origins?: readonly Omit<CellOrigin, "sha256">[] | undefined;
}

/**
 * One notebook with the cells of all, in the order given; a single one as it is.
 *
 * @param notebooks All in one folder.
 */
export function joinNotebooks(notebooks: readonly [Notebook, ...Notebook[]]): Notebook {
  const [first, ...others] = notebooks;
  if (others.length === 0) return first;
  const cells: Cell[] = [];
  const parts: NotebookPart[] = [];
  const origins: CellOrigin[] = [];
  for (const { path, sha256, cells: own, origins: known } of notebooks) {
    const before = cells.length;
    const whole = { path, sha256, firstCell: 1, ownCell: 1 };
    for (const origin of known ?? [whole])
      origins.push({ ...origin, firstCell: before + origin.firstCell });
    parts.push({ path, sha256, firstCell: before + 1 });
    for (const cell of own) {
      const number = before + cell.number;
      // Ids are unique in one notebook only.
      cells.push({ ...cell, number, id: `${String(parts.length)}-${cell.id}` });
    }
  }
  const folder = dirname(first.path);
  const name = parts.map(({ path }) => basename(path)).join("+");
  return {
    ...first,
    path: folder === "." ? name : `${folder}/${name}`,
    sha256: sha256OfJson(parts.map((part) => ({ path: basename(part.path), sha256: part.sha256 }))),
    cells,
    parts,
    ...(notebooks.some(({ origins: known }) => known !== undefined) ? { origins } : {}),
  };
}

/** What a notebook says of where its cells stand. */
export function cellSources(notebook: Notebook): CellSources {
  const { parts, origins } = notebook;
  return { notebook, notebooks: parts, origins };
}

/** Position of the notebook that a cell stands in, from 0. */
export function partOfCell(
  parts: readonly { readonly firstCell: number }[] | undefined,
  cell: number,
): number {
  const at = (parts ?? []).findLastIndex(({ firstCell }) => firstCell <= cell);
  return Math.max(0, at);
}

/** A cell as its own notebook names it; a Python file has no cells. */
export function placeOfCell(
  sources: CellSources,
  cell: number,
): { readonly path: string; readonly cell: number | undefined } {
  const origin = sources.origins?.findLast(({ firstCell }) => firstCell <= cell);
  if (origin !== undefined) {
    const { path, ownCell, firstCell } = origin;
    return { path, cell: ownCell === undefined ? undefined : ownCell + cell - firstCell };
  }
  const part = sources.notebooks?.[partOfCell(sources.notebooks, cell)];
  if (part === undefined) return { path: sources.notebook.path, cell };
  return { path: part.path, cell: cell - part.firstCell + 1 };
}

/** Whether cells of more than one file stand behind each other, so that a number alone names none. */
export function hasSeveralFiles(sources: {
  readonly notebooks?: unknown;
  readonly origins?: unknown;
}): boolean {
  return sources.notebooks !== undefined || sources.origins !== undefined;
}

/** A place among the cells counted on → the place in its own notebook; any other place stays. */
export function placeInPart(notebook: Notebook, place: Place): Place {
  const sources = cellSources(notebook);
  if (!hasSeveralFiles(sources) || place.path !== notebook.path || place.cell === undefined)
    return place;
  const { cell: counted, ...rest } = place;
  const { path, cell } = placeOfCell(sources, counted);
  return { ...rest, path, ...(cell === undefined ? {} : { cell }) };
}

/** Findings with every place in its own notebook. */
export function findingsInParts(
  notebook: Notebook,
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  return hasSeveralFiles(cellSources(notebook))
    ? found.map((one) =>
        one.where === undefined ? one : { ...one, where: placeInPart(notebook, one.where) },
      )
    : found;
}
