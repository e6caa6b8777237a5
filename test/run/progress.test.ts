import { expect, test } from "vitest";
import type { RunEvent } from "../../src/run/event.ts";
import { progressAfter, type RunProgress } from "../../src/run/progress.ts";

const started: RunEvent = {
  kind: "run-started",
  runId: "3f2a91bc00000000",
  pipeline: "churn",
  steps: ["load", "train"],
};
const decided = (step: string, decision: "execute" | "restore" | "fresh"): RunEvent => ({
  kind: "step-decided",
  step,
  decision,
  because: "its code changed",
});
const finished = (step: string, decision: "execute" | "restore" | "fresh"): RunEvent => ({
  kind: "step-finished",
  step,
  decision,
  wallMs: 40,
  metrics: [],
  outputs: [],
});
const failed: RunEvent = {
  kind: "step-failed",
  step: "train",
  message: "ValueError: no rows",
  cell: 4,
  line: 2,
};

/** Events come at 0, 100, 200… ms. */
function progressOf(events: readonly RunEvent[]): RunProgress | undefined {
  let progress: RunProgress | undefined;
  for (const [at, event] of events.entries()) progress = progressAfter(progress, event, at * 100);
  return progress;
}

test.each([
  {
    name: "waits until it is decided",
    events: [],
    is: "waiting",
    since: undefined,
    took: undefined,
  },
  {
    name: "runs since it was decided",
    events: [decided("train", "execute")],
    is: "running",
    since: 100,
    took: undefined,
  },
  {
    name: "is done after the time it says",
    events: [decided("train", "execute"), finished("train", "execute")],
    is: "done",
    since: undefined,
    took: 40,
  },
  {
    name: "is restored without a time",
    events: [decided("train", "restore"), finished("train", "restore")],
    is: "restored",
    since: undefined,
    took: undefined,
  },
  {
    name: "is unchanged",
    events: [decided("train", "fresh"), finished("train", "fresh")],
    is: "unchanged",
    since: undefined,
    took: undefined,
  },
  {
    name: "fails after the time since it started",
    events: [decided("train", "execute"), failed],
    is: "failed",
    since: undefined,
    took: 100,
  },
  {
    name: "waits again when it was set back",
    events: [
      decided("train", "execute"),
      { kind: "step-set-back", step: "train", because: "files were written" } as const,
    ],
    is: "waiting",
    since: undefined,
    took: undefined,
  },
  {
    name: "begins anew when it is retried",
    events: [
      decided("train", "execute"),
      { kind: "step-retried", step: "train", attempt: 2, of: 3, because: "it died" } as const,
    ],
    is: "running",
    since: 200,
    took: undefined,
  },
  {
    name: "is stopped with the run",
    events: [
      decided("train", "execute"),
      { kind: "run-finished", status: "interrupted", wallMs: 200 } as const,
    ],
    is: "stopped",
    since: undefined,
    took: 100,
  },
])("a step $name", ({ events, is, since, took }) => {
  const progress = progressOf([started, ...events]);
  expect(progress?.steps[1]).toMatchObject({ name: "train", state: is });
  expect(progress?.steps[1]?.sinceMs).toBe(since);
  expect(progress?.steps[1]?.tookMs).toBe(took);
  expect(progress?.steps[0]?.state).toBe("waiting");
});

test("says with which attempt it goes on, and why", () => {
  const retried = {
    kind: "step-retried",
    step: "load",
    attempt: 2,
    of: 3,
    because: "it died",
  } as const;
  expect(progressOf([started, decided("load", "execute"), retried])?.steps[0]?.reason).toBe(
    "attempt 2 of 3, after: it died",
  );
});

test("knows nothing before a run starts", () => {
  expect(progressOf([decided("load", "execute")])).toBeUndefined();
});
