/**
 * Python workers as child processes. Each is the leader of its own process group, so that whatever user code started dies with it.
 *
 *   starting ──hello──► ready ──► dead            timeout or abort: SIGINT, 2 s, SIGKILL of the group, always ends dead
 *
 * Invariant: every call settles exactly once. Nothing of this process's environment reaches user code but the names listed here.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { EnvironmentError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import {
  type Worker,
  type WorkerCallOptions,
  WorkerError,
  type WorkerFailure,
  type WorkerOperation,
  type WorkerReply,
  type WorkerStart,
  type Workers,
} from "../ports/worker.ts";
import { pythonVersionOf, scrubbedEnvironment } from "./python-process.ts";
import { encodeFrame, type Frame, FrameReader } from "./worker-frames.ts";

const GRACE_MS = 2_000;
/** A person who pressed Ctrl-C is to have the terminal back within two seconds, whatever user code does. */
const INTERRUPTED_GRACE_MS = 1_000;
const HELLO_TIMEOUT_MS = 120_000;
const OLDEST_PYTHON = [3, 10] as const;
const STDERR_TAIL_CHARACTERS = 4_000;

/** How workers are made. */
export interface PythonWorkerOptions {
  /** Absolute path of `templates/python/worker.py`. */
  readonly workerFile: string;
  /** Environment that the allowed names are taken from; `process.env` unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Workers that run `worker.py` in the interpreter asked for. */
export function createPythonWorkers(options: PythonWorkerOptions): Workers {
  return {
    start: async (start) => {
      const child = new PythonWorker(options, start);
      try {
        await child.spawned;
        const reply = await child.call(
          "hello",
          {},
          {
            timeoutMs: HELLO_TIMEOUT_MS,
            ...(start.signal === undefined ? {} : { signal: start.signal }),
          },
        );
        const hello = parseHello(reply.result);
        if (!isNewEnough(hello.python)) throw tooOld(start.python, hello.python);
        return { pid: child.pid, hello, call: child.call, close: child.close };
      } catch (error) {
        await child.close();
        throw await explainStart(error, start.python);
      }
    },
  };
}

interface PendingCall {
  readonly operation: WorkerOperation;
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: WorkerError) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
  readonly release: () => void;
}

class PythonWorker {
  readonly spawned: Promise<void>;
  private readonly child: ChildProcess;
  private readonly input: Duplex;
  private readonly pending = new Map<number, PendingCall>();
  private readonly ended: Promise<void>;
  private nextId = 1;
  private sending: Promise<void> = Promise.resolve();
  private stderrTail = "";
  /** Why it is being killed, when we do it. */
  private verdict: WorkerFailure | undefined;
  private isDead = false;
  private closing: Promise<void> | undefined;

