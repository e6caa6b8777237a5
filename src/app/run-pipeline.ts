/** Executes what changed of a pipeline in one warm Python worker, takes the rest from the store, and records everything. */

import { normalize } from "node:path/posix";
import type { RunId } from "../base/brand.ts";
import { didYouMean } from "../base/did-you-mean.ts";
import { InterruptedError, UsageError } from "../base/errors.ts";
import type { PipelineStep } from "../pipeline/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { Ids } from "../ports/ids.ts";
import type { Registry } from "../ports/registry.ts";
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import type { RunRecord } from "../registry/run-record.ts";
import { stepCodeDigest } from "../run/code-digest.ts";
import { type Decision, decide, renderReason } from "../run/decide.ts";
import type { RunEvent } from "../run/event.ts";
import {
  type FingerprintParts,
  fingerprintOf,
  flattenParts,
  type ParamValue,
} from "../run/fingerprint.ts";
import type { StepManifest } from "../run/schema.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { StepReply, TextEvent } from "./worker-replies-schema.ts";

export interface RunInput {
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  /** Overrides of params.yaml. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Steps to execute whatever their state; `all` for every step. */
  readonly force: "none" | "all";
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface RunPorts {
  readonly files: Files;
  readonly workers: Workers;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly git: Git;
  readonly events: Events<RunEvent>;
  readonly isAlive: (pid: number) => boolean;
  readonly pid: number;
}

/** Where a step raised, in the user's terms. */
export interface StepFailure {
  readonly step: string;
  readonly message: string;
  readonly cell: number | undefined;
  readonly line: number | undefined;
}

export interface RunResult {
  readonly run: RunRecord;
  readonly failure: StepFailure | undefined;
  /** How many steps really ran. */
  readonly executed: number;
}

/** @throws UsageError `param-unknown`; InterruptedError; what the worker cannot start with. */
export async function runPipeline(input: RunInput, ports: RunPorts): Promise<RunResult> {
  const { pipeline } = input;
  ports.registry.runs.markInterrupted(ports.isAlive, ports.clock.nowMs());
  const params = resolveParams(pipeline, input.params);
  const root = normalize(`${pipeline.folder}/${pipeline.file.root}`);
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: ports.files.absolute(root),
    signal: input.signal,
  });
  const startedAtMs = ports.clock.nowMs();
  const runId = ports.ids.runId();
  const git = await ports.git.state(ports.files.absolute("."));
  ports.registry.runs.start({
    id: runId,
    pipeline: pipeline.name,
    revision: ports.registry.pipelines.latestRevision(pipeline.name)?.revision,
    experiment: pipeline.name,
    params,
    gitCommit: git?.commit,
    gitDirty: git?.dirty,
    environmentDigest: worker.hello.environment,
    pid: ports.pid,
    startedAtMs,
  });
  ports.events.emit({
    kind: "run-started",
    runId,
    pipeline: pipeline.name,
    steps: pipeline.file.steps.map((step) => step.name),
  });
  let status: "succeeded" | "failed" | "interrupted" = "interrupted";
  try {
    const done = await runSteps(input, { ...ports, runId, params, root, worker });
    status = done.failure === undefined ? "succeeded" : "failed";
    ports.registry.runs.finish(runId, status, ports.clock.nowMs());
    const run = ports.registry.runs.find(runId);
    if (run === undefined) throw new Error(`run ${runId} is not on record`);
    return { run, ...done };
  } catch (error) {
    status = input.signal.aborted ? "interrupted" : "failed";
    ports.registry.runs.finish(runId, status, ports.clock.nowMs());
    if (input.signal.aborted)
      throw new InterruptedError(`run ${runId.slice(0, 8)} was interrupted`, {
        code: "interrupted",
        hint: "the steps that finished are kept; the next mlops run goes on from there",
      });
    throw error;
  } finally {
    ports.events.emit({ kind: "run-finished", status, wallMs: ports.clock.nowMs() - startedAtMs });
    await worker.close();
  }
}

interface RunState extends RunPorts {
  readonly runId: RunId;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Relative to the project root. */
  readonly root: string;
  readonly worker: Worker;
}

