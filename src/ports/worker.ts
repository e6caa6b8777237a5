import type { Sha256 } from "../base/brand.ts";

/**
 * Contract 4: a Python child that speaks frames on fd 3 (in) and fd 4 (out):
 * `u32le header length · JSON header · payloads`, header `{ id, op, payloads: [byte lengths] }`.
 * Implemented by `adapters/python-worker.ts` against `templates/python/worker.py`, and by a fake in `test/support`.
 */
export type WorkerOperation =
  | "hello"
  | "observe"
  | "prepare"
  | "step"
  | "prove"
  | "compare"
  | "columns"
  | "pack"
  | "evaluate"
  | "walk"
  | "convert"
  | "load"
  | "predict"
  | "history"
  | "extend-history"
  | "open-rows"
  | "next-rows"
  | "write-rows"
  | "ping"
  | "exit";

/** What a worker says when it could not do something; every field but code and message is optional. */
export interface WorkerFailure {
  readonly code: string;
  readonly message: string;
  readonly cell?: number;
  /** File name of the notebook that the cell is in, where the worker knows it. */
  readonly notebook?: string;
  readonly line?: number;
  readonly column?: string;
  readonly row?: number;
  /** The user's own frames, for people; set by `step-failed` and `worker-failed`. */
  readonly traceback?: string;
  /** The module that the interpreter lacks, where a step failed for that; the first part of its name. */
  readonly module?: string;
  /** Of a step that raised: what it had written by then, as `run/retry.ts` reads it. */
  readonly wrote?: string;
}

export interface WorkerReply {
  /** The reply's JSON header without `id`, `op` and `payloads`. */
  readonly result: unknown;
  readonly payloads: readonly Uint8Array[];
}

export interface WorkerCallOptions {
  readonly payloads?: readonly Uint8Array[];
  /** After it: SIGINT, 2 s, SIGKILL of the process group; the call fails with `worker-timeout`. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called for each event frame of this call (records of `observe`, captured text of `step`). */
  readonly onEvent?: (event: unknown) => void;
}

/** A running Python worker. Calls may overlap only for `predict` and `ping`; others are answered in order. */
export interface Worker {
  readonly pid: number;
  /** Interpreter facts of the `hello` reply. */
  readonly hello: {
    readonly protocol: number;
    readonly python: string;
    readonly pid: number;
    readonly environment: Sha256;
    /** Every place that packages are looked for in. */
    readonly searched: readonly string[];
    /** Digest over the environment variables of the child. */
    readonly variables?: Sha256;
  };
  /** Resolves with the reply, rejects with a `WorkerError`. */
  readonly call: (
    operation: WorkerOperation,
    header: Readonly<Record<string, unknown>>,
    options?: WorkerCallOptions,
  ) => Promise<WorkerReply>;
  /** Asks it to exit, then kills the process group. Safe to call twice. */
  readonly close: () => Promise<void>;
  /**
   * Of a worker started with room for one: a copy of the process as `prepare` left it, which no step has touched. It answers
   * only after a `prepare` with `twin: true` that replied `twin: true`, and it ends when its worker does.
   */
  readonly twin?: Worker;
}

/** A reply that is a failure, or a worker that died (`worker-died`) or ran out of time (`worker-timeout`). */
export class WorkerError extends Error {
  readonly failure: WorkerFailure;

  constructor(failure: WorkerFailure) {
    super(failure.message);
    this.name = "WorkerError";
    this.failure = failure;
  }
}

export interface WorkerStart {
  /** Absolute path or command of the interpreter. */
  readonly python: string;
  readonly workingDirectory: string;
  /** Added to the scrubbed base environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Makes room for a twin. */
  readonly twin?: boolean;
}

/** Starts workers. Rejects with an `EnvironmentError` (`python-missing`, `python-too-old`) when the interpreter cannot be used. */
export interface Workers {
  readonly start: (options: WorkerStart) => Promise<Worker>;
}
