/** Writes one finished step of a run and all that its manifest says: artifacts, data, lineage, metric points. */
import type Database from "better-sqlite3";
import type { FinishedStep } from "../../registry/run-record.ts";
import type { StepManifest } from "../../run/schema.ts";
import { metricColumns, type RunRow } from "./run-rows.ts";

/** The writer runs within the caller's write transaction. */
export function stepWriter(db: Database.Database): (run: RunRow, step: FinishedStep) => void {
  const insertStep = db.prepare(
    `INSERT INTO step_executions
       (run, pipeline, step, fingerprint, fingerprint_parts_json, decision, because, status, manifest_json, error, attempts, started_at_ms, ended_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const writeLineage = lineageWriter(db);
  const writeMetrics = metricWriter(db);
  return (run, step) => {
    const { lastInsertRowid } = insertStep.run(
      run.number,
      run.pipeline ?? "",
      step.step,
      step.fingerprint,
      JSON.stringify(step.fingerprintParts),
      step.decision,
      step.because,
      step.status,
      step.manifest === undefined ? null : JSON.stringify(step.manifest),
      step.error ?? null,
      step.attempts,
      step.startedAtMs,
      step.endedAtMs,
    );
    if (step.manifest === undefined) return;
    writeLineage(
      {
        run: run.number,
        execution: Number(lastInsertRowid),
        atMs: step.endedAtMs,
      },
      step.manifest,
    );
    writeMetrics(run.number, step.manifest.metrics, step.endedAtMs);
  };
}

interface Execution {
  readonly run: number;
  readonly execution: number;
  readonly atMs: number;
}

function lineageWriter(db: Database.Database): (at: Execution, manifest: StepManifest) => void {
  const insertArtifact = db.prepare(
    "INSERT INTO artifacts (digest, codec, type, bytes, created_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const insertEdge = db.prepare(
    "INSERT INTO step_artifacts (execution, direction, name, digest) VALUES (?, ?, ?, ?)",
  );
  const insertDataset = db.prepare(
    "INSERT INTO datasets (name, digest, source_type, source, created_at_ms) VALUES (?, ?, 'local', ?, ?) ON CONFLICT DO NOTHING",
  );
  const useDataset = db.prepare(
    "INSERT INTO run_datasets (run, dataset, context) SELECT ?, id, 'read' FROM datasets WHERE name = ? AND digest = ? ON CONFLICT DO NOTHING",
  );
  return ({ run, execution, atMs }, manifest) => {
    for (const [name, digest] of Object.entries(manifest.inputs))
      insertEdge.run(execution, "input", name, digest);
    for (const [name, output] of Object.entries(manifest.outputs)) {
      insertArtifact.run(output.digest, output.codec, output.type, output.bytes, atMs);
      insertEdge.run(execution, "output", name, output.digest);
    }
    for (const [path, digest] of Object.entries(manifest.filesRead)) {
      insertDataset.run(path, digest, path, atMs);
      useDataset.run(run, path, digest);
    }
  };
}

/** Looks up what it needs once for each name, however many points a step recorded under it. */
function metricWriter(
  db: Database.Database,
): (run: number, metrics: StepManifest["metrics"], atMs: number) => void {
  const addKey = db.prepare("INSERT INTO metric_keys (name) VALUES (?) ON CONFLICT DO NOTHING");
  const keyOf = db.prepare<[string], number>("SELECT id FROM metric_keys WHERE name = ?").pluck();
  // A metric that a step records again and again (in a loop) is a series: its points are numbered from 0, and the latest
  // is the last of them, so that nobody has to count.
  const nextStep = db
    .prepare<[number, number], number>(
      "SELECT step + 1 FROM latest_metrics WHERE run = ? AND key = ?",
    )
    .pluck();
  const insertPoint = db.prepare(
    "INSERT INTO metrics (run, key, step, at_ms, value, is_nan) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const setLatest = db.prepare(
    `INSERT INTO latest_metrics (run, key, step, at_ms, value, is_nan) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, key) DO UPDATE SET step = excluded.step, at_ms = excluded.at_ms, value = excluded.value, is_nan = excluded.is_nan
     WHERE (excluded.step, excluded.at_ms, excluded.is_nan, excluded.value)
         > (latest_metrics.step, latest_metrics.at_ms, latest_metrics.is_nan, latest_metrics.value)`,
  );
  const keyFor = (name: string): number => {
    addKey.run(name);
    const key = keyOf.get(name);
    if (key === undefined) throw new Error(`metric ${name} vanished within its own transaction`);
    return key;
  };
  return (run, metrics, atMs) => {
    const series = new Map<string, { readonly key: number; step: number; last: MetricColumns }>();
    for (const metric of metrics) {
      const last = metricColumns(metric.value);
      let known = series.get(metric.name);
      if (known === undefined) {
        const key = keyFor(metric.name);
        known = { key, step: nextStep.get(run, key) ?? 0, last };
        series.set(metric.name, known);
      } else {
        known.step += 1;
        known.last = last;
      }
      insertPoint.run(run, known.key, known.step, atMs, last.value, last.isNan);
    }
    // The points of one series are numbered upwards, so its last is its latest.
    for (const { key, step, last } of series.values())
      setLatest.run(run, key, step, atMs, last.value, last.isNan);
  };
}

type MetricColumns = ReturnType<typeof metricColumns>;
