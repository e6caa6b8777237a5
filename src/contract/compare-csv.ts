/** Two CSV texts as tables: which columns and which rows only one of them has. */
import type { Result } from "../base/result.ts";
import { err, ok } from "../base/result.ts";
import { type CsvFault, createCsvReader } from "./csv.ts";

/** A CSV text as its header and its rows; fields as text. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface CsvDifference {
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Rows of the columns that both have; a row that stands there twice counts twice, the order does not. */
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
}

/** The whole text in memory. */
export function readCsvTable(text: string): Result<CsvTable, CsvFault> {
  const reader = createCsvReader();
  const rows: (readonly string[])[] = [];
  for (const read of [() => reader.push(text), () => reader.end()]) {
    const found = read();
    if (!found.ok) return err(found.error);
    for (const { fields } of found.value) rows.push(fields.map((field) => field.text));
  }
  return ok({ columns: reader.names() ?? [], rows });
}

export function compareCsv(before: CsvTable, after: CsvTable): CsvDifference {
  const common = before.columns.filter((name) => after.columns.includes(name));
  const counts = new Map<string, number>();
  for (const key of keysOf(before, common)) counts.set(key, (counts.get(key) ?? 0) + 1);
  let rowsAdded = 0;
  for (const key of keysOf(after, common)) {
    const left = counts.get(key) ?? 0;
    if (left === 0) rowsAdded += 1;
    else counts.set(key, left - 1);
  }
  const matched = after.rows.length - rowsAdded;
  return {
    columnsAdded: after.columns.filter((name) => !before.columns.includes(name)),
    columnsRemoved: before.columns.filter((name) => !after.columns.includes(name)),
    rowsBefore: before.rows.length,
    rowsAfter: after.rows.length,
    rowsAdded,
    rowsRemoved: before.rows.length - matched,
  };
}

function* keysOf({ columns, rows }: CsvTable, shown: readonly string[]): Generator<string> {
  const places = shown.map((name) => columns.indexOf(name));
  for (const row of rows) yield JSON.stringify(places.map((at) => row[at] ?? ""));
}
