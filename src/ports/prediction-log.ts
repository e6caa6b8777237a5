import type { PredictionRecord } from "../serving/prediction-log-schema.ts";

/** Where the gateway writes what it answered (contract 9). Bounded: a slow disk costs records, never answers. */
export interface PredictionLog {
  /** Takes the records or, when too many are waiting, drops them; returns how many were dropped. Never waits. */
  readonly append: (records: readonly PredictionRecord[]) => number;
  /** Writes what is waiting and closes the segment. */
  readonly close: () => Promise<void>;
}
