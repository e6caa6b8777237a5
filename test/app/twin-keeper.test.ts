import { expect, test } from "vitest";
import { openTwinKeeper, type TwinKeeper } from "../../src/app/twin-keeper.ts";
import type { Worker, Workers } from "../../src/ports/worker.ts";
import { fakeWorkers } from "../support/fake-workers.ts";

const START = { python: "python3", workingDirectory: "/project" };

interface Machine {
  readonly workers: Workers;
  readonly openCount: () => number;
  /** What was asked, in order: `4001 step`. Processes 4001, 4002… have twins 14001, 14002… where the machine can fork. */
  readonly calls: readonly string[];
}

function machine(forks: boolean): Machine {
  const calls: string[] = [];
  const fake = fakeWorkers({
    prepare: (header) => ({ result: { isolates: forks, twin: forks && header["twin"] === true } }),
  });
  const recorded = (worker: Worker, pid: number): Worker => ({
    ...worker,
    pid,
    call: async (operation, header, options) => {
      calls.push(`${String(pid)} ${operation}`);
      return worker.call(operation, header, options);
    },
  });
  const start: Workers["start"] = async (options) => {
    const worker = await fake.start(options);
    const twin = { ...recorded(worker, worker.pid + 10_000), close: () => Promise.resolve() };
    return { ...recorded(worker, worker.pid), ...(options.twin === true ? { twin } : {}) };
  };
  return { workers: { start }, openCount: fake.openCount, calls };
}

/** A worker as a run uses it. */
async function runStep(keeper: TwinKeeper): Promise<Worker> {
  const worker = await keeper.steps.start(START);
  await worker.call("prepare", {});
  await worker.call("step", {});
  return worker;
}

test("there is one twin, of the first worker, and it can be taken once", async () => {
  const made = machine(true);
  await using keeper = openTwinKeeper(made.workers);
  expect(keeper.takeTwin()).toBeUndefined();
  for (const worker of [await runStep(keeper), await runStep(keeper)]) await worker.close();
  await keeper.takeTwin()?.call("pack", {});
  expect(keeper.takeTwin()).toBeUndefined();
  expect(made.calls).toEqual([
    "4001 prepare",
    "4001 step",
    "4002 prepare",
    "4002 step",
    "14001 pack",
  ]);
});

test("there is none where processes cannot be copied, and workers are closed as usual", async () => {
  const made = machine(false);
  await using keeper = openTwinKeeper(made.workers);
  const worker = await runStep(keeper);
  expect(keeper.takeTwin()).toBeUndefined();
  await worker.close();
  expect(made.openCount()).toBe(0);
});

test.each([
  ["the run closes its worker first", ["worker", "twin"], [1, 0]],
  ["the twin is closed while the run goes on", ["twin", "worker"], [1, 0]],
])("worker and twin end when both are done: %s", async (_, order, open) => {
  const made = machine(true);
  await using keeper = openTwinKeeper(made.workers);
  const worker = await runStep(keeper);
  const twin = keeper.takeTwin();
  const counts = [];
  for (const which of order) {
    await (which === "twin" ? twin : worker)?.close();
    counts.push(made.openCount());
  }
  expect(counts).toEqual(open);
});

test.each([
  ["nothing was packed", true, false],
  ["packing goes on", true, true],
  ["the run never closed its worker", false, false],
])("nothing stays behind when %s", async (_, closes, takes) => {
  const made = machine(true);
  {
    await using keeper = openTwinKeeper(made.workers);
    const worker = await runStep(keeper);
    if (takes) keeper.takeTwin();
    if (closes) await worker.close();
    expect(made.openCount()).toBe(1);
  }
  expect(made.openCount()).toBe(0);
});
