/** Real Python workers for tests, and copies of the hand-written pipeline of `test/fixtures/package` for them to run. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createPythonWorkers } from "../../src/adapters/python-worker.ts";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";
import { pythonForTests } from "./python-environment.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const run = promisify(execFile);

/** The worker that is shipped. */
export const workerFile = join(root, "templates", "python", "worker.py");

/** Workers that run it. */
export const workers = createPythonWorkers({ workerFile });

/** A folder that is removed with its `using` block. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** Runs a TypeScript file, reads the process id it prints, and kills it without warning. */
  readonly startAndKill: (script: string) => Promise<number>;
}

/** A fresh folder. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), "mlops-test-"));
  return {
    path,
    startAndKill: async (script) => {
      const child = spawn(process.execPath, ["--import", "tsx", script], {
        cwd: root,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      child.stdout.once("data", (chunk: Buffer) => {
        resolve(Number.parseInt(chunk.toString("utf8"), 10));
      });
      child.once("exit", () => {
        reject(new Error("the process ended before it printed an id"));
      });
      const pid = await promise;
      child.kill("SIGKILL");
      return pid;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A copy of the pipeline `penguins`, with the runtime in it. */
export interface PipelineFolder extends AsyncDisposable {
  readonly path: string;
  readonly store: string;
  readonly run: string;
  readonly stepHeader: (step: string) => Readonly<Record<string, unknown>>;
  readonly edit: (file: string, change: (text: string) => string) => Promise<void>;
  /** `python -m penguins run` into another store; the manifests by step. */
  readonly runAlone: () => Promise<Readonly<Record<string, unknown>>>;
}

/** @param modules Texts that replace modules of the package. */
export async function pipelineFolder(
  modules: Readonly<Record<string, string>> = {},
): Promise<PipelineFolder> {
  const folder = await temporaryFolder();
  await cp(join(root, "test", "fixtures", "package"), folder.path, { recursive: true });
  const pipeline = join(folder.path, "pipelines", "penguins");
  const module = (name: string): string => join(pipeline, "penguins", name);
  for (const name of ["__main__.py", ...RUNTIME_MODULES])
    await cp(join(root, "templates", "project", name), module(name));
  for (const [name, text] of Object.entries(modules)) await writeFile(module(name), text);
  const store = join(folder.path, "store");
  const runId = "abc";
  return {
    path: folder.path,
    store,
    run: runId,
    stepHeader: (step) => ({ package: pipeline, step, store, run: runId, params: {} }),
    edit: async (file, change) =>
      writeFile(module(file), change(await readFile(module(file), "utf8"))),
    runAlone: async () => {
      const other = join(folder.path, "other-store");
      await run(
        await pythonForTests(),
        ["-m", "penguins", "run", "--run", runId, "--store", other],
        { cwd: pipeline, env: { PATH: process.env["PATH"] } },
      );
      const manifests: Record<string, unknown> = {};
      for (const step of ["load", "summarize"])
        manifests[step] = JSON.parse(
          await readFile(join(other, "runs", runId, step, "manifest.json"), "utf8"),
        );
      return manifests;
    },
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
}

/** A module for the step `load` that runs these lines as cell 2. */
export function userStep(lines: readonly string[]): string {
  const body = ["# penguins.ipynb, cell 2", ...lines, "return [], [], []"];
  return `def load(*, data_path):\n${body.map((line) => `    ${line}\n`).join("")}`;
}

/** Whether a process is there; one that ended and that nobody waited for yet is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${String(pid)}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}
