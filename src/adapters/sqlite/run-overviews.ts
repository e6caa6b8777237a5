/** Numbers of runs → their rows in a list. */
import type Database from "better-sqlite3";
import type { RunOverview } from "../../registry/run-record.ts";
import { type MetricRow, metricValue, type ParamRow, paramsOf, type RunRow } from "./run-rows.ts";

/** How many runs are read at once: as many as a person asks to see, so that the statements are few, and so few that their rows take little memory. */
const CHUNK = 1000;

interface OverviewRow extends RunRow {
  readonly steps: number;
  readonly executed: number;
}

/** Reads within the caller's transaction, in the order given; leaves out numbers that are no run's. */
export function overviewReader(
  db: Database.Database,
): (numbers: readonly number[]) => readonly RunOverview[] {
  const runs = db.prepare<[string], OverviewRow>(
    `SELECT r.*, count(s.id) AS steps, count(iif(s.decision = 'execute', 1, NULL)) AS executed
     FROM json_each(?) wanted CROSS JOIN runs r ON r.number = wanted.value LEFT JOIN step_executions s ON s.run = r.number
     GROUP BY wanted.key ORDER BY wanted.key`,
  );
  const params = db.prepare<[string], ParamRow & { readonly run: number }>(
    `SELECT p.run, p.key, p.value_json FROM json_each(?) wanted CROSS JOIN run_params p ON p.run = wanted.value
     ORDER BY wanted.key, p.key`,
  );
  const metrics = db.prepare<[string], MetricRow & { readonly run: number }>(
    `SELECT m.run, k.name, m.value, m.is_nan FROM json_each(?) wanted CROSS JOIN latest_metrics m ON m.run = wanted.value
     CROSS JOIN metric_keys k ON k.id = m.key ORDER BY wanted.key, k.name`,
  );
  const read = (numbers: readonly number[]): readonly RunOverview[] => {
    const wanted = JSON.stringify(numbers);
    const paramsByRun = Map.groupBy(params.all(wanted), ({ run }) => run);
    const metricsByRun = Map.groupBy(metrics.all(wanted), ({ run }) => run);
    return runs.all(wanted).map((row) => ({
      id: row.id,
      pipeline: row.pipeline ?? "",
      revision: row.revision ?? undefined,
      status: row.status,
      startedAtMs: row.started_at_ms,
      endedAtMs: row.ended_at_ms ?? undefined,
      params: paramsOf(paramsByRun.get(row.number) ?? [], row.id),
      metrics: (metricsByRun.get(row.number) ?? []).map((metric) => ({
        name: metric.name,
        value: metricValue(metric),
      })),
      executed: row.executed,
      steps: row.steps,
    }));
  };
  return (numbers) =>
    Array.from({ length: Math.ceil(numbers.length / CHUNK) }, (_, at) =>
      read(numbers.slice(at * CHUNK, (at + 1) * CHUNK)),
    ).flat();
}
