/**
 * `npm run demo`: the whole way on one real example, in an empty folder, with nothing but Node and Python.
 * Every command it shows can be typed; it stops at the first one that does not do what it says.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Certificate } from "../../src/verification/schema.ts";
import { preparePythonEnvironment } from "./python-environment.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(checkout, "bin", "mlops.js");
/** Leaves the folder for a look around. */
const keep = process.argv.includes("--keep");

/** What the two protocols answer, as far as the demo looks at it. */
const PlainAnswer = z.object({ answers: z.array(z.object({ label: z.string() })) });
const TensorAnswer = z.object({
  outputs: z.array(z.object({ name: z.string(), data: z.array(z.unknown()) })),
});

interface Finished {
  readonly code: number;
  readonly stdout: string;
}

await main();

async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const python = await preparePythonEnvironment({
    lockFile: join(checkout, "test", "support", "requirements.lock"),
    cacheFolder: join(checkout, ".cache"),
    log: say,
  });
  const folder = await mkdtemp(join(tmpdir(), "mlops-demo-"));
  try {
    const example = join(checkout, "examples", "churn");
    const parts = ["churn.ipynb", "data"];
    for (const part of parts)
      await cp(join(example, part), join(folder, part), { recursive: true });
    await walkThrough(folder, python, startedAtMs);
  } finally {
    if (keep) say(`\nkept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function walkThrough(folder: string, python: string, startedAtMs: number): Promise<void> {
  const mlops = (...words: readonly string[]): Promise<Finished> => show(folder, words, 0);
  chapter("A folder with a notebook and its data, nothing else");
  await mlops("init", "--yes", "--python", python);

  chapter("Notebook to pipeline, proven to compute the same");
  await mlops("promote", "churn.ipynb");
  const promoted = await readCertificate(folder);

  chapter("Pipeline to run to model");
  await mlops("run", "churn");
  say("\nAgain: nothing changed, so nothing runs.");
  await mlops("run", "churn");
  await mlops("models", "list");

  chapter("A model that answers");
  const served = await serveAndAsk(folder);

  chapter("Training on a schedule");
  await mlops("deploy", "churn", "--level", "1", "--target", "github");

  chapter("Somebody changes one number in a step");
  const caught = await changeAndVerify(folder);

  chapter("Where the repository stands");
  const assessed = await mlops("assess");

  const [claimed, proven] = assessed.stdout
    .split("\n")
    .filter((line) => /^(Claimed|Proven)/.test(line));
  chapter("Done");
  say(
    [
      "",
      `  notebook    churn.ipynb, 25 cells, as people leave it`,
      `  pipeline    ${String(promoted.steps)} steps, ${promoted.verdict}: ${promoted.coverage}`,
      `  model       churn@v1, ${promoted.metrics}`,
      `  served      ${served}`,
      `  training    .github/workflows/churn-train.yml and a Dockerfile`,
      `  a change    ${caught}`,
      `  maturity    ${(claimed ?? "").replace(/\s+/g, " ").trim()}`,
      `              ${(proven ?? "").replace(/\s+/g, " ").trim()}`,
      "",
      `  ${String(Math.round((performance.now() - startedAtMs) / 1000))} seconds. Look around: npm run demo -- --keep`,
    ].join("\n"),
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function chapter(title: string): void {
  say(`\n── ${title} ${"─".repeat(Math.max(0, 74 - title.length))}`);
}

/** Runs a command as a person would see it; another exit code than expected ends the demo. */
async function show(folder: string, words: readonly string[], expected: number): Promise<Finished> {
  say(`\n$ mlops ${words.map((word) => (word.startsWith(checkout) ? "PYTHON" : word)).join(" ")}`);
  const finished = await new Promise<Finished>((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      env: process.stdout.isTTY ? { ...process.env, FORCE_COLOR: "1" } : process.env,
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      process.stdout.write(chunk);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 1, stdout });
    });
  });
  if (finished.code !== expected)
    throw new Error(
      `mlops ${words.join(" ")} ended with ${String(finished.code)} instead of ${String(expected)}`,
    );
  return finished;
}

interface Promoted {
  readonly verdict: string;
  readonly steps: number;
  readonly coverage: string;
  readonly metrics: string;
}

async function readCertificate(folder: string): Promise<Promoted> {
  const text = await readFile(join(folder, "pipelines", "churn", "certificate.json"), "utf8");
  const certificate = Certificate.parse(JSON.parse(text));
  const coverage = Object.entries(certificate.coverage).map(
    ([part, { compared, total }]) => `${part} ${String(compared)}/${String(total)}`,
  );
  const metrics = certificate.comparisons
    .filter(({ kind }) => kind === "metric")
    .map(({ name, got }) => `${name} ${Number(got).toFixed(3)}`);
  return {
    verdict: certificate.verdict,
    steps: certificate.steps,
    coverage: coverage.join(", "),
    metrics: metrics.join(", "),
  };
}

type Row = Readonly<Record<string, string | number | boolean>>;

/** Starts the server on a free port, asks the same question by two protocols, stops it. */
async function serveAndAsk(folder: string): Promise<string> {
  say("\n$ mlops serve churn@v1 --port 0 &");
  const server = spawn(
    process.execPath,
    [program, "serve", "churn@v1", "--port", "0", "--events"],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    const url = await listening(server);
    const row: Row = {
      gender: "Female",
      senior: 0,
      tenure: 2,
      contract: "Month-to-month",
      payment_method: "Electronic check",
      paperless: "Yes",
      monthly_charges: 95.5,
      total_charges: "190.1",
    };
    const plain = await post(`${url}/predict`, row);
    const inputs = Object.entries(row).map(([name, value]) => ({
      name,
      shape: [1],
      datatype: datatypeOf(value),
      data: [value],
    }));
    const tensors = await post(`${url}/v2/models/churn/infer`, { inputs });
    const byName = PlainAnswer.parse(plain).answers[0]?.label;
    const { outputs } = TensorAnswer.parse(tensors);
    const byTensor = outputs.find(({ name }) => name === "label")?.data[0];
    if (byName === undefined || byName !== byTensor)
      throw new Error(`/predict said ${String(byName)}, v2 said ${JSON.stringify(byTensor)}`);
    return `/predict and v2 both say that this customer's churn is ${byName}`;
  } finally {
    server.kill("SIGTERM");
    await new Promise((resolve) => {
      if (server.exitCode === null) server.once("close", resolve);
      else resolve(undefined);
    });
  }
}

