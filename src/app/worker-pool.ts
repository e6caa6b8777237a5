/**
 * The Python workers of a run. None is started before it is needed; the first one costs the imports of the pipeline's
 * libraries, and so does each further one. Therefore a step that could run beside another waits first, as long as a
 * worker takes to start: whatever the steps turn out to need, that is at most twice the time of the better choice.
 */
import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Interpreters } from "../ports/interpreters.ts";
import type { Worker, Workers } from "../ports/worker.ts";

export interface WorkerPoolOptions {
  readonly python: string;
  /** Absolute, as the others. */
  readonly workingDirectory: string;
  /** Folder of the pipeline, imported ahead of the first step. */
  readonly package: string;
  /** Workers at most, at least 1. */
  readonly size: number;
  /** For the import. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WorkerPool {
  /** Digest of interpreter and packages: remembered, else from a worker. */
  readonly environment: () => Promise<Sha256>;
  /** A warm worker, when one is idle. */
  readonly takeIdle: () => Worker | undefined;
  /** How long a step is to wait for an idle worker before another one is started; `undefined` when there may be no more. */
  readonly patienceMs: () => number | undefined;
  /** Another worker. */
  readonly start: () => Promise<Worker>;
  /** One whose call failed with it is not warm any more: it is closed. */
  readonly giveBack: (worker: Worker, state: "warm" | "lost") => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Close it whatever happens. */
export function openWorkerPool(
  options: WorkerPoolOptions,
  ports: {
    readonly workers: Workers;
    readonly interpreters: Interpreters;
    readonly clock: Clock;
  },
): WorkerPool {
  const { python, signal } = options;
  const idle: Worker[] = [];
  const open = new Set<Worker>();
  let starting = 0;
  let startCostMs = 0;
  let expected: Sha256 | undefined;

  const start = async (): Promise<Worker> => {
    starting += 1;
    const startedAtMs = ports.clock.nowMs();
    try {
      const worker = await ports.workers.start({
        python,
        workingDirectory: options.workingDirectory,
        signal,
      });
      open.add(worker);
      const { environment, searched } = worker.hello;
      if (expected !== undefined && environment !== expected) throw environmentChanged(python);
      if (expected === undefined)
        await ports.interpreters.keepEnvironment(python, { environment, searched }, startedAtMs);
      expected = environment;
      // A package that cannot be imported in time is told by the step that needs it, with the place.
      await worker
        .call("prepare", { package: options.package }, { signal, timeoutMs: options.timeoutMs })
        .catch(() => undefined);
      startCostMs = Math.max(startCostMs, ports.clock.nowMs() - startedAtMs);
      return worker;
    } finally {
      starting -= 1;
    }
  };
  const shut = async (worker: Worker): Promise<void> => {
    open.delete(worker);
    await worker.close();
  };

  return {
    environment: async () => {
      expected ??= await ports.interpreters.environment(python);
      if (expected !== undefined) return expected;
      const worker = await start();
      idle.push(worker);
      return worker.hello.environment;
    },
    takeIdle: () => idle.pop(),
    patienceMs: () => {
      const count = open.size + starting;
      if (count >= options.size) return undefined;
      return count === 0 ? 0 : startCostMs;
    },
    start,
    giveBack: async (worker, state) => {
      if (state === "warm") idle.push(worker);
      else await shut(worker);
    },
    close: async () => {
      await Promise.all([...open].map(shut));
    },
  };
}

/** The fingerprints of this run speak of packages that are not there any more. */
function environmentChanged(python: string): ConflictError {
  return new ConflictError(`The packages of ${python} were changed while the run was going on.`, {
    code: "environment-changed",
    hint: "wait until the installation is done, then run it again; the steps that finished are kept",
  });
}
