/**
 * Takes the steps of a run through `run/schedule.ts`: decides each when all that it waits for is there, executes what has
 * to be, and records each as soon as it is done, so that a run that is killed loses only the steps that were running.
 *
 * A step that turns out to have written files while another one ran, which nobody foresaw, proves nothing about either:
 * what they made is dropped and both run again, each alone.
 */

import { normalize } from "node:path/posix";
import { ConflictError } from "../base/errors.ts";
import type { PipelineStep } from "../pipeline/schema.ts";
import type { Worker } from "../ports/worker.ts";
import type { FinishedStep } from "../registry/run-record.ts";
import { type Decision, renderReason } from "../run/decide.ts";
import { fingerprintOf, flattenParts } from "../run/fingerprint.ts";
import {
  keepApart,
  orderSteps,
  type StepFacts,
  type StepOrder,
  startableSteps,
} from "../run/schedule.ts";
import type { StepManifest } from "../run/schema.ts";
import { type Configured, decideStep, factsOf, partsOf } from "./decide-step.ts";
import type { Executed, Execution } from "./execute-step.ts";
import type { StoredOutput } from "./pack-input.ts";
import type { RunInput, StartedRun, StepFailure } from "./started-run.ts";
import { isInProject } from "./work-folder.ts";

/** What the caller reports. */
export interface StepsDone {
  readonly failure: StepFailure | undefined;
  readonly executed: number;
}

/** A step that was decided and is not recorded yet. */
interface DecidedStep {
  readonly step: PipelineStep;
  readonly decision: Decision;
  readonly record: Pick<
    FinishedStep,
    "step" | "fingerprint" | "fingerprintParts" | "decision" | "because" | "startedAtMs"
  >;
}

interface RunningStep {
  readonly decided: DecidedStep;
  readonly ended: Promise<{ readonly name: string; readonly result: Executed }>;
  /** Steps that ran at any moment of it. */
  readonly beside: Set<string>;
}

interface State {
  readonly input: RunInput;
  readonly run: StartedRun;
  readonly configured: Configured;
  readonly outputs: Map<string, StoredOutput>;
  readonly manifests: Map<string, StepManifest>;
  random: string;
  readonly finished: Set<string>;
  readonly running: Map<string, RunningStep>;
  /** Decided to be executed, waiting for a worker. */
  readonly waiting: Map<string, { readonly decided: DecidedStep; readonly sinceMs: number }>;
  /** Done without executing, not on record yet: they are written together. */
  readonly unrecorded: FinishedStep[];
  /** Found to disturb others. */
  readonly alone: Set<string>;
  facts: ReadonlyMap<string, StepFacts>;
  failure: StepFailure | undefined;
  executed: number;
}

/** @throws ConflictError `step-not-current` when `--only` forbids to execute what is not current; what `executeStep` throws. */
export async function runSteps(input: RunInput, run: StartedRun): Promise<StepsDone> {
  const state: State = {
    input,
    run,
    configured: {
      pipeline: input.pipeline,
      params: run.params,
      environment: run.environment,
      settings: input.settings,
    },
    outputs: new Map(),
    manifests: new Map(),
    random: "seed:0",
    finished: new Set(),
    running: new Map(),
    waiting: new Map(),
    unrecorded: [],
    alone: new Set(),
    facts: new Map(),
    failure: undefined,
    executed: 0,
  };
  try {
    await takeWhatIsCurrent(state);
    const order = await orderOf(state);
    for (;;) {
      if (input.signal.aborted) throw new Error("interrupted");
      if (state.failure === undefined) await startWhatCan(order, state);
      record(state);
      if (state.running.size === 0 && (state.waiting.size === 0 || state.failure !== undefined))
        break;
      await nextEnd(state);
    }
  } catch (error) {
    // The workers are closed by the caller; nobody else may have to hear of the calls that end with them.
    for (const { ended } of state.running.values()) ended.catch(() => undefined);
    throw error;
  } finally {
    record(state);
  }
  return { failure: state.failure, executed: state.executed };
}

/** In the pipeline's order up to the first step that must be executed: in a run that changes nothing, all there is to do. */
async function takeWhatIsCurrent(state: State): Promise<void> {
  for (const step of state.run.selected.steps) {
    const decided = await decideOne(step, state);
    if (decided.decision.kind === "execute") {
      state.waiting.set(step.name, { decided, sinceMs: state.run.clock.nowMs() });
      return;
    }
    await take(decided, state);
  }
}

