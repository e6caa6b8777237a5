/**
 * `npm run demo`: the whole way on one real example, in an empty folder, with nothing but Node and Python.
 * Every line it shows can be typed; it stops at the first command that does not do what it says.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preparePythonEnvironment } from "./python-environment.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(checkout, "bin", "mlops.js");
const keep = process.argv.includes("--keep");

/** What a command did, with what it printed. */
interface Finished {
  readonly code: number;
  readonly stdout: string;
}

await main();

async function main(): Promise<void> {
  const python = await preparePythonEnvironment({
    lockFile: join(checkout, "test", "support", "requirements.lock"),
    cacheFolder: join(checkout, ".cache"),
    log: (line) => process.stdout.write(`${line}\n`),
  });
  const folder = await mkdtemp(join(tmpdir(), "mlops-demo-"));
  try {
    await cp(join(checkout, "examples", "churn"), folder, { recursive: true, filter: (path) => !/\.joblib$|__pycache__/.test(path) });
    await walkThrough(folder, python);
  } finally {
    if (keep) process.stdout.write(`\nKept: ${folder}\n`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function walkThrough(folder: string, python: string): Promise<void> {
  const mlops = (...words: readonly string[]): Promise<Finished> => show(folder, words);
  chapter("A folder with a notebook and its data, nothing else");
  await mlops("init", "--yes", "--python", python);
  chapter("Notebook → pipeline, proven to compute the same");
  await mlops("promote", "churn.ipynb");
  const promoted = await ask(folder, ["pipelines", "show", "churn"], () => readCertificate(folder));
  chapter("Pipeline → run → registered model");
  await mlops("run", "churn");
  await mlops("run", "churn");
  await mlops("models", "list");
  chapter("A model that answers");
  const served = await serveAndAsk(folder);
  chapter("Level 1: training on a schedule");
  await mlops("deploy", "churn", "--level", "1", "--target", "github", "--yes");
  chapter("A change that nobody meant");
  const caught = await breakAndVerify(folder);
  chapter("Where the repository stands");
  const assessed = await mlops("assess");
  summarize({ promoted, served, caught, assessed: assessed.stdout });
}

function chapter(title: string): void {
  process.stdout.write(`\n━━ ${title} ${"━".repeat(Math.max(0, 76 - title.length))}\n`);
}

/** Runs a command as a person would see it; a failure ends the demo. */
async function show(folder: string, words: readonly string[], expected = 0): Promise<Finished> {
  process.stdout.write(`\n$ mlops ${words.join(" ")}\n`);
  const finished = await run(folder, words, true);
  if (finished.code !== expected) throw new Error(`mlops ${words.join(" ")} ended with ${String(finished.code)}, expected ${String(expected)}`);
  return finished;
}

async function ask<T>(_folder: string, _words: readonly string[], read: () => Promise<T>): Promise<T> {
  return read();
}

function run(folder: string, words: readonly string[], visible: boolean): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: folder, stdio: ["ignore", "pipe", visible ? "inherit" : "ignore"], env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}) } });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (visible) process.stdout.write(chunk);
    });
    child.once("error", reject);
    child.once("close", (code) => { resolve({ code: code ?? 1, stdout }); });
  });
}

interface Promoted {
  readonly verdict: string;
  readonly values: string;
  readonly steps: number;
}

async function readCertificate(folder: string): Promise<Promoted> {
  const certificate = JSON.parse(await readFile(join(folder, "pipelines", "churn", "certificate.json"), "utf8")) as {
    readonly verdict: string;
    readonly steps: number;
    readonly coverage: { readonly values: { readonly compared: number; readonly total: number } };
  };
  const { compared, total } = certificate.coverage.values;
  return { verdict: certificate.verdict, values: `${String(compared)} of ${String(total)} values compared`, steps: certificate.steps };
}

/** Starts the server on a free port, sends one request by each protocol, stops it. */
async function serveAndAsk(folder: string): Promise<string> {
  process.stdout.write("\n$ mlops serve churn@v1 --port 0 &\n");
  const child = spawn(process.execPath, [program, "serve", "churn@v1", "--port", "0", "--events"], { cwd: folder, stdio: ["ignore", "inherit", "pipe"] });
  try {
    const url = await listening(child);
    const example = JSON.parse(await readFile(join(folder, ".mlops", "models", "churn", "v1", "input_example.json"), "utf8")) as unknown;
    const row = exampleRow(example);
    const plain = await post(`${url}/predict`, row);
    const inputs = Object.entries(row).map(([name, value]) => ({ name, shape: [1], datatype: datatypeOf(value), data: [value] }));
    const v2 = await post(`${url}/v2/models/churn/infer`, { inputs });
    return `${plain} by /predict, ${v2} by v2`;
  } finally {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
  }
}
