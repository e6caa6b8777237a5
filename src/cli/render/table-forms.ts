/** A table for spreadsheets and programs (CSV) and for documents (Markdown). Without a final newline. */
import { renderCsvRecord } from "../../contract/csv.ts";
import { onOneLine } from "./display-width.ts";
import { cellOf, type Table, textOf, type Value } from "./typed-table.ts";

/**
 * Values as they are, under the keys of their columns. Quoted as RFC 4180 has it; lines end as files on this system do
 * elsewhere, in a line feed, because a carriage return would become part of the last value for most tools.
 */
export function renderCsv({ columns, rows }: Table): string {
  return [
    columns.map(({ key }) => key),
    ...rows.map((row) => columns.map((_, at) => plainText(cellOf(row[at]).value))),
  ]
    .map(renderCsvRecord)
    .join("")
    .replace(/\n$/, "");
}

/** The texts that people read, without what only programs ask for. */
export function renderMarkdown({ columns, rows }: Table): string {
  const shown = columns
    .map((column, at) => ({ column, at }))
    .filter(({ column }) => column.hidden !== "for-people");
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(shown.map(({ column }) => markdownText(column.title))),
    line(shown.map(({ column }) => (column.align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(shown.map(({ at }) => markdownText(textOf(cellOf(row[at])))))),
  ].join("\n");
}

function plainText(value: Value): string {
  return value === null ? "" : String(value);
}

/**
 * What Markdown (GitHub's) would read as more than letters is escaped; `_` only where it could begin or end emphasis, so
 * that names stay readable. A line break within a cell is `<br>`.
 */
function markdownText(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) =>
      onOneLine(line)
        .replace(/[\\`*[\]<>|~#&]/g, String.raw`\$&`)
        .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`),
    )
    .join("<br>");
}
