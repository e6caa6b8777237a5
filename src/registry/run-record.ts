/**
 * One execution of a pipeline and of its steps.
 *
 *   running ──► succeeded | failed | interrupted      (no way back; interrupted is also given by the next command to a dead process's run)
 */
import type { RunId, Sha256 } from "../base/brand.ts";
import type { MetricValue, StepManifest } from "../run/schema.ts";

export type RunStatus = "running" | "succeeded" | "failed" | "interrupted";

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
  readonly startedAtMs: number;
}

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
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface StepRecord extends FinishedStep {
  readonly runId: RunId;
}

export interface RunRecord extends RunStart {
  readonly status: RunStatus;
  readonly endedAtMs: number | undefined;
  readonly steps: readonly StepRecord[];
  /** Latest value of each metric, sorted by name. */
  readonly metrics: readonly { readonly name: string; readonly value: MetricValue }[];
}
