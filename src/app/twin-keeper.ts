/**
 * Keeps a twin of the first worker of a run, as it was before its first step, for packing the model afterwards: to import
 * the same libraries in another process takes longer than most models take to fit.
 *
 * Invariant: packing works without a twin, too. Where there is none (no `fork`, the worker was lost, the twin itself
 * fails), a process of its own does what the twin was to do. A failure of the user's code is not tried again.
 */
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import { PrepareReply } from "./worker-replies-schema.ts";

export interface TwinKeeper extends AsyncDisposable {
  /** For the steps. The worker that has the twin stays, idle, when it is closed. */
  readonly steps: Workers;
  /** For what must not see a step's process. Each is to be closed; one at a time. */
  readonly packing: Workers;
}

/** @param limitMs For one call to a twin, which a library that does not stand being copied may keep waiting. */
export function openTwinKeeper(workers: Workers, limitMs: number): TwinKeeper {
  let kept: { readonly worker: Worker; readonly twin: Worker } | undefined;
  let isEnding = false;

  const letGo = async (): Promise<void> => {
    const last = kept;
    kept = undefined;
    await last?.worker.close();
  };

  return {
    steps: {
      start: async (options) => {
        if (kept !== undefined) return workers.start(options);
        const worker = await workers.start({ ...options, twin: true });
        const { twin } = worker;
        if (twin === undefined) return worker;
        return {
          ...worker,
          call: async (operation, header, callOptions) => {
            if (operation !== "prepare") return worker.call(operation, header, callOptions);
            const wish = { ...header, twin: kept === undefined };
            const reply = await worker.call(operation, wish, callOptions);
            if (PrepareReply.parse(reply.result).twin === true) kept = { worker, twin };
            return reply;
          },
          close: async () => {
            if (kept?.worker !== worker || isEnding) await worker.close();
          },
        };
      },
    },
    packing: {
      start: async (options) => {
        const twin = kept?.twin;
        if (twin === undefined) return workers.start(options);
        let current = twin;
        return {
          pid: twin.pid,
          hello: twin.hello,
          call: async (operation, header, callOptions = {}) => {
            if (current !== twin) return current.call(operation, header, callOptions);
            try {
              return await twin.call(operation, header, { timeoutMs: limitMs, ...callOptions });
            } catch (error) {
              if (!isLost(error)) throw error;
              await letGo();
              current = await workers.start(options);
              return current.call(operation, header, callOptions);
            }
          },
          close: async () => {
            if (current === twin) await letGo();
            else await current.close();
          },
        };
      },
    },
    [Symbol.asyncDispose]: async () => {
      isEnding = true;
      await letGo();
    },
  };
}

/** The process is gone, or of no use: nothing is known of what it was asked. */
function isLost(error: unknown): boolean {
  return (
    error instanceof WorkerError &&
    ["worker-died", "worker-timeout", "worker-protocol"].includes(error.failure.code)
  );
}
