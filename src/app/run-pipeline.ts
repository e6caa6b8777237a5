/** Executes what changed of a pipeline in warm Python workers, takes the rest from the store, and records everything. */
import { normalize } from "node:path/posix";
import type { RunId } from "../base/brand.ts";
import { didYouMean } from "../base/did-you-mean.ts";
import { InterruptedError, UsageError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
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
import { type SelectedSteps, type Selection, selectSteps } from "../run/select-steps.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { runSteps } from "./run-steps.ts";
import { openWorkerPool, type WorkerPool } from "./worker-pool.ts";

export interface RunInput {
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  /** Overrides of params.yaml. */
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly selection: Selection;
  /** Steps that may be executed at the same time. */
  readonly jobs: number;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
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
  readonly clock: Clock;
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

/** @throws UsageError `param-unknown`, `step-unknown`; ConflictError `step-not-current`; InterruptedError; what a worker cannot start with. */
export async function runPipeline(input: RunInput, ports: RunPorts): Promise<RunResult> {
  const { pipeline } = input;
  ports.registry.runs.markInterrupted(ports.processes.isAlive, ports.clock.nowMs());
  const params = resolveParams(pipeline, input.params);
  const selected = chooseSteps(pipeline, input.selection);
  const root = normalize(`${pipeline.folder}/${pipeline.file.root}`);
  const pool = openWorkerPool(
    {
      python: input.python,
      workingDirectory: ports.files.absolute(root),
      package: ports.files.absolute(pipeline.folder),
      size: input.jobs,
      timeoutMs: input.limits.timeoutMs ?? input.limits.defaultTimeoutMs,
      signal: input.signal,
    },
    ports,
  );
  try {
    const [environment, git] = await Promise.all([
      pool.environment(),
      ports.git.state(ports.files.absolute(".")),
    ]);
    const startedAtMs = ports.clock.nowMs();
    const runId = ports.ids.runId();
    const { pid, start } = ports.processes.self();
    ports.registry.runs.start({
      id: runId,
      pipeline: pipeline.name,
      revision: ports.registry.pipelines.latestRevision(pipeline.name)?.revision,
      experiment: pipeline.name,
      params,
      gitCommit: git?.commit,
      gitDirty: git?.dirty,
      environmentDigest: environment,
      pid,
      processStart: start,
      startedAtMs,
    });
    const started = { ...ports, runId, params, root, pool, environment, selected, startedAtMs };
    return await carryOut(input, started);
  } finally {
    await pool.close();
  }
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

async function carryOut(input: RunInput, run: StartedRun): Promise<RunResult> {
  const { runId, registry, clock, events, selected } = run;
  const steps = selected.steps.map((step) => step.name);
  events.emit({ kind: "run-started", runId, pipeline: input.pipeline.name, steps });
  let status: "succeeded" | "failed" | "interrupted" = "interrupted";
  try {
    const done = await runSteps(input, run);
    status = done.failure === undefined ? "succeeded" : "failed";
    registry.runs.finish(runId, status, clock.nowMs());
    const record = registry.runs.find(runId);
    if (record === undefined) throw new Error(`run ${runId} is not on record`);
    const position = (step: { readonly step: string }): number => steps.indexOf(step.step);
    const inOrder = record.steps.toSorted((left, right) => position(left) - position(right));
    const complete = steps.length === input.pipeline.file.steps.length;
    return { run: { ...record, steps: inOrder }, ...done, complete };
  } catch (error) {
    status = input.signal.aborted ? "interrupted" : "failed";
    registry.runs.finish(runId, status, clock.nowMs());
    if (!input.signal.aborted) throw error;
    throw new InterruptedError(`run ${runId.slice(0, 8)} was interrupted`, {
      code: "interrupted",
      hint: "the steps that finished are kept; the next mlops run goes on from there",
    });
  } finally {
    events.emit({ kind: "run-finished", status, wallMs: clock.nowMs() - run.startedAtMs });
  }
}

function chooseSteps(pipeline: LoadedPipeline, selection: Selection): SelectedSteps {
  const selected = selectSteps(pipeline.file.steps, selection);
  if (selected.ok) return selected.value;
  throw new UsageError(`${pipeline.name} has no step ${selected.error.name}`, {
    code: "step-unknown",
    hint: selected.error.hint,
  });
}

function resolveParams(
  pipeline: LoadedPipeline,
  given: RunInput["params"],
): Readonly<Record<string, ParamValue>> {
  const known = Object.keys(pipeline.params);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = didYouMean(name, known);
    throw new UsageError(`${pipeline.name} has no parameter ${name}`, {
      code: "param-unknown",
      hint: near ?? `it has: ${known.join(", ") || "none"}`,
    });
  }
  return { ...pipeline.params, ...given };
}