async function orderOf(state: State): Promise<StepOrder> {
  const { steps } = state.run.selected;
  if (state.input.jobs === 1 || state.finished.size === steps.length)
    return new Map(
      steps.map((step, at) => [step.name, new Set(steps.slice(0, at).map(({ name }) => name))]),
    );
  const facts = await factsOf(steps, state.configured, state.run);
  state.facts = new Map(facts.map((each) => [each.name, each]));
  return orderSteps(facts);
}

async function startWhatCan(order: StepOrder, state: State): Promise<void> {
  const { run, input } = state;
  for (;;) {
    const progress = { finished: state.finished, running: new Set(state.running.keys()) };
    const names = startableSteps(keepApart(order, state.alone), progress, state.alone);
    let hasTaken = false;
    for (const step of run.selected.steps) {
      if (!names.includes(step.name) || state.waiting.has(step.name)) continue;
      const decided = await decideOne(step, state);
      if (decided.decision.kind === "execute")
        state.waiting.set(step.name, { decided, sinceMs: run.clock.nowMs() });
      else {
        await take(decided, state);
        hasTaken = true;
      }
    }
    // What was taken may be all that others waited for.
    if (!hasTaken) break;
  }
  const order_ = keepApart(order, state.alone);
  for (const [name, { decided, sinceMs }] of [...state.waiting].sort(
    byPosition(run.selected.steps),
  )) {
    if (state.running.size >= input.jobs) return;
    const progress = { finished: state.finished, running: new Set(state.running.keys()) };
    if (!startableSteps(order_, progress, state.alone).includes(name)) continue;
    const idle = run.pool.takeIdle();
    const patience = run.pool.patienceMs();
    if (idle === undefined && (patience === undefined || run.clock.nowMs() - sinceMs < patience))
      continue;
    state.waiting.delete(name);
    start(decided, idle, state);
  }
}

function byPosition(
  steps: readonly PipelineStep[],
): (left: readonly [string, unknown], right: readonly [string, unknown]) => number {
  const names = steps.map((step) => step.name);
  return ([left], [right]) => names.indexOf(left) - names.indexOf(right);
}

function start(decided: DecidedStep, idle: Worker | undefined, state: State): void {
  const { run, input } = state;
  const { name } = decided.step;
  const { decision, because } = decided.record;
  record(state);
  run.events.emit({ kind: "step-decided", step: name, decision, because });
  const beside = new Set(state.running.keys());
  for (const other of state.running.values()) other.beside.add(name);
  let first = idle;
  const execution = {
    step: decided.step,
    before: { outputs: new Map(state.outputs), random: state.random },
    writesNothing: state.facts.get(name)?.writes === "nothing",
    takeWorker: async () => {
      const worker = first ?? run.pool.takeIdle() ?? (await run.pool.start());
      first = undefined;
      return worker;
    },
  };
  const ended = carryOutStep(execution, input, run).then((result) => ({ name, result }));
  state.running.set(name, {
    decided: { ...decided, record: { ...decided.record, startedAtMs: run.clock.nowMs() } },
    ended,
    beside,
  });
}

/** What talks to workers is loaded when there is a step to execute: most runs during a day of work have none. */
async function carryOutStep(
  execution: Execution,
  input: RunInput,
  run: StartedRun,
): Promise<Executed> {
  const { executeStep } = await import("./execute-step.ts");
  return executeStep(execution, input, run);
}

/** Waits for the next step that ends, or until one that waits for a worker has waited long enough. */
async function nextEnd(state: State): Promise<void> {
  const patience = state.waiting.size > 0 ? state.run.pool.patienceMs() : undefined;
  const ends = [...state.running.values()].map(({ ended }) => ended);
  const waking = new AbortController();
  const isWaiting = patience !== undefined && state.running.size < state.input.jobs;
  const wake = isWaiting ? [state.run.clock.sleep(Math.max(patience, 1), waking.signal)] : [];
  const next = await Promise.race([...ends, ...wake]);
  waking.abort();
  if (next === undefined) return;
  const running = state.running.get(next.name);
  if (running === undefined) return;
  state.running.delete(next.name);
  settle(running, next.result, state);
}

