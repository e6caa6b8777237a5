/** Child processes through execa; the only file that imports it. Every start is announced, so that `--verbose` can show it. */
import { execa } from "execa";
import { InterruptedError } from "../base/errors.ts";
import type { ProcessEnd, Processes, ProcessRequest } from "../ports/processes.ts";

/** @param onStart Told the command and its directory before each start. */
export function createProcesses(
  onStart: (command: readonly string[], directory: string) => void = () => undefined,
): Processes {
  return {
    run: async (request) => {
      request.signal?.throwIfAborted();
      onStart(request.command, request.directory);
      return runToEnd(request);
    },
  };
}

async function runToEnd(request: ProcessRequest): Promise<ProcessEnd> {
  const [file, ...parameters] = request.command;
  const child = execa(file, parameters, {
    cwd: request.directory,
    env: withoutUndefined(request.environment),
    extendEnv: false,
    timeout: request.timeoutMs,
    forceKillAfterDelay: 2_000,
    reject: false,
    stripFinalNewline: false,
    windowsHide: true,
    input: request.input ?? "",
    ...(request.signal === undefined ? {} : { cancelSignal: request.signal }),
  });
  // What it started itself may keep its pipes open for ever; nobody waits for what those still say.
  child.nodeChildProcess.once("exit", (_code, signal) => {
    if (signal === null) return;
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const result = await child;
  const { stdout, stderr } = result;
  if (result.isCanceled) throw new InterruptedError("interrupted", { code: "interrupted" });
  if (result.timedOut) return { kind: "timed-out", stdout, stderr };
  if (result.signal !== undefined) return { kind: "killed", signal: result.signal, stdout, stderr };
  if (result.exitCode !== undefined) {
    return { kind: "exited", exit: result.exitCode, stdout, stderr };
  }
  return { kind: "not-started", reason: result.originalMessage ?? "it could not be started" };
}

function withoutUndefined(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
