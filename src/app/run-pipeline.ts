/** Executes what changed of a pipeline in warm Python workers, takes the rest from the store, and records everything. */
import { normalize } from "node:path/posix";
import { didYouMean } from "../base/did-you-mean.ts";
import { InterruptedError, UsageError } from "../base/errors.ts";
import type { ParamValue } from "../run/fingerprint.ts";
import { type SelectedSteps, type Selection, selectSteps } from "../run/select-steps.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { runSteps } from "./run-steps.ts";
import type { RunInput, RunPorts, RunResult, StartedRun } from "./started-run.ts";
import { openWorkerPool } from "./worker-pool.ts";

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

async function carryOut(input: RunInput, run: StartedRun): Promise<RunResult> {
  const { runId, registry, clock, events, selected } = run;
  const steps = selected.steps.map((step) => step.name);
  events.emit({ kind: "run-started", runId, pipeline: input.pipeline.name, steps });
  let status: "succeeded" | "failed" | "interrupted" = "interrupted";
  let isOnRecord = false;
  try {
    const done = await runSteps(input, run);
    status = done.failure === undefined ? "succeeded" : "failed";
    registry.runs.finish(runId, status, clock.nowMs());
    isOnRecord = true;
    const record = registry.runs.find(runId);
    if (record === undefined) throw new Error(`run ${runId} is not on record`);
    const position = (step: { readonly step: string }): number => steps.indexOf(step.step);
    const inOrder = record.steps.toSorted((left, right) => position(left) - position(right));
    const complete = steps.length === input.pipeline.file.steps.length;
    return { run: { ...record, steps: inOrder }, ...done, complete };
  } catch (error) {
    if (isOnRecord) throw error;
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