/** The address the server reports on its event stream. */
function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const url = /"kind":"listening".*?"url":"([^"]+)"/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    server.once("close", (code) => {
      reject(new Error(`mlops serve ended with ${String(code)}:\n${text}`));
    });
  });
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  say(
    `\nPOST ${new URL(url).pathname}\n${JSON.stringify(body)}\n${String(response.status)} ${text}`,
  );
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
  return JSON.parse(text);
}

function datatypeOf(value: string | number | boolean): string {
  if (typeof value === "string") return "BYTES";
  if (typeof value === "boolean") return "BOOL";
  return Number.isInteger(value) ? "INT64" : "FP64";
}

/** One constant of a generated step is changed; verification must say which step and value. */
async function changeAndVerify(folder: string): Promise<string> {
  const path = join(folder, "pipelines", "churn", "churn", "clean.py");
  const original = await readFile(path, "utf8");
  const changed = original.replace("> 115", "> 114");
  if (changed === original) throw new Error("clean.py has no such constant any more");
  say('\nclean.py: df["monthly_charges"] > 115 becomes > 114');
  await writeFile(path, changed);
  const finished = await show(folder, ["verify", "churn"], 1);
  await writeFile(path, original);
  const difference = /differs: (.*)/.exec(finished.stdout)?.[1];
  if (difference === undefined) throw new Error("mlops verify named no difference");
  return `caught by verify: ${difference}`;
}
