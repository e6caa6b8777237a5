/**
 * Several notebooks as one: their cells behind each other, counted on from notebook to notebook. What anybody reads names
 * a cell as its own notebook does; only plans and files of ours hold the numbers counted on.
 */
import { basename, dirname } from "node:path/posix";
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Cell, Notebook, NotebookPart } from "./cell.ts";

/** What says where cells stand: a notebook, a plan, pipeline.yaml. `notebooks` is there when there are several. */
export interface CellSources {
  readonly notebook: { readonly path: string };
  readonly notebooks?: readonly { readonly path: string; readonly firstCell: number }[] | undefined;
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
  for (const { path, sha256, cells: own } of notebooks) {
    const before = cells.length;
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
  };
}

/** Position of the notebook that a cell stands in, from 0. */
export function partOfCell(
  parts: readonly { readonly firstCell: number }[] | undefined,
  cell: number,
): number {
  const at = (parts ?? []).findLastIndex(({ firstCell }) => firstCell <= cell);
  return Math.max(0, at);
}

/** A cell as its own notebook names it. */
export function placeOfCell(
  sources: CellSources,
  cell: number,
): { readonly path: string; readonly cell: number } {
  const part = sources.notebooks?.[partOfCell(sources.notebooks, cell)];
  if (part === undefined) return { path: sources.notebook.path, cell };
  return { path: part.path, cell: cell - part.firstCell + 1 };
}

/** A place among the cells counted on → the place in its own notebook; any other place stays. */
export function placeInPart(notebook: Notebook, place: Place): Place {
  if (notebook.parts === undefined || place.path !== notebook.path || place.cell === undefined)
    return place;
  return { ...place, ...placeOfCell({ notebook, notebooks: notebook.parts }, place.cell) };
}

/** Findings with every place in its own notebook. */
export function findingsInParts(
  notebook: Notebook,
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  return notebook.parts === undefined
    ? found
    : found.map((one) =>
        one.where === undefined ? one : { ...one, where: placeInPart(notebook, one.where) },
      );
}
