/**
 * Where every step of a run stands, made of its events one by one. Knows nothing of terminals; time comes with each event.
 *
 *   waiting ──► running ──► done | failed            a step that is set back runs again: running ──► waiting
 *      └──────► restored | unchanged                 running ──► stopped, when the run is interrupted
 */
import type { Decision } from "./decide.ts";
import type { RunEvent } from "./event.ts";

export type StepState =
  | "waiting"
  | "running"
  | "restored"
  | "unchanged"
  | "done"
  | "failed"
  | "stopped";

export interface StepProgress {
  readonly name: string;
  readonly state: StepState;
  /** When it was started; `undefined` unless it runs. */
  readonly sinceMs: number | undefined;
  /** How long it took; `undefined` until an executed step has ended. */
  readonly tookMs: number | undefined;
  /** Why it is in this state; empty when there is nothing to say. */
  readonly reason: string;
}

export interface RunProgress {
  readonly runId: string;
  readonly pipeline: string;
  readonly startedAtMs: number;
  /** In the pipeline's order. */
  readonly steps: readonly StepProgress[];
}

/** The run after this event; the same run for events that say nothing about it, `undefined` before it starts. */
export function progressAfter(
  progress: RunProgress | undefined,
  event: RunEvent,
  nowMs: number,
): RunProgress | undefined {
  if (event.kind === "run-started") return startOf(event, nowMs);
  if (progress === undefined) return undefined;
  if (event.kind === "run-finished")
    return { ...progress, steps: progress.steps.map((step) => endOf(step, nowMs)) };
  const steps = progress.steps.map((step) =>
    step.name === event.step ? stepAfter(step, event, nowMs) : step,
  );
  return { ...progress, steps };
}

function startOf(event: Extract<RunEvent, { kind: "run-started" }>, nowMs: number): RunProgress {
  const { runId, pipeline } = event;
  const steps = event.steps.map((name) => ({
    name,
    state: "waiting" as const,
    sinceMs: undefined,
    tookMs: undefined,
    reason: "",
  }));
  return { runId, pipeline, startedAtMs: nowMs, steps };
}

/** A step that was running when the run ended never will end. */
function endOf(step: StepProgress, nowMs: number): StepProgress {
  if (step.state !== "running") return step;
  return { ...step, state: "stopped", sinceMs: undefined, tookMs: tookOf(step, nowMs) };
}

function stepAfter(
  step: StepProgress,
  event: Exclude<RunEvent, { kind: "run-started" | "run-finished" }>,
  nowMs: number,
): StepProgress {
  switch (event.kind) {
    case "step-decided":
      return event.decision === "execute"
        ? { ...step, state: "running", sinceMs: nowMs, reason: event.because }
        : { ...step, state: TAKEN[event.decision], reason: event.because };
    case "step-retried": {
      const attempt = `attempt ${String(event.attempt)} of ${String(event.of)}`;
      return { ...step, sinceMs: nowMs, reason: `${attempt}, after: ${event.because}` };
    }
    case "step-set-back":
      return { ...step, state: "waiting", sinceMs: undefined, reason: event.because };
    case "step-finished":
      return event.decision === "execute"
        ? { ...step, state: "done", sinceMs: undefined, tookMs: event.wallMs }
        : { ...step, state: TAKEN[event.decision] };
    case "step-failed":
      return {
        ...step,
        state: "failed",
        sinceMs: undefined,
        tookMs: tookOf(step, nowMs),
        reason: event.message,
      };
    case "step-text":
      return step;
  }
}

function tookOf(step: StepProgress, nowMs: number): number | undefined {
  return step.sinceMs === undefined ? undefined : nowMs - step.sinceMs;
}

const TAKEN: Readonly<Record<Exclude<Decision["kind"], "execute">, StepState>> = {
  restore: "restored",
  fresh: "unchanged",
};
