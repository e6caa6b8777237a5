/**
 * The observed run of a notebook against its cells run bare, in fresh processes of one interpreter: processor time from the first
 * cell to the last, and the largest memory of the whole process.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { chooseShapes } from "./choose-shapes.ts";
import { median } from "./median.ts";

const here = dirname(fileURLToPath(import.meta.url));
const RUNS = 3;
const Measured = z.object({ seconds: z.number(), peakKiB: z.number() });

/** The example, and notebooks that are heavy in one way each. @param names Some of them; none for all. */
export async function measureObservation(names: readonly string[]): Promise<string> {
  const python = await pythonForTests();
  const lines: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  try {
    for (const { name, path, data } of chooseShapes(notebooks(folder), names)) {
      const pairs = Array.from({ length: RUNS }, () => ({
        plain: run(python, ["plain", path, data]),
        observed: run(python, ["observe", path, data]),
      }));
      const seconds = median(pairs.map(({ plain }) => plain.seconds));
      const time = median(pairs.map(({ plain, observed }) => observed.seconds / plain.seconds));
      const memory = median(pairs.map(({ plain, observed }) => observed.peakKiB / plain.peakKiB));
      lines.push(
        `  ${name.padEnd(14)} ${seconds.toFixed(2).padStart(7)} s bare   × ${time.toFixed(2)} time   × ${memory.toFixed(2)} memory`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return [`observation, median of ${String(RUNS)} pairs`, ...lines].join("\n");
}

interface BenchNotebook {
  readonly name: string;
  /** Cells as a Python file, each behind a line `# %%`. */
  readonly path: string;
  /** What is copied to where the cells run. */
  readonly data: string;
}

function notebooks(folder: string): readonly BenchNotebook[] {
  const example = join(here, "..", "..", "examples", "churn");
  const { value } = readNotebook(readFileSync(join(example, "churn.ipynb"), "utf8"), "churn.ipynb");
  const cells = value?.cells.filter((cell) => cell.kind === "code") ?? [];
  const path = join(folder, "churn.py");
  // Magics are no Python; what they do takes no time.
  const texts = cells.map((cell) => `# %%\n${cell.source.replaceAll(/^[%!].*$/gm, "")}\n`);
  writeFileSync(path, texts.join(""));
  const own = readdirSync(join(here, "notebooks")).sort();
  return [
    { name: "churn", path, data: example },
    ...own.map((file) => ({
      name: file.replace(/\.py$/, "").replaceAll("_", " "),
      path: join(here, "notebooks", file),
      data: "",
    })),
  ];
}

function run(python: string, parameters: readonly string[]): z.infer<typeof Measured> {
  const environment = { ...process.env, MPLBACKEND: "Agg", PYTHONHASHSEED: "0" };
  const { status, stdout, stderr } = spawnSync(python, [join(here, "observe.py"), ...parameters], {
    encoding: "utf8",
    env: environment,
  });
  if (status !== 0) throw new Error(`${parameters.join(" ")} failed: ${stderr}`);
  return Measured.parse(JSON.parse(stdout));
}
