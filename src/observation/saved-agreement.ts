/**
 * The saved outputs of a notebook against what its cells printed and showed in a run of ours, cell by cell.
 * Only text is held against text: figures, tables that were saved as HTML alone and errors say nothing here.
 */
import type { Cell } from "../notebook/cell.ts";
import { compareTexts, firstDifference, type TextAgreement } from "./saved-text.ts";
import type { Observation } from "./schema.ts";

/** One cell whose saved text could be held against a run. */
export interface CellAgreement {
  readonly cell: number;
  readonly how: TextAgreement;
  /** The first line that is another, as saved and as the run gave it; both empty where nothing is. */
  readonly saved: string;
  readonly later: string;
}

/**
 * In the order of the cells given. A cell is not among them where it saved no text, or where the run cannot know what it
 * would show: what other processes print, and what cells show that shows every line.
 *
 * @param cells With numbers as the run has them.
 * @param silent Cells of which magics may have printed something that our run does not.
 */
export function compareSaved(
  cells: readonly Cell[],
  run: Observation,
  silent: ReadonlySet<number>,
): readonly CellAgreement[] {
  // A setting that makes every line of a cell show its value.
  if (cells.some(({ source }) => source.includes("ast_node_interactivity"))) return [];
  const texts = textsOf(run);
  return cells.flatMap((cell): readonly CellAgreement[] => {
    const saved = savedText(cell);
    const later = texts.get(cell.number);
    if (saved === undefined || later === undefined) return [];
    const how = compareTexts(saved, later);
    if (how === "same") return [{ cell: cell.number, how, saved: "", later: "" }];
    if (how === "differs" && silent.has(cell.number)) return [];
    return [{ cell: cell.number, how, ...firstDifference(saved, later) }];
  });
}

/** How many of the saved outputs a run repeats: all that it can be held to, but for those that differ in more than form. */
export function countRepeated(agreements: readonly CellAgreement[]): {
  readonly repeated: number;
  readonly compared: number;
} {
  const repeated = agreements.filter(({ how }) => how !== "differs").length;
  return { repeated, compared: agreements.length };
}

/** What the cells printed and showed; a cell that started other processes has no entry, since nobody saw what those printed. */
function textsOf(run: Observation): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const unknown = new Set<number>();
  for (const { cell, text, shown, subprocesses } of run.statements) {
    if ((subprocesses ?? []).length > 0) unknown.add(cell);
    const known = texts.get(cell) ?? "";
    const line = known === "" || known.endsWith("\n") ? "" : "\n";
    const value = shown === undefined || shown === null ? "" : `${line}${shown}\n`;
    texts.set(cell, `${known}${text}${value}`);
  }
  for (const cell of unknown) texts.delete(cell);
  return texts;
}

/** `undefined` where nothing was saved that is text, or not everything is. */
function savedText({ kind, outputs }: Cell): string | undefined {
  if (kind !== "code") return undefined;
  let text = "";
  for (const output of outputs) {
    if (output.kind === "error") return undefined;
    if (output.kind === "stream") {
      if (output.name === "stdout") text += output.text;
      continue;
    }
    if (output.mimeTypes.some(isFigure)) continue;
    if (output.text === undefined) return undefined;
    text += `${text === "" || text.endsWith("\n") ? "" : "\n"}${output.text}\n`;
  }
  return text.trim() === "" ? undefined : text;
}

function isFigure(mimeType: string): boolean {
  return mimeType.startsWith("image/") || /plotly|vega|bokeh|widget|javascript/.test(mimeType);
}