function settle({ decided, beside }: RunningStep, result: Executed, state: State): void {
  const { run } = state;
  const { step } = decided;
  const endedAtMs = run.clock.nowMs();
  if (result.kind === "failed") {
    const { failure } = result;
    state.failure ??= failure;
    state.executed += 1;
    state.unrecorded.push({
      ...decided.record,
      status: "failed",
      manifest: undefined,
      error: failure.message,
      attempts: failure.attempts,
      endedAtMs,
    });
    run.events.emit({
      kind: "step-failed",
      step: step.name,
      message: failure.message,
      cell: failure.cell,
      line: failure.line,
    });
    return;
  }
  const { files, filesOutside } = result.manifest;
  const written = Object.keys({ ...files, ...filesOutside });
  const wroteBeside = written.length > 0 && beside.size > 0;
  if (wroteBeside || [...beside].some((other) => state.alone.has(other))) {
    state.alone.add(step.name);
    for (const other of beside) if (state.running.has(other)) state.alone.add(other);
    const because = "files were written while other steps ran, so it runs again, alone";
    run.events.emit({ kind: "step-set-back", step: step.name, because });
    return;
  }
  accept(decided, result.manifest, { attempts: result.attempts, endedAtMs }, state);
}

async function decideOne(step: PipelineStep, state: State): Promise<DecidedStep> {
  const { run, input } = state;
  if (input.signal.aborted) throw new Error("interrupted");
  const startedAtMs = run.clock.nowMs();
  const parts = await partsOf(step, state.configured, state, run);
  const decision = await restoreFiles(
    await decideStep(step, parts, {
      ...run,
      pipeline: input.pipeline,
      force: run.selected.forced.has(step.name),
      mayExecute: run.selected.mayExecute.has(step.name),
    }),
    run,
  );
  const because = renderReason(decision.because);
  if (decision.kind === "execute" && !run.selected.mayExecute.has(step.name))
    throw notCurrent(step.name, because, input);
  return {
    step,
    decision,
    record: {
      step: step.name,
      fingerprint: fingerprintOf(parts),
      fingerprintParts: flattenParts(parts),
      decision: decision.kind,
      because,
      startedAtMs,
    },
  };
}

/** Puts files back; where their bytes are gone too, only the step itself can make them again. */
async function restoreFiles(decision: Decision, run: StartedRun): Promise<Decision> {
  if (decision.kind !== "restore") return decision;
  for (const path of decision.files) {
    const digest = decision.manifest.files[path];
    const target = normalize(`${run.root}/${path}`);
    // Nothing outside the project is changed without the step's own code.
    const may = digest !== undefined && isInProject(target);
    if (!may || !(await run.artifacts.copyTo(digest, run.files.absolute(target))))
      return { kind: "execute", because: { kind: "file-gone", path } };
  }
  return decision;
}

async function take(decided: DecidedStep, state: State): Promise<void> {
  const { decision, step, record: started } = decided;
  if (decision.kind === "execute") throw new Error(`${step.name} has to be executed`);
  const { events, clock } = state.run;
  events.emit({
    kind: "step-decided",
    step: step.name,
    decision: decision.kind,
    because: started.because,
  });
  accept(decided, decision.manifest, { attempts: 1, endedAtMs: clock.nowMs() }, state);
}

function accept(
  { step, decision, record: started }: DecidedStep,
  manifest: StepManifest,
  end: { readonly attempts: number; readonly endedAtMs: number },
  state: State,
): void {
  state.unrecorded.push({ ...started, status: "succeeded", manifest, error: undefined, ...end });
  state.finished.add(step.name);
  if (decision.kind === "execute") state.executed += 1;
  for (const [name, { digest, codec, bytes }] of Object.entries(manifest.outputs))
    state.outputs.set(name, { digest, codec, bytes });
  state.manifests.set(step.name, manifest);
  state.input.onStored?.(state);
  if (step.random === "global") state.random = manifest.random.after ?? state.random;
  state.run.events.emit({
    kind: "step-finished",
    step: step.name,
    decision: decision.kind,
    wallMs: end.endedAtMs - started.startedAtMs,
    metrics: manifest.metrics,
    outputs: Object.entries(manifest.outputs).map(([name, { bytes }]) => ({ name, bytes })),
  });
}

function record(state: State): void {
  state.run.registry.runs.addSteps(state.run.runId, state.unrecorded.splice(0));
}

function notCurrent(step: string, because: string, input: RunInput): ConflictError {
  const { only } = input.selection;
  return new ConflictError(
    `${only.join(", ")} needs ${step}, which would have to run first: ${because}.`,
    {
      code: "step-not-current",
      hint: `add --only ${step}, or leave --only out`,
    },
  );
}
