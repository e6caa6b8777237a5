/** Runs side by side: which parameters and metrics differ. */
import type { MetricValue } from "../run/schema.ts";
import type { RunRecord } from "./run-record.ts";

/** One parameter or metric over all runs compared, in their order; `undefined` where a run has none. */
export interface ComparedRow<Value> {
  readonly name: string;
  readonly values: readonly (Value | undefined)[];
  readonly same: boolean;
}

/** Rows are sorted by name. */
export interface RunComparison {
  readonly params: readonly ComparedRow<number | string | boolean | null>[];
  readonly metrics: readonly ComparedRow<MetricValue>[];
}

/** Compares at least one run. Numbers are the same only when they are equal; NaN is the same as NaN. */
export function compareRuns(runs: readonly RunRecord[]): RunComparison {
  return {
    params: rowsOf(runs.map((run) => run.params)),
    metrics: rowsOf(
      runs.map((run) => Object.fromEntries(run.metrics.map(({ name, value }) => [name, value]))),
    ),
  };
}

function rowsOf<Value>(
  columns: readonly Readonly<Record<string, Value>>[],
): readonly ComparedRow<Value>[] {
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))].sort();
  return names.map((name) => {
    const values = columns.map((column) => column[name]);
    return { name, values, same: values.every((value) => Object.is(value, values[0])) };
  });
}
