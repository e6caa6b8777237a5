/** A child process with everything below it, held to a time and to an amount of memory. */
import { execFile, spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";

export interface Limits {
  readonly timeoutMs: number;
  /** Resident memory of the process and everything below it, in bytes. */
  readonly memoryBytes: number;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; null when it was ended by a signal. */
  readonly code: number | null;
  /** Which limit ended it. */
  readonly stopped?: "timeout" | "memory";
  readonly elapsedMs: number;
}

/** What is kept of either stream: a program that prints without end must not fill this one's memory. */
const MAX_CHARACTERS = 64_000_000;
/** How long streams may stay open when the process has ended. */
const LAST_WORDS_MS = 2_000;
/** How often memory is looked at. */
const LOOK_MS = 1_000;

/** Never throws for what the program does; only where it cannot be started. */
export async function runLimited(
  command: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv } & Limits,
): Promise<Finished> {
  const [program, ...words] = command;
  const startedAtMs = performance.now();
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (stdout.length < MAX_CHARACTERS) stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < MAX_CHARACTERS) stderr += text;
  });
  let stopped: Finished["stopped"];
  const stop = (why: "timeout" | "memory"): void => {
    stopped ??= why;
    void endTree(child.pid);
  };
  const deadline = setTimeout(() => {
    stop("timeout");
  }, options.timeoutMs);
  const watch = setInterval(() => {
    void treeOf(child.pid).then(({ bytes }) => {
      if (bytes > options.memoryBytes) stop("memory");
    });
  }, LOOK_MS);
  try {
    const closed = new Promise<true>((resolve) => {
      child.once("close", () => {
        resolve(true);
      });
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    // Workers that outlive it hold its streams open for minutes: what it said itself is there at once.
    if (!(await Promise.race([closed, after(LAST_WORDS_MS, false)]))) {
      endGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
    }
    const elapsedMs = performance.now() - startedAtMs;
    return { stdout, stderr, code, elapsedMs, ...(stopped === undefined ? {} : { stopped }) };
  } finally {
    clearTimeout(deadline);
    clearInterval(watch);
  }
}

/** Whatever is left of the process's own group. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody is left, as it should be.
  }
}

/** Workers may have groups of their own, so that each process is ended by itself, children first. */
async function endTree(root: number | undefined): Promise<void> {
  const { pids } = await treeOf(root);
  for (const pid of pids.toReversed()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** The process and everything below it, parents first, and what they hold in memory together. */
async function treeOf(
  root: number | undefined,
): Promise<{ readonly pids: readonly number[]; readonly bytes: number }> {
  if (root === undefined) return { pids: [], bytes: 0 };
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const pids = [root];
  for (const pid of pids)
    for (const [child, parent] of rows) if (parent === pid && child !== undefined) pids.push(child);
  const held = new Set(pids);
  let bytes = 0;
  for (const [pid, , kibibytes] of rows) if (held.has(pid ?? -1)) bytes += 1024 * (kibibytes ?? 0);
  return { pids, bytes };
}