  constructor(options: PythonWorkerOptions, start: WorkerStart) {
    this.child = spawn(start.python, [options.workerFile], {
      cwd: start.workingDirectory,
      detached: true,
      env: { ...scrubbedEnvironment(options.environment ?? process.env), ...start.environment },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.spawned = promise;
    // The caller of `start` sees it; nobody else may have to.
    promise.catch(() => undefined);
    this.child.once("spawn", resolve);
    this.child.once("error", reject);
    this.input = pipe(this.child, 3);
    // A broken pipe is told by the exit of the process, which rejects the calls.
    this.input.on("error", () => undefined);
    this.child.stdout?.resume();
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.keepStderr(text);
    });
    this.readFrames(pipe(this.child, 4));
    this.ended = new Promise((resolveEnd) => {
      const end = (): void => {
        this.die();
        resolveEnd();
      };
      this.child.once("close", end);
      this.child.once("error", end);
    });
    // A worker whose own children keep its pipes open never closes; its exit is enough.
    this.child.once("exit", () => {
      this.killGroup("SIGKILL");
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  readonly call = (
    operation: WorkerOperation,
    header: Readonly<Record<string, unknown>>,
    options: WorkerCallOptions = {},
  ): Promise<WorkerReply> => {
    if (this.isDead || this.verdict !== undefined) {
      return Promise.reject(new WorkerError(this.verdict ?? this.deathNotice()));
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

  readonly close = async (): Promise<void> => {
    this.closing ??= this.shutDown();
    await this.closing;
  };

  private async shutDown(): Promise<void> {
    if (this.child.pid === undefined) return;
    if (!this.isDead && this.verdict === undefined) {
      this.input.write(Buffer.concat(encodeFrame({ id: 0, op: "exit" }, [])));
      const timer = setTimeout(() => {
        this.killGroup("SIGKILL");
      }, GRACE_MS);
      await this.ended;
      clearTimeout(timer);
    }
    this.killGroup("SIGKILL");
    await this.ended;
  }

  /** Writes one frame, waiting where the worker reads more slowly than we write. */
  private async send(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      if (this.isDead || this.input.destroyed) return;
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
        if (event.stream === "stderr") this.keepStderr(event.text);
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

  /** Ends the worker for a reason that all its calls are told. */
  private stop(verdict: WorkerFailure): void {
    if (this.isDead || this.verdict !== undefined) return;
    this.verdict = verdict;
    this.killGroup("SIGINT");
    const timer = setTimeout(
      () => {
        this.killGroup("SIGKILL");
      },
      verdict.code === "worker-interrupted" ? INTERRUPTED_GRACE_MS : GRACE_MS,
    );
    // One that stops in time is ended all the same: what the interrupted call left behind is unknown.
    const poll = setInterval(() => {
      if (this.pending.size === 0) this.killGroup("SIGKILL");
    }, 20);
    void this.ended.then(() => {
      clearTimeout(timer);
      clearInterval(poll);
    });
  }

  private die(): void {
    if (this.isDead) return;
    this.isDead = true;
    const failure = this.verdict ?? this.deathNotice();
    for (const call of this.pending.values()) {
      call.release();
      call.reject(new WorkerError(failure));
    }
    this.pending.clear();
  }

  private deathNotice(): WorkerFailure {
    const { exitCode, signalCode } = this.child;
    const how = signalCode === null ? `with exit code ${String(exitCode)}` : `by ${signalCode}`;
    const lines = this.stderrTail.trimEnd().split("\n").slice(-20).join("\n");
    return {
      code: "worker-died",
      message: `The Python worker ended ${how}${lines === "" ? "." : `. Its last words:\n${lines}`}`,
    };
  }

  private keepStderr(text: string): void {
    this.stderrTail = (this.stderrTail + text).slice(-STDERR_TAIL_CHARACTERS);
  }

  private killGroup(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

function pipe(child: ChildProcess, index: 3 | 4): Duplex {
  const stream = child.stdio[index];
  if (!(stream instanceof Duplex)) throw new Error(`the worker has no pipe ${String(index)}`);
  return stream;
}

function interrupted(operation: string): WorkerFailure {
  return { code: "worker-interrupted", message: `${operation} was interrupted` };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
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

function parseHello(result: unknown): Worker["hello"] {
  if (isRecord(result)) {
    const { protocol, python, pid, environment, searched, variables } = result;
    if (
      protocol === 1 &&
      typeof python === "string" &&
      typeof pid === "number" &&
      typeof environment === "string" &&
      isSha256(environment) &&
      Array.isArray(searched) &&
      searched.every((path) => typeof path === "string")
    ) {
      const known = typeof variables === "string" && isSha256(variables) ? { variables } : {};
      return { protocol, python, pid, environment, searched, ...known };
    }
  }
  throw new WorkerError({
    code: "worker-protocol",
    message: "The Python worker speaks another protocol; reinstall mlops.",
  });
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]);
}

function tooOld(python: string, version: string): EnvironmentError {
  return new EnvironmentError(
    `${python} is Python ${version}; mlops needs ${OLDEST_PYTHON.join(".")} or newer.`,
    {
      code: "python-too-old",
      hint: "choose another interpreter with --python PATH",
    },
  );
}

/** A worker that could not even say hello: because of the interpreter, or for a reason of its own. */
async function explainStart(error: unknown, python: string): Promise<unknown> {
  if (error instanceof EnvironmentError) return error;
  const isDeath = error instanceof WorkerError && error.failure.code === "worker-died";
  if (error instanceof WorkerError && !isDeath) return error;
  const version = await pythonVersionOf(python);
  if (version !== undefined && !isNewEnough(version)) return tooOld(python, version);
  if (version !== undefined && isDeath) return error;
  return new EnvironmentError(`${python} is no Python interpreter that can be started.`, {
    code: "python-missing",
    hint: "install Python 3.10 or newer, or name one with --python PATH",
    cause: error,
  });
}
