/** Parquet in batch scoring: the model's own Python reads and writes it, where it has pyarrow. */
import { EnvironmentError, InputError } from "../base/errors.ts";
import { parseExactIntegers } from "../contract/json-rows.ts";
import { decodeColumns, isNull, type TableColumn } from "../contract/typed-columns.ts";
import type { Worker, WorkerReply } from "../ports/worker.ts";
import { WorkerError } from "../ports/worker.ts";
import { type ReadChunks, type ScoreChunk, unknownKeep, unusedOf } from "./score-input.ts";
import { KeptColumns, NextRows, RowsOpened } from "./worker-replies-schema.ts";

export interface ParquetSource extends Omit<ReadChunks, "format" | "bytes"> {
  /** Absolute path of the file. */
  readonly file: string;
  /** Told once, before the first chunk. */
  readonly onTotal: (rows: number) => void;
  readonly worker: Worker;
  readonly signal: AbortSignal;
}

/** @throws EnvironmentError `parquet-unavailable`; InputError `parquet-malformed`; UsageError `keep-column-unknown`. */
export async function* readParquet(source: ParquetSource): AsyncIterable<ScoreChunk> {
  const { contract, keep, name, worker, signal } = source;
  const wanted = contract.columns.map((column) => column.name);
  const header = { file: source.file, wanted, keep, limit: source.chunkRows };
  const opened = await namingFaults(name, () => worker.call("open-rows", header, { signal }));
  const { names, rows } = RowsOpened.parse(opened.result);
  const unknown = keep.find((column) => !names.includes(column));
  if (unknown !== undefined) throw unknownKeep(name, unknown, names);
  source.onTotal(rows);
  const unused = unusedOf(names, source);
  let firstRow = 0;
  for (;;) {
    const reply = await namingFaults(name, () => worker.call("next-rows", {}, { signal }));
    const chunk = chunkOf(reply, source, firstRow);
    if (chunk !== undefined) yield { ...chunk, unused };
    else if (firstRow > 0) return;
    if (chunk === undefined) break;
    firstRow += chunk.raw.rows;
  }
  // A file without rows still has to have the right columns.
  const columns = new Map(names.filter((each) => wanted.includes(each)).map((each) => [each, []]));
  const empty = { firstRow, lines: undefined, kept: keep.map(() => []), valuesOf: () => ({}) };
  yield { ...empty, raw: { rows: 0, columns }, unused };
}

/** Writes answers that were written as lines. @throws EnvironmentError `parquet-unavailable`. */
export async function writeParquet(
  files: { readonly from: string; readonly to: string; readonly like: string | null },
  { worker, signal, name }: Pick<ParquetSource, "worker" | "signal" | "name">,
): Promise<void> {
  await namingFaults(name, () => worker.call("write-rows", files, { signal }));
}

function chunkOf(
  reply: WorkerReply,
  { keep }: ParquetSource,
  firstRow: number,
): Omit<ScoreChunk, "unused"> | undefined {
  const found = NextRows.parse(reply.result);
  if (found.done) return undefined;
  const table = decodeColumns(found, reply.payloads.slice(0, -1));
  const columns = new Map(table.columns.map((column) => [column.name, valuesOf(column)]));
  const text = new TextDecoder().decode(reply.payloads.at(-1));
  const kept = KeptColumns.parse(parseExactIntegers(text));
  return {
    firstRow,
    raw: { rows: table.rows, columns },
    kept,
    lines: undefined,
    valuesOf: (row) => ({
      ...Object.fromEntries([...columns].map(([name, values]) => [name, values[row]])),
      ...Object.fromEntries(keep.map((name, at) => [name, kept[at]?.[row]])),
    }),
  };
}

/** As JSON would have brought them, so that one check judges all formats. */
function valuesOf(column: TableColumn): readonly unknown[] {
  const { nulls } = column;
  if (column.type === "string") return column.values;
  const { type } = column;
  return Array.from(column.values, (value, row) => {
    if (isNull(nulls, row)) return null;
    if (type === "bool") return value === 1;
    return type === "timestamp" ? isoTime(value) : value;
  });
}

/** Finer times than milliseconds keep their digits: the contract refuses them, and must see them. */
function isoTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const text = new Date(whole).toISOString();
  const micros = Math.round((milliseconds - whole) * 1000);
  return micros === 0 ? text : text.replace("Z", `${String(micros).padStart(3, "0")}Z`);
}

async function namingFaults<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const { code, message } = error.failure;
    if (code === "parquet-unavailable") {
      throw new EnvironmentError(
        `Parquet needs pyarrow, which the model's Python lacks: ${message}.`,
        {
          code,
          hint: "install it there (python -m pip install pyarrow), name another interpreter by --python, or use CSV or JSON Lines",
          cause: error,
        },
      );
    }
    if (code === "parquet-malformed")
      throw new InputError(`${name} cannot be read as Parquet: ${message}.`, {
        code,
        where: { path: name },
        hint: "--format says which format the rows have: csv, json, jsonl or parquet",
        cause: error,
      });
    throw error;
  }
}
