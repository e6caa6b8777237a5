/** What is asked of batch scoring. */
import type { TableFormat } from "../serving/table-format.ts";
import type { HistoryFile } from "./bring-history.ts";
import type { ServableModel } from "./serve-model.ts";

export interface ScoreInput {
  readonly servable: ServableModel;
  /** A file, or bytes that are piped in. */
  readonly input: string | AsyncIterable<Uint8Array>;
  readonly inputFormat: TableFormat;
  readonly out: string;
  readonly outputFormat: TableFormat;
  /** Columns of the input that are passed through. */
  readonly keep: readonly string[];
  /** `fail`: one bad row, and nothing is written. `skip`: bad rows go to `rejects`. */
  readonly onError: "fail" | "skip";
  readonly rejects: string;
  /** Rows that are held in memory and asked about at once. */
  readonly chunkRows: number;
  /** Newer rows, for a model whose features look at earlier ones. */
  readonly history?: HistoryFile | undefined;
  readonly signal: AbortSignal;
}

/** The input as people know it. */
export function nameOfInput({ input }: Pick<ScoreInput, "input">): string {
  return typeof input === "string" ? input : "standard input";
}
