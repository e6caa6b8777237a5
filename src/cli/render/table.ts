/** Rows of plain text, nothing cut; and words, numbers and times as people read them. Tables with titles are `text-table.ts`. */
import type { Style } from "../style.ts";
import { displayWidth, padEnd, padStart } from "./display-width.ts";
import { fitColumns, LEAST_WIDTH, wrapText } from "./layout.ts";
import { type Cell, cellOf, shownText, toned } from "./typed-table.ts";

/** How rows are placed. */
export interface RowOptions {
  /** Indexes of columns that hold numbers. */
  readonly right?: readonly number[];
  /** Default two spaces. */
  readonly indent?: string;
}

/**
 * Rows without titles, no wider than the terminal: what does not fit goes on below. First columns are names, and the last to
 * give way.
 */
export function renderRows(
  rows: readonly (readonly (string | Cell)[])[],
  style: Style,
  { right = [], indent = "  " }: RowOptions = {},
): string {
  const natural: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries())
      natural[at] = Math.max(natural[at] ?? 0, displayWidth(shownText(cellOf(cell))));
  const room = style.columns - displayWidth(indent) - 2 * (natural.length - 1);
  const leastOf = (width: number, at: number): number =>
    at === 0 || right.includes(at) ? width : Math.min(width, LEAST_WIDTH);
  const widths =
    fitColumns(
      natural.map((width, at) => ({ natural: width, least: leastOf(width, at) })),
      room,
    ) ??
    fitColumns(
      natural.map((width) => ({ natural: width, least: Math.min(width, LEAST_WIDTH) })),
      room,
    ) ??
    natural.map((width) => Math.min(width, LEAST_WIDTH));
  return rows.map((row) => placeRow(row, widths, { right, indent, style })).join("\n");
}

function placeRow(
  row: readonly (string | Cell)[],
  widths: readonly number[],
  { right, indent, style }: Required<RowOptions> & { readonly style: Style },
): string {
  const wrapped = row.map((cell, at) => wrapText(shownText(cellOf(cell)), widths[at] ?? 1));
  const height = Math.max(1, ...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    (
      indent +
      wrapped
        .map((parts, at) => {
          const part = parts[line] ?? "";
          const width = widths[at] ?? 0;
          const padded = right.includes(at) ? padStart(part, width) : padEnd(part, width);
          return toned(part, padded, cellOf(row[at]).tone, style);
        })
        .join("  ")
    ).trimEnd(),
  ).join("\n");
}

/** Up to six significant digits, without trailing zeros; names for what is no number. */
export function renderNumber(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** `12 ms`, `1.4 s`, `2 min 5 s`. */
export function renderDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
