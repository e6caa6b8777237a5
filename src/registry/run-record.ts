/**
 * One execution of a pipeline and of its steps.
 *
 *   running ──► succeeded | failed | interrupted      (no way back; interrupted is also given by the next command to a dead process's run)
 */
import type { RunId, Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import type { MetricValue, StepManifest } from "../run/schema.ts";

/** Where a run is in its life; all but `running` are final. */
export type RunStatus = (typeof RUN_STATUSES)[number];
export const RUN_STATUSES = ["running", "succeeded", "failed", "interrupted"] as const;

/** A run as it begins. */
export interface RunStart {
  readonly id: RunId;
  readonly pipeline: string;
  readonly revision: number | undefined;
  readonly experiment: string;
  readonly params: Readonly<Record<string, number | string | boolean | null>>;
  readonly gitCommit: string | undefined;
  readonly gitDirty: boolean | undefined;
  /** Digest over interpreter and loaded distributions. */
  readonly environmentDigest: Sha256;
  readonly pid: number;
  /** When that process started, in the system's own words; `undefined` where it is not known. */
  readonly processStart: string | undefined;
  readonly startedAtMs: number;
}

/** One step of a run, done or failed, with the reason why it was executed or not. */
export interface FinishedStep {
  readonly step: string;
  readonly fingerprint: Sha256;
  /** Parts of the fingerprint by name, to explain the next decision. */
  readonly fingerprintParts: Readonly<Record<string, string>>;
  readonly decision: "execute" | "restore" | "fresh";
  /** For people: `parameter seed changed from 42 to 7`. */
  readonly because: string;
  readonly status: "succeeded" | "failed";
  /** Absent when it failed. */
  readonly manifest: StepManifest | undefined;
  readonly error: string | undefined;
  /** How often it was started in this run; 1 for one that was not executed. */
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A finished step and the run it belongs to. */
export interface StepRecord extends FinishedStep {
  readonly runId: RunId;
}

/** A run and all that is known of it. */
export interface RunRecord extends RunStart {
  readonly status: RunStatus;
  readonly endedAtMs: number | undefined;
  readonly steps: readonly StepRecord[];
  /** Latest value of each metric, sorted by name. */
  readonly metrics: readonly {
    readonly name: string;
    readonly value: MetricValue;
  }[];
}

/** A run as a row of a list: without what its steps are in themselves. */
export interface RunOverview
  extends Pick<
    RunRecord,
    "id" | "pipeline" | "revision" | "status" | "startedAtMs" | "endedAtMs" | "params" | "metrics"
  > {
  /** Steps that really ran, and all steps. */
  readonly executed: number;
  readonly steps: number;
}

/** What says which run it is and whether it has ended. */
export type RunOutline = Pick<RunRecord, "id" | "pipeline" | "status">;

/** The row of a run. */
export function overviewOf(run: RunRecord): RunOverview {
  const { id, pipeline, revision, status, startedAtMs, endedAtMs, params, metrics } = run;
  return {
    id,
    pipeline,
    revision,
    status,
    startedAtMs,
    endedAtMs,
    params,
    metrics,
    executed: run.steps.filter((step) => step.decision === "execute").length,
    steps: run.steps.length,
  };
}

/**
 * The status after a run ends.
 * @throws ConflictError `run-already-finished` when it had ended before: there is no way back.
 */
export function runStatusAfter(
  run: { readonly id: string; readonly status: RunStatus },
  next: Exclude<RunStatus, "running">,
): Exclude<RunStatus, "running"> {
  if (run.status === "running") return next;
  throw new ConflictError(
    `Run ${run.id.slice(0, 8)} is already ${run.status}; it cannot become ${next}.`,
    {
      code: "run-already-finished",
      hint: "another command may have found its process gone; start a new run, it resumes from the finished steps",
    },
  );
}
