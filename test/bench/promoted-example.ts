/** A copy of an example under git, promoted by the built program: what the benches of `mlops run` start from. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { pythonForTests } from "../support/python-environment.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What the tests set too: figures need no screen, and the order of sets no luck. */
const ENVIRONMENT = { ...process.env, MPLBACKEND: "Agg", PYTHONHASHSEED: "0" };

export interface PromotedExample extends Disposable {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly python: string;
  /** Milliseconds of one command in the folder; throws when it fails. */
  readonly time: (command: readonly [string, ...string[]]) => number;
  /** `mlops run` on the Node that runs this, as a command. */
  readonly run: readonly [string, ...string[]];
  /** Makes the next run the first one after promotion again. */
  readonly forgetRuns: () => void;
  /** The code cells of its notebook as one file of plain Python, as a command. Magics are no Python; what they do takes no time. */
  readonly script: readonly [string, ...string[]];
}

export async function promoteExample(name: string): Promise<PromotedExample> {
  const python = await pythonForTests();
  const folder = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  cpSync(join(root, "examples", name), folder, { recursive: true });
  const time = ([file, ...parameters]: readonly [string, ...string[]]): number => {
    const started = performance.now();
    const { status, stderr } = spawnSync(file, parameters, {
      cwd: folder,
      encoding: "utf8",
      env: ENVIRONMENT,
    });
    if (status !== 0) throw new Error(`${file} ${parameters.join(" ")} failed: ${stderr}`);
    return performance.now() - started;
  };
  const mlops = [process.execPath, join(root, "bin", "mlops.js")] as const;
  const run = [...mlops, "run", "--python", python] as const;
  const script = join(folder, "notebook-as-script.py");
  writeFileSync(script, await scriptOf(join(folder, `${name}.ipynb`)));
  time([...mlops, "promote", `${name}.ipynb`, "--python", python, "--no-verify"]);
  time(["git", "init", "--quiet"]);
  time(["git", "add", "."]);
  const who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"];
  time(["git", ...who, "commit", "--quiet", "-m", "Promote"]);
  const state = join(folder, ".mlops");
  const promoted = join(folder, ".mlops-as-promoted");
  cpSync(state, promoted, { recursive: true, preserveTimestamps: true });
  return {
    name,
    folder,
    python,
    time,
    run,
    script: [python, script],
    forgetRuns: () => {
      rmSync(state, { recursive: true });
      cpSync(promoted, state, { recursive: true, preserveTimestamps: true });
    },
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

async function scriptOf(path: string): Promise<string> {
  const { value } = readNotebook(await readFile(path, "utf8"), path);
  const cells = value?.cells.filter((cell) => cell.kind === "code") ?? [];
  return cells.map(({ source }) => `${source.replaceAll(/^[%!].*$/gm, "")}\n`).join("\n");
}
