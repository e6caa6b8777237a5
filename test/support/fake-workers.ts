/** Workers in this process: each operation is a function. For tests of `app/` that need no Python. */
import { sha256FromHex } from "../../src/base/hash.ts";
import type {
  Worker,
  WorkerCallOptions,
  WorkerOperation,
  WorkerReply,
  WorkerStart,
  Workers,
} from "../../src/ports/worker.ts";
import { WorkerError, type WorkerFailure } from "../../src/ports/worker.ts";

/** What a fake worker does with one call: its reply's fields and payloads, or a failure. Events go to `options.onEvent`. */
export type FakeOperation = (
  header: Readonly<Record<string, unknown>>,
  options: WorkerCallOptions,
) => FakeReply | Promise<FakeReply>;

/** `failure` makes the call reject; `dies` also ends the worker. */
export interface FakeReply {
  readonly result?: unknown;
  readonly payloads?: readonly Uint8Array[];
  readonly failure?: WorkerFailure;
  readonly dies?: boolean;
}

/** One call as a test sees it afterwards. */
export interface RecordedCall {
  readonly pid: number;
  readonly operation: WorkerOperation;
  readonly header: Readonly<Record<string, unknown>>;
}

/** Fake workers, every call made to them, and how many are still open. */
export interface FakeWorkers extends Workers {
  readonly calls: readonly RecordedCall[];
  readonly starts: readonly WorkerStart[];
  readonly openCount: () => number;
}

/** An operation that is not in `operations` is answered with nothing. */
export function fakeWorkers(
  operations: Partial<Readonly<Record<WorkerOperation, FakeOperation>>>,
): FakeWorkers {
  const calls: RecordedCall[] = [];
  const starts: WorkerStart[] = [];
  let open = 0;
  return {
    calls,
    starts,
    openCount: () => open,
    start: (options) => {
      starts.push(options);
      open += 1;
      const pid = 4_000 + starts.length;
      let isOpen = true;
      const end = (): void => {
        if (isOpen) open -= 1;
        isOpen = false;
      };
      const worker: Worker = {
        pid,
        hello: {
          protocol: 1,
          python: "3.11.7",
          pid,
          environment: sha256FromHex("e".repeat(64)),
          searched: [],
          variables: sha256FromHex("f".repeat(64)),
        },
        call: async (operation, header, callOptions = {}): Promise<WorkerReply> => {
          if (!isOpen) throw died();
          if (callOptions.signal?.aborted === true)
            throw new WorkerError({
              code: "worker-interrupted",
              message: `${operation} was interrupted`,
            });
          calls.push({ pid, operation, header });
          const reply = (await operations[operation]?.(header, callOptions)) ?? {};
          if (reply.dies === true) {
            end();
            throw died();
          }
          if (reply.failure !== undefined) throw new WorkerError(reply.failure);
          return { result: reply.result ?? {}, payloads: reply.payloads ?? [] };
        },
        close: () => {
          end();
          return Promise.resolve();
        },
      };
      return Promise.resolve(worker);
    },
  };
}

function died(): WorkerError {
  return new WorkerError({ code: "worker-died", message: "The Python worker ended by SIGKILL." });
}
