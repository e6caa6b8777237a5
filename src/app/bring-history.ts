/**
 * Newer rows for a model whose features look at earlier ones: checked like rows to be scored, told by file, line and column, and put
 * into the history of one loaded model. What the registry keeps does not change by it.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { InputError, UsageError } from "../base/errors.ts";
import type { Contract, ContractColumn } from "../contract/schema.ts";
import { encodeColumns } from "../contract/typed-columns.ts";
import type { StreamedFiles } from "../ports/files.ts";
import type { Worker } from "../ports/worker.ts";
import { WorkerError } from "../ports/worker.ts";
import type { TableFormat } from "../serving/table-format.ts";
import { checkChunk } from "./check-batch.ts";
import { readChunks, type ScoreChunk } from "./score-input.ts";
import { readParquet } from "./score-parquet.ts";
import { contractViolated } from "./score-refusals.ts";
import { ALL_ROWS } from "./whole-entities.ts";
import { HistoryExtended, HistoryReply } from "./worker-replies-schema.ts";

/** A file with newer rows. */
export interface HistoryFile {
  readonly path: string;
  readonly format: TableFormat;
}

/** What was brought. */
export interface BroughtHistory {
  /** Rows of the file. */
  readonly rows: number;
  /** Those that stand for a row of the same entity and time in the kept history. */
  readonly replaced: number;
  readonly diagnostics: readonly Diagnostic[];
}

type Kept = NonNullable<ReturnType<typeof HistoryReply.parse>["history"]>;

/** Rows that are told one by one. */
const MOST_TOLD = 5;

/**
 * Puts the rows of a file into the history of the worker's model.
 *
 * @param model As messages name it.
 * @throws UsageError `history-not-kept`; InputError `contract-violated`, `history-malformed`, and what reading throws.
 */
export async function bringHistory(
  file: HistoryFile,
  {
    worker,
    contract,
    model,
    signal,
  }: {
    readonly worker: Worker;
    readonly contract: Contract;
    readonly model: string;
    readonly signal: AbortSignal;
  },
  files: StreamedFiles,
): Promise<BroughtHistory> {
  const { history } = HistoryReply.parse((await worker.call("history", {}, { signal })).result);
  if (history === null)
    throw new UsageError(`${model} looks at no earlier rows, so none can be brought.`, {
      code: "history-not-kept",
      hint: "leave --history out",
    });
  const wanted = contractOf(history, contract);
  const found = { rows: 0, replaced: 0 };
  const diagnostics: Diagnostic[] = [];
  for await (const chunk of chunksOf(file, { contract: wanted, worker, signal }, files)) {
    signal.throwIfAborted();
    const checked = checkChunk(wanted, chunk);
    if (checked.table === undefined || checked.columnErrors.length > 0 || checked.refused.size > 0)
      throw contractViolated(
        [...checked.columnErrors, ...[...checked.refused.values()].flat()],
        chunk,
        { file: file.path, hint: hintFor(history) },
      );
    const { header, payloads } = encodeColumns(checked.table);
    const extended = await inTermsOfFile(chunk, file, () =>
      worker.call("extend-history", { ...header }, { payloads, signal }),
    );
    const { replaced, unused } = HistoryExtended.parse(extended.result);
    found.rows += chunk.raw.rows;
    found.replaced += replaced.length;
    const noted = { chunk, file, history };
    diagnostics.push(
      ...unknownColumns(chunk, history, file),
      ...told("history-row-replaced", replaced, noted),
      ...told("history-row-unused", unused, noted),
    );
  }
  return { ...found, diagnostics };
}

