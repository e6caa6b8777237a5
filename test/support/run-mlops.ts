/** Runs a command line in this process, as `bin/mlops.js` would, and keeps what it printed. */
import { runCommandLine } from "../../src/cli/run-command-line.ts";

export interface FinishedRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document of `--json`; throws when stdout is not exactly one. */
  readonly json: () => unknown;
}

export interface RunOptions {
  readonly directory: string;
  /** Added to PATH and HOME, which are all that a command sees of the real environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** @param words What follows `mlops`. There is no terminal: nothing can be asked. */
export async function runMlops(
  words: readonly string[],
  options: RunOptions,
): Promise<FinishedRun> {
  const written = { stdout: "", stderr: "" };
  const exit = await runCommandLine({
    words,
    workingDirectory: options.directory,
    environment: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      // No test asks a package index; the lock has tests of its own.
      MLOPS_PROMOTE_LOCK: "false",
      ...options.environment,
    },
    stdin: {},
    stdout: { write: (text) => void (written.stdout += text) },
    stderr: { write: (text) => void (written.stderr += text) },
    signal: options.signal ?? new AbortController().signal,
    version: "0.0.0-test",
  });
  return { exit, ...written, json: () => JSON.parse(written.stdout) as unknown };
}
