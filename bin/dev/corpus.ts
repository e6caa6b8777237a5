/**
 * `npm run corpus -- FOLDER [--jobs N] [--python P] [--timeout SECONDS] [--memory GIB] [--only TEXT] [--rows FILE]
 * [--read-only]`: promotes every notebook below a folder, each in a scratch copy with limits, and prints one row for
 * each and the totals. Nothing in the folder is changed.
 *
 * `--rows` keeps the rows as lines of JSON; notebooks that are in it already are not promoted again, so that an
 * interrupted measurement goes on. `--read-only` reads and plans, and runs nothing.
 */
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wire } from "../../src/cli/wire.ts";
import { Row } from "./corpus/corpus-schema.ts";
import { type CorpusSettings, projectOf, promoteOne } from "./corpus/promote-one.ts";
import { readAndPlan } from "./corpus/read-and-plan.ts";
import { renderTotals } from "./corpus/totals.ts";
import { preparePythonEnvironment } from "./python-environment.ts";

const here = dirname(fileURLToPath(import.meta.url));
const checkout = dirname(dirname(here));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: "string", default: "1" },
    python: { type: "string" },
    timeout: { type: "string", default: "600" },
    memory: { type: "string", default: "6" },
    only: { type: "string", default: "" },
    rows: { type: "string" },
    "read-only": { type: "boolean", default: false },
  },
});

const wiring = wire({ emit: () => undefined });
const nowMs = (): number => performance.now();

await main();

async function main(): Promise<void> {
  const [folder] = positionals;
  if (folder === undefined) throw new Error("npm run corpus -- FOLDER [--jobs N]");
  const corpus = resolve(folder);
  const paths = (await notebooksIn(corpus)).filter((path) => path.includes(values.only));
  if (values["read-only"]) await readAll(corpus, paths);
  else await promoteAll(corpus, paths);
}

async function promoteAll(corpus: string, paths: readonly string[]): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "mlops-corpus-"));
  try {
    const settings: CorpusSettings = {
      python: values.python === undefined ? await ownPython() : resolve(values.python),
      timeoutMs: 1000 * Number(values.timeout),
      memoryBytes: 2 ** 30 * Number(values.memory),
      scratch,
      program: join(checkout, "bin", "mlops.js"),
      plainRun: join(here, "corpus", "plain_run.py"),
      parser: await wiring.parser(),
      nowMs,
    };
    const rows = [...(await rowsOnRecord())];
    const known = new Set(rows.map(({ notebook }) => notebook));
    const open = paths.filter((path) => !known.has(relative(corpus, path)));
    const next = async (): Promise<void> => {
      for (let path = open.shift(); path !== undefined; path = open.shift()) {
        const name = relative(corpus, path);
        const row = await promoteOne({ project: projectOf(corpus, path), path, name }, settings);
        rows.push(row);
        say(renderRow(row));
        if (values.rows !== undefined) await appendFile(values.rows, `${JSON.stringify(row)}\n`);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, next));
    say(renderTotals(rows));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readAll(corpus: string, paths: readonly string[]): Promise<void> {
  const refusals = new Map<string, number>();
  const times: number[] = [];
  const parser = await wiring.parser();
  let threw = 0;
  for (const path of paths) {
    const read = readAndPlan(await readFile(path, "utf8"), path, { parser, nowMs });
    times.push(read.ms);
    const end = read.kind === "refused" ? read.code : read.kind;
    refusals.set(end, (refusals.get(end) ?? 0) + 1);
    if (read.kind !== "threw") continue;
    threw += 1;
    say(`${relative(corpus, path)}: ${String(read.error)}`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  for (const [end, count] of [...refusals].toSorted(([, a], [, b]) => b - a))
    say(`${String(count).padStart(6)} ${end}`);
  say(
    `${String(paths.length)} notebooks, ${String(threw)} threw; milliseconds each: median ${at(0.5)}, 95 % ${at(0.95)}, at most ${at(1)}`,
  );
  if (threw > 0) process.exitCode = 1;
}

function renderRow(row: Row): string {
  const facts = [
    row.outcome.padEnd(11),
    `${String(row.nonTrivial)}/${String(row.steps)} steps`.padEnd(12),
    row.supervised ? (row.apart ? "apart" : "mixed") : "     ",
    `${(row.elapsedMs / 1000).toFixed(0)} s`.padStart(6),
    row.notebook,
  ];
  const details = [row.coverage, row.because].filter((text) => text !== "");
  return [facts.join("  "), ...details.map((text) => `    ${text}`)].join("\n");
}

async function notebooksIn(corpus: string): Promise<readonly string[]> {
  const entries = await readdir(corpus, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ipynb"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](\.ipynb_checkpoints|\.git|node_modules)[\\/]/.test(path))
    .toSorted();
}

async function rowsOnRecord(): Promise<readonly Row[]> {
  if (values.rows === undefined || !existsSync(values.rows)) return [];
  const text = await readFile(values.rows, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Row.parse(JSON.parse(line)));
}

async function ownPython(): Promise<string> {
  return preparePythonEnvironment({
    lockFile: join(checkout, "test", "support", "requirements.lock"),
    cacheFolder: join(checkout, ".cache"),
    log: say,
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
