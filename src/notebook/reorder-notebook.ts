/**
 * A copy of a notebook whose code cells stand in another order: what a person accepts when the saved outputs prove that
 * the cells were run so. Everything else in the file stays as it is.
 */
import { sha256 } from "../base/hash.ts";
import type { SavedOrder } from "./cell.ts";
import { parseNotebookJson } from "./notebook-json.ts";
import { WireCells } from "./schema.ts";

export interface ReorderedNotebook {
  readonly text: string;
  /** As the copy says it, where there is a proof. */
  readonly order: SavedOrder | undefined;
}

type StoredCell = WireCells["cells"][number];

/**
 * @param order Numbers of code cells. One that stands there twice is there twice, and only the last of both keeps its
 *   outputs. A code cell that is not in it was not run: it becomes a raw cell.
 * @param proof What the copy then says of itself; a copy that is only tried says nothing.
 * @returns `undefined` when the file keeps its cells in another way than nbformat 4 does.
 */
export function reorderNotebook(
  text: string,
  path: string,
  order: readonly number[],
  proof?: Omit<SavedOrder, "sha256" | "cells">,
): ReorderedNotebook | undefined {
  const json = parseNotebookJson(text.replace(/^\uFEFF/, ""), path).value;
  const stored = WireCells.safeParse(json);
  if (!stored.success) return undefined;
  const { cells, metadata } = stored.data;
  const said =
    proof === undefined ? undefined : { ...proof, sha256: sha256(text), cells: [...order] };
  const copy = {
    ...stored.data,
    ...(said === undefined ? {} : { metadata: { ...metadata, mlops: { order: said } } }),
    cells: placeCells(cells, order),
  };
  return { text: `${JSON.stringify(copy, undefined, 1)}\n`, order: said };
}

/** Text stays before the code that it stands before. */
function placeCells(cells: readonly StoredCell[], order: readonly number[]): readonly StoredCell[] {
  const run = new Set(order);
  const before = new Map<number, StoredCell[]>();
  let waiting: StoredCell[] = [];
  for (const [at, cell] of cells.entries()) {
    if (run.has(at + 1)) {
      before.set(at + 1, waiting);
      waiting = [];
    } else waiting.push(cell.cell_type === "code" ? asRaw(cell) : cell);
  }
  const placed: StoredCell[] = [];
  for (const [at, number] of order.entries()) {
    const cell = cells[number - 1];
    if (cell === undefined) continue;
    placed.push(...(before.get(number) ?? []));
    before.delete(number);
    const runs = order.slice(at + 1).filter((later) => later === number).length;
    placed.push(runs === 0 ? cell : earlierRun(cell, runs));
  }
  return [...placed, ...waiting];
}

/** Its saved outputs are those of its last run. */
function earlierRun(cell: StoredCell, runs: number): StoredCell {
  const id = cell.id === undefined ? {} : { id: `${cell.id.slice(0, 56)}-run${String(runs)}` };
  return { ...cell, ...id, outputs: [], execution_count: null };
}

function asRaw(cell: StoredCell): StoredCell {
  const { outputs: _outputs, execution_count: _count, ...rest } = cell;
  return { ...rest, cell_type: "raw" };
}
