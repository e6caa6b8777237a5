/** Rows of runs and steps → records. */
import type Database from "better-sqlite3";
import type { RunId, Sha256 } from "../../base/brand.ts";
import { sha256 } from "../../base/hash.ts";
import type { RunRecord, RunStatus, StepRecord } from "../../registry/run-record.ts";
import type { MetricValue } from "../../run/schema.ts";
import { FingerprintParts, Manifest, ParamValue, readJson } from "./schema.ts";

/** A run joined with its experiment's name. Runs of MLflow clients have no pipeline, environment or process. */
export interface RunRow {
  readonly number: number;
  readonly id: RunId;
  readonly experiment: string;
  readonly pipeline: string | null;
  readonly revision: number | null;
  readonly status: RunStatus;
  readonly git_commit: string | null;
  readonly git_dirty: number | null;
  readonly environment_digest: Sha256 | null;
  readonly pid: number | null;
  readonly process_start: string | null;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
}

interface StepRow {
  readonly run_id: RunId;
  readonly step: string;
  readonly fingerprint: Sha256;
  readonly fingerprint_parts_json: string;
  readonly decision: StepRecord["decision"];
  readonly because: string;
  readonly status: StepRecord["status"];
  readonly manifest_json: string | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly started_at_ms: number;
  readonly ended_at_ms: number;
}

/** A stored parameter. */
export interface ParamRow {
  readonly key: string;
  readonly value_json: string;
}

/** A stored number; `is_nan` makes up for SQLite having no NaN. */
export interface MetricRow {
  readonly name: string;
  readonly value: number;
  readonly is_nan: number;
}

/** Of a run that did not say: the digest of nothing. */
const NO_ENVIRONMENT = sha256("");

const STEP_COLUMNS = `r.id AS run_id, s.step, s.fingerprint, s.fingerprint_parts_json, s.decision, s.because, s.status,
  s.manifest_json, s.error, s.attempts, s.started_at_ms, s.ended_at_ms`;

/** Reads within the caller's transaction. */
export interface RunReader {
  readonly record: (row: RunRow) => RunRecord;
  readonly succeededStep: (
    pipeline: string,
    step: string,
    fingerprint: string,
  ) => StepRecord | undefined;
  readonly lastStep: (pipeline: string, step: string) => StepRecord | undefined;
}

/** Prepares the statements once. */
export function runReader(db: Database.Database): RunReader {
  const params = db.prepare<[number], ParamRow>(
    "SELECT key, value_json FROM run_params WHERE run = ? ORDER BY key",
  );
  const metrics = db.prepare<[number], MetricRow>(
    "SELECT k.name, m.value, m.is_nan FROM latest_metrics m JOIN metric_keys k ON k.id = m.key WHERE m.run = ? ORDER BY k.name",
  );
  const steps = db.prepare<[number], StepRow>(
    `SELECT ${STEP_COLUMNS} FROM step_executions s JOIN runs r ON r.number = s.run WHERE s.run = ? ORDER BY s.id`,
  );
  const succeeded = db.prepare<[string, string, string], StepRow>(
    `SELECT ${STEP_COLUMNS} FROM step_executions s JOIN runs r ON r.number = s.run
     WHERE s.pipeline = ? AND s.step = ? AND s.fingerprint = ? AND s.status = 'succeeded' ORDER BY s.id DESC LIMIT 1`,
  );
  const last = db.prepare<[string, string], StepRow>(
    `SELECT ${STEP_COLUMNS} FROM step_executions s JOIN runs r ON r.number = s.run
     WHERE s.pipeline = ? AND s.step = ? ORDER BY s.id DESC LIMIT 1`,
  );
  const found = (row: StepRow | undefined): StepRecord | undefined =>
    row === undefined ? undefined : stepOf(row);
  return {
    record: (row) => ({
      id: row.id,
      pipeline: row.pipeline ?? "",
      revision: row.revision ?? undefined,
      experiment: row.experiment,
      params: paramsOf(params.all(row.number), row.id),
      gitCommit: row.git_commit ?? undefined,
      gitDirty: row.git_dirty === null ? undefined : row.git_dirty === 1,
      environmentDigest: row.environment_digest ?? NO_ENVIRONMENT,
      pid: row.pid ?? 0,
      processStart: row.process_start ?? undefined,
      startedAtMs: row.started_at_ms,
      status: row.status,
      endedAtMs: row.ended_at_ms ?? undefined,
      steps: steps.all(row.number).map(stepOf),
      metrics: metrics
        .all(row.number)
        .map((metric) => ({ name: metric.name, value: metricValue(metric) })),
    }),
    succeededStep: (pipeline, step, fingerprint) =>
      found(succeeded.get(pipeline, step, fingerprint)),
    lastStep: (pipeline, step) => found(last.get(pipeline, step)),
  };
}

/** A metric as columns. */
export function metricColumns(value: MetricValue): {
  readonly value: number;
  readonly isNan: 0 | 1;
} {
  if (value === "NaN" || Number.isNaN(value)) return { value: 0, isNan: 1 };
  return { value: Number(value), isNan: 0 };
}

/** The parameters of a run by name. */
export function paramsOf(rows: readonly ParamRow[], runId: RunId): RunRecord["params"] {
  return Object.fromEntries(
    rows.map(({ key, value_json }) => [
      key,
      readJson(ParamValue, value_json, `parameter ${key} of run ${runId}`),
    ]),
  );
}

/** A metric of columns. */
export function metricValue(row: MetricRow): MetricValue {
  if (row.is_nan === 1) return "NaN";
  if (row.value === Infinity) return "Infinity";
  return row.value === -Infinity ? "-Infinity" : row.value;
}

function stepOf(row: StepRow): StepRecord {
  const where = `step ${row.step} of run ${row.run_id}`;
  return {
    runId: row.run_id,
    step: row.step,
    fingerprint: row.fingerprint,
    fingerprintParts: readJson(FingerprintParts, row.fingerprint_parts_json, where),
    decision: row.decision,
    because: row.because,
    status: row.status,
    manifest: row.manifest_json === null ? undefined : readJson(Manifest, row.manifest_json, where),
    error: row.error ?? undefined,
    attempts: row.attempts,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}
