/** The rows of a file to be scored, in pieces of a bounded size: CSV, JSON, JSON Lines, or Parquet through the model's own Python. */
import { InputError, UsageError } from "../base/errors.ts";
import type { Result } from "../base/result.ts";
import type { RawColumns } from "../contract/check-rows.ts";
import { type CsvRecord, createCsvReader } from "../contract/csv.ts";
import { columnsOfCsv } from "../contract/csv-columns.ts";
import { knownColumns } from "../contract/entity-columns.ts";
import {
  createJsonArrayReader,
  createJsonLinesReader,
  type JsonRow,
} from "../contract/json-rows.ts";
import type { Contract } from "../contract/schema.ts";
import type { TableFormat } from "../serving/table-format.ts";

/** A value that is passed through as it is. */
export type KeptValue = string | number | bigint | boolean | null;

/** Rows that are checked and scored together. */
export interface ScoreChunk {
  /** Where its first row stands in the file, from 0. */
  readonly firstRow: number;
  /** The contract's columns only. */
  readonly raw: RawColumns;
  /** One array for each column to keep, in their order. */
  readonly kept: readonly (readonly KeptValue[])[];
  /** The line of each row; `undefined` where the format has none. */
  readonly lines: readonly number[] | undefined;
  /** All that the file says about a row. */
  readonly valuesOf: (row: number) => Readonly<Record<string, unknown>>;
  /** Columns seen here that neither the contract knows nor anybody keeps. */
  readonly unused: ReadonlySet<string>;
}

export interface ReadChunks {
  /** As people know it. */
  readonly name: string;
  readonly format: Exclude<TableFormat, "parquet">;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly contract: Contract;
  readonly keep: readonly string[];
  readonly chunkRows: number;
}

/** @throws InputError `csv-malformed`, `json-malformed`, `input-not-utf8`; UsageError `keep-column-unknown`. */
export function readChunks(source: ReadChunks): AsyncIterable<ScoreChunk> {
  return source.format === "csv" ? csvChunks(source) : jsonChunks(source);
}

async function* csvChunks(source: ReadChunks): AsyncIterable<ScoreChunk> {
  const reader = createCsvReader();
  let firstRow = 0;
  const records = batches(pieces(source, reader, "csv-malformed"), source.chunkRows);
  for await (const batch of records) {
    yield csvChunk(batch, reader.names() ?? [], { source, firstRow });
    firstRow += batch.length;
  }
  // A file without rows still has to have the right columns.
  if (firstRow === 0) yield csvChunk([], reader.names() ?? [], { source, firstRow });
}

function csvChunk(
  records: readonly CsvRecord[],
  names: readonly string[],
  { source, firstRow }: { readonly source: ReadChunks; readonly firstRow: number },
): ScoreChunk {
  const { contract, keep } = source;
  const places = keep.map((name) => names.indexOf(name));
  const unknown = keep[places.indexOf(-1)];
  if (unknown !== undefined) throw unknownKeep(source.name, unknown, names);
  const fields = records.map((record) => record.fields);
  const { raw, unused } = columnsOfCsv(contract, names, fields);
  return {
    firstRow,
    raw,
    kept: places.map((place) => fields.map((row) => row[place]?.text ?? "")),
    lines: records.map(({ line }) => line),
    valuesOf: (row) =>
      Object.fromEntries(names.map((name, at) => [name, fields[row]?.[at]?.text ?? ""])),
    unused: unusedOf(unused, source),
  };
}

async function* jsonChunks(source: ReadChunks): AsyncIterable<ScoreChunk> {
  const { contract, keep, format } = source;
  const exact = new Set(keep);
  const reader = format === "json" ? createJsonArrayReader(exact) : createJsonLinesReader(exact);
  const seen = new Set<string>();
  let firstRow = 0;
  for await (const rows of batches(pieces(source, reader, "json-malformed"), source.chunkRows)) {
    for (const { value } of rows) for (const name of Object.keys(value)) seen.add(name);
    yield {
      firstRow,
      // Every column of the contract, so that a row without one is a bad row, however many are like it.
      raw: {
        rows: rows.length,
        columns: new Map(contract.columns.map(({ name }) => [name, member(rows, name)])),
      },
      kept: keep.map((name) =>
        member(rows, name).map((value, at) => keptValue(value, name, { source, row: rows[at] })),
      ),
      lines: rows.map(({ line }) => line),
      valuesOf: (row) => rows[row]?.value ?? {},
      unused: unusedOf(seen, source),
    };
    firstRow += rows.length;
  }
  const unknown = keep.find((name) => !seen.has(name));
  if (unknown !== undefined && firstRow > 0) throw unknownKeep(source.name, unknown, [...seen]);
}

