/** Runs → what the `runs` commands report. */

import type { Registry, RunQuery } from "../ports/registry.ts";
import { type ComparedRow, compareRuns } from "../registry/compare-runs.ts";
import {
  overviewOf,
  type RunOverview,
  type RunRecord,
  type StepRecord,
} from "../registry/run-record.ts";
import type { RunReport, RunShowReport, RunsCompareReport, RunsListReport } from "./runs-schema.ts";

/** One run as a row. */
export function reportRun(run: RunOverview): RunReport {
  return {
    id: run.id,
    pipeline: run.pipeline,
    revision: run.revision ?? null,
    status: run.status,
    startedAt: new Date(run.startedAtMs).toISOString(),
    endedAt: run.endedAtMs === undefined ? null : new Date(run.endedAtMs).toISOString(),
    wallMs: run.endedAtMs === undefined ? null : run.endedAtMs - run.startedAtMs,
    executed: run.executed,
    steps: run.steps,
    params: { ...run.params },
    metrics: run.metrics.map((metric) => ({ ...metric })),
  };
}

/**
 * Newest first, or as the query sorts them.
 *
 * @throws what `readSelection` throws.
 */
export function listRuns(query: RunQuery, runs: Pick<Registry["runs"], "select">): RunsListReport {
  const { runs: selected, more } = runs.select(query);
  return { runs: selected.map(reportRun), more };
}

/** One run in full. */
export function showRun(run: RunRecord): RunShowReport {
  return {
    ...reportRun(overviewOf(run)),
    experiment: run.experiment,
    gitCommit: run.gitCommit ?? null,
    gitDirty: run.gitDirty ?? null,
    environment: run.environmentDigest,
    stepDetails: run.steps.map(reportStep),
  };
}

/** Runs side by side, in the order given. */
export function reportComparison(runs: readonly RunRecord[]): RunsCompareReport {
  const { params, metrics } = compareRuns(runs);
  return {
    runs: runs.map((run) => reportRun(overviewOf(run))),
    params: params.map(rowOf),
    metrics: metrics.map(rowOf),
  };
}

function rowOf<Value>(row: ComparedRow<Value>): {
  name: string;
  values: (Value | null)[];
  same: boolean;
} {
  return { name: row.name, values: row.values.map((value) => value ?? null), same: row.same };
}

function reportStep(step: StepRecord): RunShowReport["stepDetails"][number] {
  const manifest = step.manifest;
  return {
    step: step.step,
    decision: step.decision,
    because: step.because,
    status: step.status,
    wallMs: step.endedAtMs - step.startedAtMs,
    error: step.error ?? null,
    outputs: Object.entries(manifest?.outputs ?? {}).map(([name, { digest, type, bytes }]) => ({
      name,
      digest,
      type,
      bytes,
    })),
    filesRead: { ...manifest?.filesRead },
    files: { ...manifest?.files },
  };
}
