import { expect, test } from "vitest";
import { openTwinKeeper } from "../../src/app/twin-keeper.ts";
import { type Worker, WorkerError, type Workers } from "../../src/ports/worker.ts";
import { type FakeOperation, fakeWorkers } from "../support/fake-workers.ts";

const START = { python: "python3", workingDirectory: "/project" };

interface Machine {
  /** The processes that packed, in order. */
  readonly packs: readonly string[];
  readonly workers: Workers;
  readonly openCount: () => number;
  /** Of every process. */
  readonly callsOf: (pid: number) => readonly string[];
  readonly limits: readonly (number | undefined)[];
}

/** Processes 4001, 4002… have twins 14001, 14002… where the machine can fork. */
function machine(options: {
  readonly forks?: boolean;
  readonly twinPacks?: FakeOperation;
}): Machine {
  const packs: string[] = [];
  const limits: (number | undefined)[] = [];
  const calls: { readonly pid: number; readonly operation: string }[] = [];
  const twinOf = (worker: Worker): Worker => {
    const pid = worker.pid + 10_000;
    return {
      ...worker,
      pid,
      call: async (operation, header, callOptions = {}) => {
        calls.push({ pid, operation });
        limits.push(callOptions.timeoutMs);
        const reply = (await options.twinPacks?.(header, callOptions)) ?? {};
        if (reply.failure !== undefined) throw new WorkerError(reply.failure);
        if (operation === "pack") packs.push(String(pid));
        return { result: {}, payloads: [] };
      },
    };
  };
  const fake = fakeWorkers({
    prepare: (header) => ({
      result: { isolates: true, twin: options.forks !== false && header["twin"] === true },
    }),
  });
  return {
    packs,
    limits,
    openCount: fake.openCount,
    callsOf: (pid) => calls.filter((call) => call.pid === pid).map(({ operation }) => operation),
    workers: {
      start: async (start) => {
        const worker = await fake.start(start);
        return {
          ...worker,
          call: async (operation, header, callOptions) => {
            const reply = await worker.call(operation, header, callOptions);
            calls.push({ pid: worker.pid, operation });
            if (operation === "pack") packs.push(String(worker.pid));
            return reply;
          },
          ...(start.twin === true ? { twin: twinOf(worker) } : {}),
        };
      },
    },
  };
}

/** A run of one step in as many workers as asked for, all closed; then packing. */
async function runAndPack(made: Machine, count = 1, signal?: AbortSignal): Promise<string> {
  await using keeper = openTwinKeeper(made.workers, 1000);
  for (let at = 0; at < count; at += 1) {
    const worker = await keeper.steps.start(START);
    await worker.call("prepare", {});
    await worker.call("step", {});
    await worker.close();
  }
  const packer = await keeper.packing.start(START);
  try {
    const options = signal === undefined ? {} : { signal };
    await packer.call("pack", {}, options);
    await packer.call("columns", {}, options);
    return "packed";
  } catch (error) {
    if (error instanceof WorkerError) return error.failure.code;
    throw error;
  } finally {
    await packer.close();
  }
}

const failing = (code: string) => () => ({ failure: { code, message: code } });

test.each([
  ["in the twin", {}, ["14001"], "packed"],
  ["in a process of its own where there is no fork", { forks: false }, ["4002"], "packed"],
  [
    "in a process of its own when the twin has died",
    { twinPacks: failing("worker-died") },
    ["4002"],
    "packed",
  ],
  [
    "in a process of its own when the twin does not answer",
    { twinPacks: failing("worker-timeout") },
    ["4002"],
    "packed",
  ],
  [
    "not again when the user's code fails",
    { twinPacks: failing("worker-failed") },
    [],
    "worker-failed",
  ],
  [
    "not again when it was interrupted",
    { twinPacks: failing("worker-interrupted") },
    [],
    "worker-interrupted",
  ],
] as const)("packs %s", async (_, options, packs, outcome) => {
  const made = machine(options);
  expect(await runAndPack(made)).toBe(outcome);
  expect(made.packs).toEqual(packs);
  expect(made.openCount()).toBe(0);
});

test("what comes after a twin was lost goes to the process that took its place", async () => {
  const made = machine({ twinPacks: failing("worker-protocol") });
  await runAndPack(made);
  expect(made.callsOf(14_001)).toEqual(["pack"]);
  expect(made.callsOf(4002)).toEqual(["pack", "columns"]);
});

test("a twin has its limit of time, and no step runs in it", async () => {
  const made = machine({});
  await runAndPack(made, 3);
  expect(made.limits).toEqual([1000, 1000]);
  expect(made.callsOf(14_001)).toEqual(["pack", "columns"]);
  expect(made.callsOf(4001)).toEqual(["prepare", "step"]);
  expect(made.openCount()).toBe(0);
});

test("leaves nothing behind when nothing was packed", async () => {
  const made = machine({});
  {
    await using keeper = openTwinKeeper(made.workers, 1000);
    const worker = await keeper.steps.start(START);
    await worker.call("prepare", {});
    await worker.close();
    expect(made.openCount()).toBe(1);
  }
  expect(made.openCount()).toBe(0);
});
