/**
 * Keeps a twin of the first worker of a run, as it was before its first step, for packing the model: to import the same
 * libraries in another process takes longer than most models take to fit.
 *
 * Invariant: nobody depends on it. Where there is none (no `fork`, the worker was lost, the twin itself fails), a process
 * of its own does what the twin was to do.
 */
import type { Worker, Workers } from "../ports/worker.ts";

export interface TwinKeeper extends AsyncDisposable {
  /** For the steps. When the worker that has the twin is closed, it stays, idle, until the twin is closed too. */
  readonly steps: Workers;
  /** To be closed. `undefined` when there is none (yet), and when it was taken. */
  readonly takeTwin: () => Worker | undefined;
}

export function openTwinKeeper(workers: Workers): TwinKeeper {
  let wasAsked = false;
  let kept: { readonly worker: Worker; readonly twin: Worker; isReleased: boolean } | undefined;
  let isTaken = false;
  let closing: Promise<void> | undefined;

  /** The twin is not needed any more; nor is its worker, when the run has closed it. */
  const letGo = async (): Promise<void> => {
    const last = kept;
    kept = undefined;
    await last?.twin.close();
    if (last?.isReleased === true) closing = last.worker.close();
  };

  return {
    steps: {
      start: async (options) => {
        if (wasAsked) return workers.start(options);
        wasAsked = true;
        const worker = await workers.start({ ...options, twin: true });
        const { twin } = worker;
        if (twin === undefined) return worker;
        return {
          ...worker,
          call: async (operation, header, callOptions) => {
            if (operation !== "prepare") return worker.call(operation, header, callOptions);
            const answer = worker.call(operation, { ...header, twin: true }, callOptions);
            // Loaded when there is a worker: a run that changes nothing has none.
            const schema = import("./worker-replies-schema.ts");
            const [{ PrepareReply }, reply] = await Promise.all([schema, answer]);
            if (PrepareReply.parse(reply.result).twin === true)
              kept = { worker, twin, isReleased: false };
            return reply;
          },
          close: async () => {
            if (kept?.worker === worker) kept.isReleased = true;
            else await worker.close();
          },
        };
      },
    },
    takeTwin: () => {
      if (kept === undefined || isTaken) return undefined;
      isTaken = true;
      return { ...kept.twin, close: letGo };
    },
    [Symbol.asyncDispose]: async () => {
      const worker = kept?.worker;
      await letGo();
      await closing;
      await worker?.close();
    },
  };
}
