/** Promotes one notebook of a corpus in a scratch copy of the folder it belongs to. */
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { PythonParser } from "../../../src/python/parse.ts";
import { PromotionDocument, parsed, type Row } from "./corpus-schema.ts";
import { runPipeline, runPlainly } from "./held-against.ts";
import { type Finished, type Limits, runLimited } from "./limited-process.ts";
import { type ReadAndPlanned, readAndPlan } from "./read-and-plan.ts";
import { coverageOf, heldAgainst, outcomeOf, shapeOf, VERIFIED } from "./row.ts";

export interface CorpusNotebook {
  /** Absolute folder that is copied: data may lie beside the notebook's own folder. */
  readonly project: string;
  /** Absolute path. */
  readonly path: string;
  /** As it is called in the table. */
  readonly name: string;
}

export interface CorpusSettings extends Limits {
  readonly python: string;
  /** Absolute folder for scratch copies, made before. */
  readonly scratch: string;
  /** Absolute path of `bin/mlops.js`. */
  readonly program: string;
  /** Absolute path of `plain_run.py`. */
  readonly plainRun: string;
  readonly parser: PythonParser;
  readonly nowMs: () => number;
}

/** Folders that are no data of a notebook. */
const NOT_COPIED = new Set([".git", ".ipynb_checkpoints", "node_modules", "venv", ".venv", "env"]);

/** One row; never throws for what is in the notebook. */
export async function promoteOne(notebook: CorpusNotebook, settings: CorpusSettings): Promise<Row> {
  const folder = await mkdtemp(join(settings.scratch, "notebook-"));
  const env = await quietEnvironment(settings);
  try {
    const project = join(folder, "project");
    await copyProject(notebook, project);
    const within = relative(notebook.project, notebook.path);
    const read = readAndPlan(await readFile(notebook.path, "utf8"), within, settings);
    const promoting = await runLimited(
      [
        process.execPath,
        settings.program,
        "promote",
        within,
        "--json",
        "--no-lock",
        "--name",
        "story",
        "--python",
        settings.python,
        "--timeout",
        String(Math.ceil(settings.timeoutMs / 4000)),
      ],
      { cwd: project, env, timeoutMs: settings.timeoutMs, memoryBytes: settings.memoryBytes },
    );
    const row = rowOf(notebook.name, promoting, read);
    if (row.outcome === "unreadable") return row;
    const plain = join(folder, "plain");
    await copyProject(notebook, plain);
    const running = { ...settings, env, notebook: join(plain, within) };
    if (!VERIFIED.has(row.outcome)) return { ...row, runs: (await runPlainly(running))?.ran };
    const { result } = parsed(PromotionDocument, promoting.stdout) ?? { result: null };
    if (result === null) return row;
    const kept = await runPipeline(result, project, { ...running, scratch: folder });
    return heldAgainst(row, kept.failure ?? (await runPlainly({ ...running, against: kept.file })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Other notebooks of the project are left out: with them the copy is what takes the time. */
async function copyProject(notebook: CorpusNotebook, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(notebook.project, to, {
    recursive: true,
    filter: (from) =>
      !NOT_COPIED.has(basename(from)) && (!from.endsWith(".ipynb") || from === notebook.path),
  });
}

/** User code gets no home folder of a person, and nothing asks an index of packages. */
async function quietEnvironment({ scratch }: CorpusSettings): Promise<NodeJS.ProcessEnv> {
  const home = join(scratch, "home");
  await mkdir(home, { recursive: true });
  return { PATH: process.env["PATH"], HOME: home, MPLBACKEND: "Agg", PYTHONHASHSEED: "0" };
}

function rowOf(name: string, promoting: Finished, read: ReadAndPlanned): Row {
  const none: Row = {
    notebook: name,
    outcome: "crashed",
    supervised: read.supervised,
    steps: 0,
    nonTrivial: 0,
    apart: false,
    coverage: "",
    excluded: 0,
    because: "",
    readMs: read.ms,
    elapsedMs: promoting.elapsedMs,
  };
  if (promoting.stopped !== undefined)
    return { ...none, outcome: "stopped", because: promoting.stopped };
  const document = parsed(PromotionDocument, promoting.stdout);
  if (document === undefined)
    return { ...none, because: `exit ${String(promoting.code)}: ${promoting.stderr.slice(-500)}` };
  const { outcome, because } = outcomeOf(document);
  const { result } = document;
  return {
    ...none,
    outcome,
    because,
    ...(result === null ? {} : shapeOf(result.plan)),
    coverage: coverageOf(result?.certificate),
    excluded: (result?.certificate?.excluded ?? []).filter((one) => one.exploration !== true)
      .length,
  };
}

/** Where a notebook's project begins: the first folder below the corpus, or the corpus itself. */
export function projectOf(corpus: string, path: string): string {
  const [first, ...others] = relative(corpus, path).split(sep);
  return first === undefined || others.length === 0 ? corpus : join(corpus, first);
}
