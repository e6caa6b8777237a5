/**
 * Fields of a CSV file as the values a contract wants. CSV has no types, so that the contract's decide; text that is
 * not of its column's type stays text, and the check refuses it with row and column.
 */
import type { RawColumns } from "./check-rows.ts";
import type { CsvField } from "./csv.ts";
import type { Contract, ContractColumn } from "./schema.ts";

/** What `pandas.read_csv` takes for missing by default, which is how training data from CSV files was most likely read. */
const MISSING: ReadonlySet<string> = new Set([
  "#N/A",
  "#N/A N/A",
  "#NA",
  "-1.#IND",
  "-1.#QNAN",
  "-NaN",
  "-nan",
  "1.#IND",
  "1.#QNAN",
  "<NA>",
  "N/A",
  "NA",
  "NULL",
  "NaN",
  "None",
  "n/a",
  "nan",
  "null",
]);

/** Columns of the contract by name, and the names the contract does not know, which are left out. */
export function columnsOfCsv(
  contract: Contract,
  names: readonly string[],
  records: readonly (readonly CsvField[])[],
): { readonly raw: RawColumns; readonly unused: readonly string[] } {
  const types = new Map(contract.columns.map((column) => [column.name, column]));
  const columns = new Map<string, readonly unknown[]>();
  const unused: string[] = [];
  for (const [index, name] of names.entries()) {
    const column = types.get(name);
    if (column === undefined) unused.push(name);
    else
      columns.set(
        name,
        records.map((fields) => readField(column, fields[index])),
      );
  }
  return { raw: { rows: records.length, columns }, unused };
}

function readField(
  column: ContractColumn,
  field: CsvField | undefined,
): string | number | boolean | null {
  if (field === undefined || field.text === "") return null;
  const { text } = field;
  if (MISSING.has(text) && column.categories?.includes(text) !== true) return null;
  switch (column.type) {
    case "bool":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : text;
    case "int64":
    case "float64":
      return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : text;
    case "string":
    case "timestamp":
      return text;
  }
}