/** What a row of the history must be: as the model's contract says, and the columns that it does not name. */
function contractOf(
  { entity, time, columns }: Kept,
  { columns: known, answer }: Contract,
): Contract {
  const [first, ...others] = entity;
  return {
    version: 1,
    columns: columns.map((column): ContractColumn => {
      const stated = known.find(({ name }) => name === column.name);
      const isKey = column.name === time || entity.includes(column.name);
      // Newer rows are later than any of training.
      if (stated !== undefined && column.name === time) return withoutRange(stated);
      return (
        stated ?? {
          ...column,
          nullable: column.nullable && !isKey,
          unseen: "other",
          personal: false,
        }
      );
    }),
    ...(first === undefined ? {} : { entity: others.length === 0 ? first : [...entity] }),
    time,
    answer: { kind: answer.kind },
  };
}

function withoutRange({ min: _min, max: _max, ...column }: ContractColumn): ContractColumn {
  return { ...column, nullable: false };
}

/** All rows at once: two of one entity and time must not stand in two pieces. */
function chunksOf(
  { path, format }: HistoryFile,
  how: {
    readonly contract: Contract;
    readonly worker: Worker;
    readonly signal: AbortSignal;
  },
  files: StreamedFiles,
): AsyncIterable<ScoreChunk> {
  const source = { name: path, contract: how.contract, keep: [], chunkRows: ALL_ROWS };
  if (format !== "parquet") return readChunks({ ...source, format, bytes: files.stream(path) });
  const onTotal = (): void => undefined;
  return readParquet({ ...source, ...how, file: files.absolute(path), onTotal });
}

/** What the model's Python refuses, at the place in the file. */
async function inTermsOfFile<T>(
  chunk: ScoreChunk,
  { path }: HistoryFile,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkerError) || error.failure.code !== "history-malformed") throw error;
    const { message, row, code } = error.failure;
    const line = row === undefined ? undefined : chunk.lines?.[row];
    const place = row === undefined || line !== undefined ? "" : `row ${String(row)}: `;
    throw new InputError(`${place}${message}.`, {
      code,
      where: { path, ...(line === undefined ? {} : { line }) },
      hint: "correct the rows; nothing was scored or written",
      cause: error,
    });
  }
}

/** Columns that the raw table never had; those that nothing reads may well be there. */
function unknownColumns(
  { unused }: ScoreChunk,
  { known }: Kept,
  { path }: HistoryFile,
): readonly Diagnostic[] {
  return [...unused]
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code: "unknown-column",
      severity: "warning",
      message: `column "${name}" is no column of the raw table and was left out`,
      where: { path },
    }));
}

const SAYS = {
  "history-row-replaced": {
    each: "is in the model's history already; this row is taken in its place",
    more: "more rows are taken in place of those that the model's history has",
  },
  "history-row-unused": {
    each: "is older than what the model's history keeps, so that no answer looks at it",
    more: "more rows are older than what the model's history keeps",
  },
} as const;

/** The first rows by their line, entity and time, and how many more there are. */
function told(
  code: keyof typeof SAYS,
  rows: readonly number[],
  { chunk, file, history }: { chunk: ScoreChunk; file: HistoryFile; history: Kept },
): readonly Diagnostic[] {
  const { path } = file;
  const each = rows.slice(0, MOST_TOLD).map((row): Diagnostic => {
    const line = chunk.lines?.[row];
    const values = chunk.valuesOf(row);
    const name = [...history.entity, history.time]
      .map((column) => `${column} ${String(values[column])}`)
      .join(", ");
    const place = line === undefined ? `row ${String(chunk.firstRow + row)}: ` : "";
    return {
      code,
      severity: "warning",
      message: `${place}${name} ${SAYS[code].each}`,
      where: line === undefined ? { path } : { path, line },
    };
  });
  const omitted = rows.length - each.length;
  if (omitted === 0) return each;
  const message = `${String(omitted)} ${SAYS[code].more}`;
  return [...each, { code, severity: "warning", message, where: { path } }];
}

function hintFor({ columns }: Kept): string {
  return `newer rows bring ${columns.map(({ name }) => name).join(", ")}, the predicted column included; correct the rows`;
}
