/** One step in one worker, as often as its limits allow. */
import { hasSeveralFiles } from "../notebook/notebook-parts.ts";
import type { PipelineStep } from "../pipeline/schema.ts";
import { type Worker, WorkerError, type WorkerFailure } from "../ports/worker.ts";
import { decideRetry, type FailedAttempt } from "../run/retry.ts";
import type { StepManifest } from "../run/schema.ts";
import { type LeftBefore, paramsOf } from "./decide-step.ts";
import { missingModule } from "./missing-module.ts";
import type { RunInput, StartedRun, StepFailure } from "./started-run.ts";
import { StepReply, TextEvent } from "./worker-replies-schema.ts";

/** What came of it. `attempts` counts the last one. */
export type Executed =
  | { readonly kind: "made"; readonly manifest: StepManifest; readonly attempts: number }
  | { readonly kind: "failed"; readonly failure: StepFailure };

export interface Execution {
  readonly step: PipelineStep;
  readonly before: LeftBefore;
  /** Whether it is known that the step writes no file. */
  readonly writesNothing: boolean;
  readonly takeWorker: () => Promise<Worker>;
}

/** @throws what is no failure of the step: interruption, a worker that cannot start, EnvironmentError `module-missing`. */
export async function executeStep(
  execution: Execution,
  input: RunInput,
  run: StartedRun,
): Promise<Executed> {
  const { step } = execution;
  const retries = input.limits.retries ?? step.resources?.retries ?? 0;
  for (let attempts = 1; ; attempts += 1) {
    const worker = await execution.takeWorker();
    try {
      const manifest = await callStep(worker, execution, input, run);
      await run.pool.giveBack(worker, "warm");
      return { kind: "made", manifest, attempts };
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      const failure = inWords(error.failure, limitMsOf(step, input));
      const how = howItEnded(failure);
      await run.pool.giveBack(worker, how === "lost" ? "lost" : "warm");
      if (input.signal.aborted) throw error;
      const lacks = missingModule(failure, { ...input.pipeline, python: input.python });
      if (lacks !== undefined) throw lacks;
      const failed = { how, wrote: whatItWrote(failure, how, execution.writesNothing) };
      const decision = decideRetry(failed, attempts, retries);
      if (decision.kind === "stop") {
        const { message, cell, line, notebook } = failure;
        const isNamed = hasSeveralFiles(input.pipeline.file) && notebook !== undefined;
        const notRetried = decision.because;
        return {
          kind: "failed",
          failure: {
            step: step.name,
            message,
            cell,
            line,
            ...(isNamed ? { notebook } : {}),
            attempts,
            notRetried,
          },
        };
      }
      run.events.emit({
        kind: "step-retried",
        step: step.name,
        attempt: attempts + 1,
        of: retries + 1,
        because: failure.message,
      });
    }
  }
}

async function callStep(
  worker: Worker,
  { step, before }: Execution,
  input: RunInput,
  run: StartedRun,
): Promise<StepManifest> {
  const reply = await worker.call(
    "step",
    {
      package: run.files.absolute(input.pipeline.folder),
      step: step.name,
      store: run.artifacts.root,
      run: run.runId,
      params: paramsOf(step, run.params),
      inputs: Object.fromEntries(
        step.inputs.map((name) => {
          const output = before.outputs.get(name);
          return [name, output && { digest: output.digest, codec: output.codec }];
        }),
      ),
      ...(before.random.startsWith("sha256:") ? { randomBefore: before.random } : {}),
    },
    {
      timeoutMs: limitMsOf(step, input),
      signal: input.signal,
      onEvent: (event) => {
        const { data, success } = TextEvent.safeParse(event);
        if (!success) return;
        const { stream, text } = data;
        run.events.emit({ kind: "step-text", step: step.name, stream, text });
      },
    },
  );
  return StepReply.parse(reply.result).manifest;
}

function limitMsOf(step: PipelineStep, { limits }: RunInput): number {
  const own = step.resources?.timeout;
  return limits.timeoutMs ?? (own === undefined ? limits.defaultTimeoutMs : own * 1000);
}

/** The worker speaks of operations and milliseconds, people of steps and seconds. */
function inWords(failure: WorkerFailure, limitMs: number): WorkerFailure {
  if (failure.code !== "worker-timeout") return failure;
  return {
    ...failure,
    message: `it did not finish within its limit of ${String(limitMs / 1000)} s, so it was ended`,
  };
}

function howItEnded(failure: WorkerFailure): FailedAttempt["how"] {
  if (failure.code === "step-failed") return "raised";
  return ["worker-died", "worker-timeout", "worker-interrupted", "worker-protocol"].includes(
    failure.code,
  )
    ? "lost"
    : "refused";
}

/** A step that raised says it itself; of one whose process is gone, only what is known beforehand counts. */
function whatItWrote(
  failure: WorkerFailure,
  how: FailedAttempt["how"],
  writesNothing: boolean,
): FailedAttempt["wrote"] {
  if (how === "lost") return writesNothing ? "nothing" : "unknown";
  switch (failure.wrote) {
    case "nothing":
    case "whole-files":
    case "something":
      return failure.wrote;
    default:
      return "unknown";
  }
}
