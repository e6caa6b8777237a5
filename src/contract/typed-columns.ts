/**
 * A table as typed columns, and its bytes on the worker's wire (operations `predict` and `columns`).
 *
 * Header fields: `rows` (count) and `columns: [{ name, type }]`. Payloads: two per column, in the order of `columns`:
 *   1. values  bool, int64, float64, timestamp: `rows` float64, little-endian (bool is 0 or 1; timestamp is
 *              milliseconds since 1970 in UTC; naive times are read as UTC); a null is NaN.
 *              string: a UTF-8 JSON array of `rows` strings; a null is JSON `null`.
 *   2. nulls   `ceil(rows / 8)` bytes; bit `i & 7` (least significant first) of byte `i >> 3` is 1 where row `i` is null.
 *
 * Invariant: int64 values are safe integers (at most 2^53 − 1), so that a float64 carries them exactly;
 * `check-rows.ts` refuses others before they get here.
 */
import type { ContractColumn } from "./schema.ts";

/** The types a raw column may have. */
export type ColumnType = ContractColumn["type"];

/** Bit `i & 7` of byte `i >> 3` is 1 where row `i` is null. */
export type NullBitmap = Uint8Array;

/** A column whose values are carried as float64. */
export interface NumericColumn {
  readonly name: string;
  readonly type: Exclude<ColumnType, "string">;
  /** NaN where null. */
  readonly values: Float64Array;
  readonly nulls: NullBitmap;
}

/** A column of strings. */
export interface TextColumn {
  readonly name: string;
  readonly type: "string";
  readonly values: readonly (string | null)[];
  readonly nulls: NullBitmap;
}

/** One column with its null bitmap. */
export type TableColumn = NumericColumn | TextColumn;

/** Columns of equal length, in a stated order. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

/** What travels in the JSON header beside the payloads. */
export interface TableHeader {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
  }[];
}

/** The header and payloads of a table; two payloads per column, values then nulls. */
export function encodeColumns(table: Table): {
  readonly header: TableHeader;
  readonly payloads: readonly Uint8Array[];
} {
  const payloads: Uint8Array[] = [];
  for (const column of table.columns) {
    payloads.push(
      column.type === "string" ? encodeText(column.values) : encodeNumbers(column.values),
    );
    payloads.push(column.nulls);
  }
  const columns = table.columns.map(({ name, type }) => ({ name, type }));
  return { header: { rows: table.rows, columns }, payloads };
}

/**
 * The table of a header and its payloads.
 *
 * @throws Error when lengths do not agree, which is a fault of the sending side, never of a user.
 */
export function decodeColumns(header: TableHeader, payloads: readonly Uint8Array[]): Table {
  if (payloads.length !== header.columns.length * 2) {
    throw new Error(
      `${String(header.columns.length)} columns need ${String(header.columns.length * 2)} payloads, got ${String(payloads.length)}`,
    );
  }
  const columns = header.columns.map((column, index) =>
    decodeColumn(column, header.rows, [
      payloads[index * 2] ?? new Uint8Array(),
      payloads[index * 2 + 1] ?? new Uint8Array(),
    ]),
  );
  return { rows: header.rows, columns };
}

/** A bitmap of `rows` bits, all zero: nothing is null. */
export function emptyNulls(rows: number): NullBitmap {
  return new Uint8Array(Math.ceil(rows / 8));
}

/** Whether row `row` is null. */
export function isNull(nulls: NullBitmap, row: number): boolean {
  return ((nulls[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Marks row `row` as null; for builders that still own the bitmap. */
export function markNull(nulls: NullBitmap, row: number): void {
  nulls[row >> 3] = (nulls[row >> 3] ?? 0) | (1 << (row & 7));
}

/** How many of the first `rows` rows are null. */
export function countNulls(nulls: NullBitmap, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row += 1) if (isNull(nulls, row)) count += 1;
  return count;
}

function decodeColumn(
  column: TableHeader["columns"][number],
  rows: number,
  [values, nulls]: readonly [Uint8Array, Uint8Array],
): TableColumn {
  if (nulls.length !== Math.ceil(rows / 8)) {
    throw new Error(
      `column "${column.name}": null bitmap has ${String(nulls.length)} bytes for ${String(rows)} rows`,
    );
  }
  if (column.type === "string") {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(values));
    if (!isTextArray(parsed) || parsed.length !== rows) {
      throw new Error(
        `column "${column.name}": expected a JSON array of ${String(rows)} strings or nulls`,
      );
    }
    return { name: column.name, type: column.type, values: parsed, nulls };
  }
  if (values.length !== rows * 8) {
    throw new Error(
      `column "${column.name}": ${String(values.length)} bytes for ${String(rows)} float64 values`,
    );
  }
  return {
    name: column.name,
    type: column.type,
    values: decodeNumbers(values),
    nulls,
  };
}

function isTextArray(value: unknown): value is readonly (string | null)[] {
  return Array.isArray(value) && value.every((item) => item === null || typeof item === "string");
}

const machineIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function encodeText(values: readonly (string | null)[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(values));
}

function encodeNumbers(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return machineIsLittleEndian ? bytes : swapEvery8(bytes);
}

/** Copies first: a payload is a slice of a frame and rarely starts at a multiple of 8. */
function decodeNumbers(bytes: Uint8Array): Float64Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  if (!machineIsLittleEndian) swapEvery8(copy);
  return new Float64Array(copy.buffer);
}

function swapEvery8(bytes: Uint8Array): Uint8Array {
  for (let start = 0; start < bytes.length; start += 8) bytes.subarray(start, start + 8).reverse();
  return bytes;
}
