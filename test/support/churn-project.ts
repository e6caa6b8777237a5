/** A temporary copy of the churn example and the real program to run in it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const PROGRAM = join(root, "bin", "mlops.js");

/** What a finished process printed and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Error with all that was printed, when it did not end with this code. */
export function checkExit(finished: Finished, expected: number): void {
  if (finished.code === expected) return;
  throw new Error(
    `ended with ${String(finished.code)} instead of ${String(expected)}\n${finished.stderr}\n${finished.stdout}`,
  );
}

/** A folder that is gone when the test is over. */
export interface StoryProject extends AsyncDisposable {
  readonly folder: string;
  readonly mlops: (...words: readonly string[]) => Promise<Finished>;
  /** Starts the program and leaves it running; its own process group. */
  readonly start: (...words: readonly string[]) => ChildProcess;
  /** `path → sha256` of every file outside `.mlops`. */
  readonly snapshot: () => Promise<ReadonlyMap<string, string>>;
}

/** @param copy Fills the empty folder; the churn example when absent. */
export async function storyProject(
  python: string,
  copy?: (folder: string) => Promise<void>,
): Promise<StoryProject> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-story-"));
  if (copy === undefined)
    await cp(join(root, "examples", "churn"), folder, {
      recursive: true,
      filter: (path) => !/\.joblib$|__pycache__/.test(path),
    });
  else await copy(folder);
  const env = {
    ...process.env,
    CI: "",
    NO_COLOR: "1",
    MLOPS_PYTHON: python,
    GIT_CEILING_DIRECTORIES: dirname(folder),
  };
  return {
    folder,
    mlops: (...words) => runProcess(process.execPath, [PROGRAM, ...words], { cwd: folder, env }),
    start: (...words) =>
      spawn(process.execPath, [PROGRAM, ...words], {
        cwd: folder,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    snapshot: () => snapshotOf(folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a program to its end. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

async function snapshotOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const relative = path.slice(folder.length + 1);
    if (!entry.isFile() || relative.startsWith(".mlops/") || relative.includes("__pycache__"))
      continue;
    found.set(
      relative,
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
