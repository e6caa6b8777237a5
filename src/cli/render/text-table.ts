/**
 * A table for people, no wider than the terminal. Where it does not fit, in this order: columns that fold go below their
 * rows, long texts go on in further lines, and on very narrow terminals each row becomes a block of `name  value` lines.
 * Nothing is left out.
 */
import type { Style } from "../style.ts";
import { displayWidth, padEnd, padStart } from "./display-width.ts";
import { fillLines, fitColumns, LEAST_WIDTH, wrapText } from "./layout.ts";
import { type Cell, type Column, cellOf, shownText, type Table, toned } from "./typed-table.ts";

const GAP = "  ";
/** In a block the name of a column gives way before its values have less. */
const LEAST_VALUE = 8;

interface ShownCell {
  readonly text: string;
  readonly tone: Cell["tone"];
}

interface ShownColumn extends Column {
  readonly cells: readonly ShownCell[];
  readonly natural: number;
  readonly least: number;
}

/** With a line of titles; of a table without rows that line is all there is. */
export function renderTextTable(table: Table, style: Style): string {
  const columns = shownColumns(table);
  const beside = widthsOf(columns, style.columns, "natural");
  if (beside !== undefined) return lines(columns, beside, [], style);
  const rest = columns.filter(({ folds }) => folds !== true);
  const below = columns.filter(({ folds }) => folds === true);
  const folded =
    widthsOf(rest, style.columns, "natural") ?? widthsOf(rest, style.columns, "wrapped");
  if (folded !== undefined) return lines(rest, folded, below, style);
  return blocks(columns, style);
}

function shownColumns({ columns, rows }: Table): readonly ShownColumn[] {
  return columns.flatMap((column, at) => {
    if (column.hidden !== undefined) return [];
    const cells = rows.map((row) => {
      const cell = cellOf(row[at]);
      return { text: shownText(cell), tone: cell.tone };
    });
    const title = displayWidth(column.title);
    const natural = Math.max(title, ...cells.map(({ text }) => displayWidth(text)));
    const least =
      column.wrap === "never" ? natural : Math.min(natural, Math.max(title, LEAST_WIDTH));
    return [{ ...column, cells, natural, least }];
  });
}

function widthsOf(
  columns: readonly ShownColumn[],
  room: number,
  how: "natural" | "wrapped",
): readonly number[] | undefined {
  const free = room - GAP.length * (columns.length - 1);
  const fitted = columns.map(({ natural, least }) => ({
    natural,
    least: how === "natural" ? natural : least,
  }));
  return fitColumns(fitted, free);
}

function lines(
  columns: readonly ShownColumn[],
  widths: readonly number[],
  below: readonly ShownColumn[],
  style: Style,
): string {
  const place = (texts: readonly string[], tones: readonly Cell["tone"][]): string =>
    texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        const padded = columns[at]?.align === "right" ? padStart(text, width) : padEnd(text, width);
        return toned(text, padded, tones[at], style);
      })
      .join(GAP)
      .trimEnd();
  const head = place(
    columns.map(({ title }) => title),
    [],
  );
  const out = [style.faint(head)];
  for (const row of (columns[0] ?? below[0])?.cells.keys() ?? []) {
    const wrapped = columns.map(({ cells }, at) =>
      wrapText(cells[row]?.text ?? "", widths[at] ?? 1),
    );
    const height = Math.max(1, ...wrapped.map(({ length }) => length));
    const tones = columns.map(({ cells }) => cells[row]?.tone);
    for (let line = 0; line < height; line += 1)
      out.push(
        place(
          wrapped.map((texts) => texts[line] ?? ""),
          tones,
        ),
      );
    out.push(...foldedLines(below, row, style));
  }
  return out.join("\n");
}

/** `  accuracy 0.76, f1 0.42`, broken between the items. */
function foldedLines(below: readonly ShownColumn[], row: number, style: Style): readonly string[] {
  const items = below
    .map(({ title, cells }) => ({ title, text: cells[row]?.text ?? "" }))
    .filter(({ text }) => text !== "")
    .map(({ title, text }) => `${title} ${text}`);
  const room = style.columns - GAP.length;
  const ended = items.map((item, at) => (at === items.length - 1 ? item : `${item},`));
  return items.length === 0 ? [] : fillLines(ended, room).map((text) => GAP + text);
}

/** One line a cell; cells without text are left out. */
function blocks(columns: readonly ShownColumn[], style: Style): string {
  const room = Math.max(LEAST_WIDTH, style.columns);
  const longest = Math.max(1, ...columns.map(({ title }) => displayWidth(title)));
  const name = Math.min(longest, Math.max(1, room - GAP.length - LEAST_VALUE));
  const value = Math.max(1, room - GAP.length - name);
  const rows = [...(columns[0]?.cells.keys() ?? [])];
  if (rows.length === 0) return style.faint(columns.map(({ title }) => title).join(GAP));
  return rows
    .map((row) =>
      columns
        .filter(({ cells }) => (cells[row]?.text ?? "") !== "")
        .flatMap(({ title, cells }) => {
          const { text = "", tone } = cells[row] ?? {};
          const names = wrapText(title, name);
          const values = wrapText(text, value);
          return Array.from({ length: Math.max(names.length, values.length) }, (_, at) => {
            const part = values[at] ?? "";
            const shown = toned(part, part, tone, style);
            return `${style.faint(padEnd(names[at] ?? "", name))}${GAP}${shown}`.trimEnd();
          });
        })
        .join("\n"),
    )
    .join("\n\n");
}
