/**
 * Calls over a pair of pipes: frames out, frames in, each reply to the call that asked.
 *
 * Invariant: every call settles exactly once, with its reply, or with why there will be none.
 */
import type { Duplex } from "node:stream";
import {
  type WorkerCallOptions,
  WorkerError,
  type WorkerFailure,
  type WorkerOperation,
  type WorkerReply,
} from "../ports/worker.ts";
import { encodeFrame, type Frame, FrameReader } from "./worker-frames.ts";

interface PendingCall {
  readonly operation: WorkerOperation;
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: WorkerError) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
  readonly release: () => void;
}

/** The process at the other end. */
export interface CalledProcess {
  /** To be ended for this reason. Called once at most, and not after `end`. */
  readonly stop: (verdict: WorkerFailure) => void;
  /** What it says on stderr, for its last words. */
  readonly hearStderr: (text: string) => void;
  /** Why it is not there any more, when nobody ended it. */
  readonly deathNotice: () => WorkerFailure;
}

export class WorkerCalls {
  private readonly input: Duplex;
  private readonly process: CalledProcess;
  private readonly pending = new Map<number, PendingCall>();
  private nextId = 1;
  private sending: Promise<void> = Promise.resolve();
  /** Why it is being ended, when we do it. */
  private verdict: WorkerFailure | undefined;
  private isOver = false;

  constructor(input: Duplex, output: Duplex, process: CalledProcess) {
    this.input = input;
    this.process = process;
    // A broken pipe is told by the end of the process, which rejects the calls.
    this.input.on("error", () => undefined);
    this.readFrames(output);
  }

  /** Whether it answers calls still. */
  get isOpen(): boolean {
    return !this.isOver && this.verdict === undefined;
  }

  /** Whether no call waits. */
  get isSettled(): boolean {
    return this.pending.size === 0;
  }

  readonly call = (
    operation: WorkerOperation,
    header: Readonly<Record<string, unknown>>,
    options: WorkerCallOptions = {},
  ): Promise<WorkerReply> => {
    if (!this.isOpen) {
      return Promise.reject(new WorkerError(this.verdict ?? this.process.deathNotice()));
    }
    if (options.signal?.aborted === true) {
      return Promise.reject(new WorkerError(interrupted(operation)));
    }
    const id = this.nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<WorkerReply>();
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            this.stop({
              code: "worker-timeout",
              message: `${operation} did not finish within ${String(options.timeoutMs)} ms`,
            });
          }, options.timeoutMs);
    const onAbort = (): void => {
      this.stop(interrupted(operation));
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    this.pending.set(id, { operation, resolve, reject, onEvent: options.onEvent, release });
    this.sending = this.sending.then(() =>
      this.send(encodeFrame({ ...header, id, op: operation }, options.payloads ?? [])),
    );
    return promise;
  };

  /** Asks it to exit; whether it does is seen elsewhere. */
  askToExit(): void {
    this.input.write(Buffer.concat(encodeFrame({ id: 0, op: "exit" }, [])));
  }

  /** The process is gone: what waits for it need not. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    const failure = this.verdict ?? this.process.deathNotice();
    for (const call of this.pending.values()) {
      call.release();
      call.reject(new WorkerError(failure));
    }
    this.pending.clear();
  }

  /** Writes one frame, waiting where the worker reads more slowly than we write. */
  private async send(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      if (this.isOver || this.input.destroyed) return;
      if (!this.input.write(part)) {
        await new Promise<void>((resolve) => {
          const go = (): void => {
            this.input.off("drain", go);
            this.input.off("close", go);
            resolve();
          };
          this.input.once("drain", go);
          this.input.once("close", go);
        });
      }
    }
  }

  private readFrames(output: Duplex): void {
    const reader = new FrameReader();
    output.on("error", () => undefined);
    output.on("data", (chunk: Uint8Array) => {
      try {
        for (const frame of reader.push(chunk)) this.receive(frame);
      } catch (cause) {
        output.removeAllListeners("data").resume();
        const what = cause instanceof Error ? cause.message : String(cause);
        this.stop({
          code: "worker-protocol",
          message: `The Python worker sent something that is no answer: ${what}.`,
        });
      }
    });
  }

  private receive(frame: Frame): void {
    const { id, op, ...rest } = frame.header;
    const call = this.pending.get(id);
    if (call === undefined) return;
    if (op === "event") {
      const event = rest["event"];
      if (isText(event)) {
        if (event.stream === "stderr") this.process.hearStderr(event.text);
        // The records of `observe` carry the printed text themselves.
        if (call.operation === "observe") return;
      }
      call.onEvent?.(event);
      return;
    }
    this.pending.delete(id);
    call.release();
    if (this.verdict !== undefined) {
      // What it still could say is where it was.
      const { cell, line, traceback } = op === "error" ? parseFailure(rest) : this.verdict;
      call.reject(
        new WorkerError({
          ...this.verdict,
          ...(cell === undefined ? {} : { cell }),
          ...(line === undefined ? {} : { line }),
          ...(traceback === undefined ? {} : { traceback }),
        }),
      );
    } else if (op === "reply") call.resolve({ result: rest, payloads: frame.payloads });
    else call.reject(new WorkerError(parseFailure(rest)));
  }

  /** Has it ended for a reason that all its calls are told. */
  private stop(verdict: WorkerFailure): void {
    if (!this.isOpen) return;
    this.verdict = verdict;
    this.process.stop(verdict);
  }
}

function interrupted(operation: string): WorkerFailure {
  return { code: "worker-interrupted", message: `${operation} was interrupted` };
}

/** An object of JSON, or any other. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isText(event: unknown): event is { readonly stream: unknown; readonly text: string } {
  return isRecord(event) && event["kind"] === "text" && typeof event["text"] === "string";
}

function parseFailure(fields: Readonly<Record<string, unknown>>): WorkerFailure {
  const { code, message, cell, notebook, line, column, row, traceback, wrote, module } = fields;
  return {
    code: typeof code === "string" ? code : "worker-protocol",
    message: typeof message === "string" ? message : "the worker failed without saying why",
    ...(typeof cell === "number" ? { cell } : {}),
    ...(typeof notebook === "string" ? { notebook } : {}),
    ...(typeof line === "number" ? { line } : {}),
    ...(typeof column === "string" ? { column } : {}),
    ...(typeof row === "number" ? { row } : {}),
    ...(typeof traceback === "string" ? { traceback } : {}),
    ...(typeof wrote === "string" ? { wrote } : {}),
    ...(typeof module === "string" ? { module } : {}),
  };
}