function member(rows: readonly JsonRow[], name: string): readonly unknown[] {
  return rows.map(({ value }) => (Object.hasOwn(value, name) ? value[name] : undefined));
}

function keptValue(
  value: unknown,
  name: string,
  { source, row }: { readonly source: ReadChunks; readonly row: JsonRow | undefined },
): KeptValue {
  if (isKeptValue(value)) return value;
  if (value === undefined) return null;
  const where = { path: source.name, ...(row === undefined ? {} : { line: row.line }) };
  throw new InputError(`column "${name}" holds an object or array, which cannot be kept.`, {
    code: "json-malformed",
    where,
    hint: `leave ${name} out of --keep`,
  });
}

/** Whether a value can be passed through. */
export function isKeptValue(value: unknown): value is KeptValue {
  return value === null || ["string", "number", "bigint", "boolean"].includes(typeof value);
}

/** Columns that will not be used, told once. */
export function unusedOf(
  names: Iterable<string>,
  { contract, keep }: Pick<ReadChunks, "contract" | "keep">,
): ReadonlySet<string> {
  const used = new Set([...knownColumns(contract), ...keep]);
  return new Set([...names].filter((name) => !used.has(name)));
}

/** The complaint about a column that is to be kept and is not there. */
export function unknownKeep(file: string, name: string, names: readonly string[]): UsageError {
  return new UsageError(`${file} has no column "${name}" to keep.`, {
    code: "keep-column-unknown",
    where: { path: file },
    hint: `its columns are ${names.join(", ")}`,
  });
}

interface Fault {
  readonly line: number;
  readonly message: string;
}

interface RowReader<Row> {
  readonly push: (text: string) => Result<readonly Row[], Fault>;
  readonly end: () => Result<readonly Row[], Fault>;
}

/** What the reader finds complete in each piece of the file. */
async function* pieces<Row>(
  source: ReadChunks,
  reader: RowReader<Row>,
  code: string,
): AsyncIterable<readonly Row[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const rowsOf = (found: ReturnType<RowReader<Row>["push"]>): readonly Row[] => {
    if (found.ok) return found.value;
    const { line, message } = found.error;
    throw new InputError(`${message}.`, {
      code,
      where: { path: source.name, line },
      hint:
        code === "csv-malformed"
          ? "fields are separated by commas; quotes inside quotes are doubled"
          : "--format says which format the rows have: csv, json, jsonl or parquet",
    });
  };
  for await (const bytes of source.bytes) yield rowsOf(reader.push(decode(decoder, bytes, source)));
  yield rowsOf(reader.push(decode(decoder, undefined, source)));
  yield rowsOf(reader.end());
}

function decode(
  decoder: { readonly decode: (bytes?: Uint8Array, options?: { stream: boolean }) => string },
  bytes: Uint8Array | undefined,
  { name }: ReadChunks,
): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw new InputError(`${name} is not text in UTF-8.`, {
      code: "input-not-utf8",
      where: { path: name },
      hint: `convert it: iconv -f LATIN1 -t UTF-8 ${name}`,
      cause: error,
    });
  }
}

/** Regroups rows into batches of the same length; the last one may be shorter. */
async function* batches<Row>(
  found: AsyncIterable<readonly Row[]>,
  length: number,
): AsyncIterable<readonly Row[]> {
  let waiting: readonly Row[] = [];
  for await (const rows of found) {
    waiting = waiting.length === 0 ? rows : [...waiting, ...rows];
    let start = 0;
    for (; waiting.length - start >= length; start += length)
      yield waiting.slice(start, start + length);
    if (start > 0) waiting = waiting.slice(start);
  }
  if (waiting.length > 0) yield waiting;
}