async function runSteps(
  input: RunInput,
  state: RunState,
): Promise<{ readonly failure: StepFailure | undefined; readonly executed: number }> {
  const outputs = new Map<string, string>();
  let random: string = "seed:0";
  let executed = 0;
  for (const step of input.pipeline.file.steps) {
    if (input.signal.aborted) throw new Error("interrupted");
    const parts = partsOf(step, { input, state, outputs, random });
    const decision = await decideStep(step, parts, input, state);
    const because = renderReason(decision.because);
    state.events.emit({ kind: "step-decided", step: step.name, decision: decision.kind, because });
    const startedAtMs = state.clock.nowMs();
    const record = {
      step: step.name,
      fingerprint: fingerprintOf(parts),
      fingerprintParts: flattenParts(parts),
      decision: decision.kind,
      because,
      startedAtMs,
    };
    const result = await perform(step, decision, input, state);
    const endedAtMs = state.clock.nowMs();
    if (decision.kind === "execute") executed += 1;
    if ("failure" in result) {
      state.registry.runs.addStep(state.runId, {
        ...record,
        status: "failed",
        manifest: undefined,
        error: result.failure.message,
        endedAtMs,
      });
      state.events.emit({ kind: "step-failed", ...result.failure });
      return { failure: result.failure, executed };
    }
    const { manifest } = result;
    state.registry.runs.addStep(state.runId, {
      ...record,
      status: "succeeded",
      manifest,
      error: undefined,
      endedAtMs,
    });
    for (const [name, output] of Object.entries(manifest.outputs)) outputs.set(name, output.digest);
    if (step.random === "global") random = manifest.random.after ?? random;
    state.events.emit({
      kind: "step-finished",
      step: step.name,
      decision: decision.kind,
      wallMs: endedAtMs - startedAtMs,
      metrics: manifest.metrics,
      outputs: Object.entries(manifest.outputs).map(([name, output]) => ({
        name,
        bytes: output.bytes,
      })),
    });
  }
  return { failure: undefined, executed };
}

function partsOf(
  step: PipelineStep,
  at: {
    readonly input: RunInput;
    readonly state: RunState;
    readonly outputs: ReadonlyMap<string, string>;
    readonly random: string;
  },
): FingerprintParts {
  const { pipeline } = at.input;
  return {
    code: stepCodeDigest(pipeline.code, moduleOf(step), pipeline.file.steps.map(moduleOf)),
    params: Object.fromEntries(step.params.map((name) => [name, at.state.params[name] ?? null])),
    inputs: Object.fromEntries(
      step.inputs.map((name) => [name, at.outputs.get(name) ?? "missing"]),
    ),
    environment: at.state.worker.hello.environment,
    random: step.random === "global" ? at.random : "none",
  };
}

function moduleOf(step: PipelineStep): string {
  return step.name.replaceAll("-", "_");
}

async function decideStep(
  step: PipelineStep,
  parts: FingerprintParts,
  input: RunInput,
  state: RunState,
): Promise<Decision> {
  const same = state.registry.runs.findStep(
    input.pipeline.name,
    step.name,
    fingerprintOf(parts),
  )?.manifest;
  const fileDigests = new Map<string, string | undefined>();
  const missingOutputs: string[] = [];
  if (same !== undefined) {
    const paths = new Set([...Object.keys(same.filesRead), ...Object.keys(same.files)]);
    for (const path of paths)
      fileDigests.set(path, await state.files.digest(`${state.root}/${path}`));
    for (const [name, output] of Object.entries(same.outputs))
      if (!(await state.artifacts.has(output.digest))) missingOutputs.push(name);
  }
  const last = state.registry.runs.lastStep(input.pipeline.name, step.name);
  return decide({
    parts: flattenParts(parts),
    same,
    lastParts: last?.fingerprintParts,
    fileDigests,
    missingOutputs,
    force: input.force === "all",
  });
}

async function perform(
  step: PipelineStep,
  decision: Decision,
  input: RunInput,
  state: RunState,
): Promise<{ readonly manifest: StepManifest } | { readonly failure: StepFailure }> {
  if (decision.kind !== "execute") {
    const { manifest } = decision;
    if (decision.kind === "restore") {
      for (const path of decision.files) {
        const digest = manifest.files[path];
        if (
          digest !== undefined &&
          (await state.artifacts.copyTo(digest, state.files.absolute(`${state.root}/${path}`)))
        )
          continue;
        // The bytes are gone too: only the step itself can make the file again.
        return perform(
          step,
          { kind: "execute", because: { kind: "file-gone", path } },
          input,
          state,
        );
      }
    }
    await state.artifacts.writeManifest(state.runId, step.name, manifest);
    return { manifest };
  }
  try {
    const reply = await state.worker.call(
      "step",
      {
        package: state.files.absolute(input.pipeline.folder),
        step: step.name,
        store: state.artifacts.root,
        run: state.runId,
        params: Object.fromEntries(step.params.map((name) => [name, state.params[name] ?? null])),
      },
      {
        timeoutMs: input.stepTimeoutMs,
        signal: input.signal,
        onEvent: (event) => {
          const { data, success } = TextEvent.safeParse(event);
          if (!success) return;
          const { stream, text } = data;
          state.events.emit({ kind: "step-text", step: step.name, stream, text });
        },
      },
    );
    return StepReply.parse(reply.result);
  } catch (error) {
    if (!(error instanceof WorkerError) || input.signal.aborted) throw error;
    const { message, cell, line } = error.failure;
    return { failure: { step: step.name, message, cell, line } };
  }
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
