/** Where rows to be scored come from: a file or what is piped in, in the format it has. */
import type { Events } from "../ports/events.ts";
import type { StreamedFiles } from "../ports/files.ts";
import type { Worker } from "../ports/worker.ts";
import type { AppEvent } from "./event.ts";
import { readChunks, type ScoreChunk } from "./score-input.ts";
import { readParquet } from "./score-parquet.ts";
import { nameOfInput, type ScoreInput } from "./score-request.ts";
import { rowsAtOnce } from "./whole-entities.ts";

export interface ScoreSource {
  readonly chunks: AsyncIterable<ScoreChunk>;
  /** Tells how far reading is, after this many rows. */
  readonly report: (rows: number) => void;
  /** The Parquet file that is read. */
  readonly parquet: string | null;
  readonly close: () => Promise<void>;
}

/** Begins to read; whoever opened it closes it. */
export async function openSource(
  input: ScoreInput,
  worker: Worker,
  ports: { readonly files: StreamedFiles; readonly events: Events<AppEvent> },
): Promise<ScoreSource> {
  const { files, events } = ports;
  const { keep, signal } = input;
  const { contract } = input.servable.model;
  const chunkRows = rowsAtOnce(contract, input.chunkRows);
  const common = { name: nameOfInput(input), contract, keep, chunkRows };
  let done = 0;
  let total: number | undefined;
  const report = (rows: number): void => {
    const share = total === undefined || total === 0 ? undefined : Math.floor((100 * done) / total);
    const detail = `${rows.toLocaleString("en-US")} rows`;
    // Of what is piped in nobody knows how much is to come.
    if (share === undefined) events.emit({ kind: "progressed", done: rows, total: rows, detail });
    else events.emit({ kind: "progressed", done: share, total: 100, detail });
  };
  if (input.inputFormat !== "parquet") {
    const bytes = typeof input.input === "string" ? files.stream(input.input) : input.input;
    if (typeof input.input === "string") total = await files.size(input.input);
    const counted = counting(bytes, signal, (count) => (done += count));
    const chunks = readChunks({ ...common, format: input.inputFormat, bytes: counted });
    return { chunks, report, parquet: null, close: () => Promise.resolve() };
  }
  const spool =
    typeof input.input === "string" ? undefined : await spooled(input.input, input, files);
  const file = spool?.path ?? files.absolute(nameOfInput(input));
  const onTotal = (rows: number): void => {
    total = rows;
  };
  return {
    chunks: readParquet({ ...common, file, onTotal, worker, signal }),
    report: (rows) => {
      done = rows;
      report(rows);
    },
    parquet: file,
    close: async () => spool?.discard(),
  };
}

/** Parquet is read from its end, so that what is piped in has to be a file first. */
async function spooled(
  bytes: AsyncIterable<Uint8Array>,
  { out, signal }: ScoreInput,
  files: StreamedFiles,
): Promise<{ readonly path: string; readonly discard: () => Promise<void> }> {
  const file = await files.beginAtomic(out);
  try {
    for await (const piece of bytes) {
      signal.throwIfAborted();
      await file.write(piece);
    }
  } catch (error) {
    await file.discard();
    throw error;
  }
  return { path: file.temporary, discard: file.discard };
}

async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  count: (length: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const piece of bytes) {
    signal.throwIfAborted();
    count(piece.length);
    yield piece;
  }
}
