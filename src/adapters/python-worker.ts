/**
 * Python workers as child processes. Each is the leader of its own process group, so that whatever user code started dies with it.
 *
 *   starting ──hello──► ready ──► dead            timeout or abort: SIGINT, 2 s, SIGKILL of the group, always ends dead
 *
 * Invariant: nothing of this process's environment reaches user code but the names listed here.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { EnvironmentError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import {
  type Worker,
  WorkerError,
  type WorkerFailure,
  type WorkerStart,
  type Workers,
} from "../ports/worker.ts";
import { pythonVersionOf, scrubbedEnvironment } from "./python-process.ts";
import { isRecord, WorkerCalls } from "./worker-calls.ts";

const GRACE_MS = 2_000;
/** A person who pressed Ctrl-C is to have the terminal back within two seconds, whatever user code does. */
const INTERRUPTED_GRACE_MS = 1_000;
const HELLO_TIMEOUT_MS = 120_000;
const OLDEST_PYTHON = [3, 10] as const;
const STDERR_TAIL_CHARACTERS = 4_000;
/** Descriptors 5 (in) and 6 (out); read by `worker.py` under this name. */
const PIPES_OF_TWIN = ["pipe", "pipe"] as const;
const ROOM_FOR_TWIN = "MLOPS_TWIN";

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
        const reply = await child.calls.call(
          "hello",
          {},
          {
            timeoutMs: HELLO_TIMEOUT_MS,
            ...(start.signal === undefined ? {} : { signal: start.signal }),
          },
        );
        const hello = parseHello(reply.result);
        if (!isNewEnough(hello.python)) throw tooOld(start.python, hello.python);
        return {
          pid: child.pid,
          hello,
          call: child.calls.call,
          close: child.close,
          ...(start.twin === true ? { twin: child.twin(hello) } : {}),
        };
      } catch (error) {
        await child.close();
        throw await explainStart(error, start.python);
      }
    },
  };
}

class PythonWorker {
  readonly spawned: Promise<void>;
  readonly calls: WorkerCalls;
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private stderrTail = "";
  private closing: Promise<void> | undefined;

  constructor(options: PythonWorkerOptions, start: WorkerStart) {
    const forTwin = start.twin === true;
    this.child = spawn(start.python, [options.workerFile], {
      cwd: start.workingDirectory,
      detached: true,
      env: {
        ...scrubbedEnvironment(options.environment ?? process.env),
        ...start.environment,
        ...(forTwin ? { [ROOM_FOR_TWIN]: "1" } : {}),
      },
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", ...(forTwin ? PIPES_OF_TWIN : [])],
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.spawned = promise;
    // The caller of `start` sees it; nobody else may have to.
    promise.catch(() => undefined);
    this.child.once("spawn", resolve);
    this.child.once("error", reject);
    this.child.stdout?.resume();
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.keepStderr(text);
    });
    this.calls = new WorkerCalls(pipe(this.child, 3), pipe(this.child, 4), {
      stop: (verdict) => {
        this.stop(verdict);
      },
      hearStderr: (text) => {
        this.keepStderr(text);
      },
      deathNotice: () => this.deathNotice(),
    });
    this.ended = new Promise((resolveEnd) => {
      const end = (): void => {
        this.calls.end();
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

  /** The process at the pipes that were opened for it, once it is there. */
  twin(hello: Worker["hello"]): Worker {
    return openTwin(pipe(this.child, 5), pipe(this.child, 6), hello);
  }

  readonly close = async (): Promise<void> => {
    this.closing ??= this.shutDown();
    await this.closing;
  };

  private async shutDown(): Promise<void> {
    if (this.child.pid === undefined) return;
    if (this.calls.isOpen) {
      this.calls.askToExit();
      const timer = setTimeout(() => {
        this.killGroup("SIGKILL");
      }, GRACE_MS);
      await this.ended;
      clearTimeout(timer);
    }
    this.killGroup("SIGKILL");
    await this.ended;
  }

  private stop(verdict: WorkerFailure): void {
    this.killGroup("SIGINT");
    const timer = setTimeout(
      () => {
        this.killGroup("SIGKILL");
      },
      verdict.code === "worker-interrupted" ? INTERRUPTED_GRACE_MS : GRACE_MS,
    );
    // One that stops in time is ended all the same: what the interrupted call left behind is unknown.
    const poll = setInterval(() => {
      if (this.calls.isSettled) this.killGroup("SIGKILL");
    }, 20);
    void this.ended.then(() => {
      clearTimeout(timer);
      clearInterval(poll);
    });
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

/** A twin is of its worker's process group, and so ends with it; alone it ends when its pipes do. */
function openTwin(input: Duplex, output: Duplex, hello: Worker["hello"]): Worker {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hangUp = (): void => {
    input.destroy();
    output.destroy();
  };
  const calls = new WorkerCalls(input, output, {
    stop: hangUp,
    hearStderr: () => undefined,
    deathNotice: () => ({ code: "worker-died", message: "The Python worker's twin has ended." }),
  });
  output.once("close", () => {
    calls.end();
    resolve();
  });
  return {
    pid: hello.pid,
    hello,
    call: calls.call,
    close: async () => {
      hangUp();
      await promise;
    },
  };
}

function pipe(child: ChildProcess, index: number): Duplex {
  const stream = child.stdio[index];
  if (!(stream instanceof Duplex)) throw new Error(`the worker has no pipe ${String(index)}`);
  return stream;
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
