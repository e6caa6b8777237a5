/**
 * The program: gives one command line the process's streams, and Ctrl-C. `--version` is answered before anything
 * else is loaded, because scripts and shells ask for it all the time.
 */
import { InterruptedError } from "../base/errors.ts";
import { programVersion } from "./package-root.ts";

const words = process.argv.slice(2);

/** Settled when the command has ended. */
export const ended: Promise<void> = start();

async function start(): Promise<void> {
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    process.stdout.write(`${programVersion()}\n`);
    return;
  }
  const { runCommandLine } = await import("./run-command-line.ts");
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  process.exitCode = await runCommandLine({
    words,
    workingDirectory: process.cwd(),
    environment: process.env,
    // Making the stream takes longer than most commands have use for it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: listenForInterruption(),
    version: programVersion(),
  });
}

/** One controller for the whole program. The second Ctrl-C does not wait for anybody. */
function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort(new InterruptedError("interrupted", { code: "interrupted" }));
  };
  // A limit on the size of files (`ulimit -f`) then fails the write, which says so, instead of ending the program unheard.
  if (process.platform !== "win32") process.on("SIGXFSZ", () => undefined);
  let lastMs = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const nowMs = performance.now();
      // A terminal and the process that handed over to this one may both pass on the same key press.
      const isRepeated = controller.signal.aborted && nowMs - lastMs > 300;
      lastMs = nowMs;
      if (isRepeated) process.exit(130);
      interrupt();
    });
  }
  // Set by bin/mlops.js when an older Node handed over to this one; then its death is ours too.
  if (process.env["MLOPS_HANDED_OVER"] !== undefined) {
    delete process.env["MLOPS_HANDED_OVER"];
    process.once("disconnect", interrupt);
    process.channel?.unref();
  }
  return controller.signal;
}

/** `mlops … | head` closes the pipe early; what the command does must still be finished. */
function ignoreClosedPipe(error: Error & { readonly code?: string }): void {
  if (error.code !== "EPIPE") throw error;
}
