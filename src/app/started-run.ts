/** What the parts of `run-pipeline.ts` share: what was asked for, the ports, the run on record, and what comes of it. */
import type { RunId } from "../base/brand.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { Ids } from "../ports/ids.ts";
import type { Interpreters } from "../ports/interpreters.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { Registry } from "../ports/registry.ts";
import type { Workers } from "../ports/worker.ts";
import type { RunRecord } from "../registry/run-record.ts";
import type { RunEvent } from "../run/event.ts";
import type { ParamValue } from "../run/fingerprint.ts";
import type { StepManifest } from "../run/schema.ts";
import type { SelectedSteps, Selection } from "../run/select-steps.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import type { StoredOutput } from "./pack-input.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** What a run that goes on has made. */
export interface StoredByRun {
  readonly outputs: ReadonlyMap<string, StoredOutput>;
  /** Of the steps that have ended. */
  readonly manifests: ReadonlyMap<string, StepManifest>;
}

export interface RunInput {
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  /** Overrides of params.yaml. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** What the variables that the pipeline reads are set to, as `settingsOf` gives it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly selection: Selection;
  /** Steps that may be executed at the same time. */
  readonly jobs: number;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
  /** Told after each step what the run has in the store by then. It must not throw. */
  readonly onStored?: ((stored: StoredByRun) => void) | undefined;
}

/** What was given counts for every step; else what pipeline.yaml says of the step; else the default. */
export interface RunLimits {
  readonly timeoutMs: number | undefined;
  readonly defaultTimeoutMs: number;
  readonly retries: number | undefined;
}

export interface RunPorts {
  readonly files: Files;
  readonly workers: Workers;
  readonly interpreters: Interpreters;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly clock: Clock & Timer;
  readonly ids: Ids;
  readonly git: Git;
  readonly events: Events<RunEvent>;
  readonly processes: ProcessTable;
}

/** Where a step raised, in the user's terms. */
export interface StepFailure {
  readonly step: string;
  readonly message: string;
  readonly cell: number | undefined;
  /** File name of the cell's notebook, where the pipeline is made from several. */
  readonly notebook?: string;
  readonly line: number | undefined;
  /** How often it was started, and why not once more where that could have been. */
  readonly attempts: number;
  readonly notRetried: string | undefined;
}

export interface RunResult {
  /** Its steps are in the pipeline's order, whichever ended first. */
  readonly run: RunRecord;
  readonly failure: StepFailure | undefined;
  /** How many steps really ran. */
  readonly executed: number;
  /** False when `--only` left steps out. */
  readonly complete: boolean;
}

/** A run on record, and what its steps share. */
export interface StartedRun extends RunPorts {
  readonly runId: RunId;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Relative to the project root. */
  readonly root: string;
  readonly pool: WorkerPool;
  readonly environment: RunRecord["environmentDigest"];
  readonly selected: SelectedSteps;
  readonly startedAtMs: number;
}
