import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import type { ScoreOutcome } from "../../src/app/score-batch.ts";
import { scoreBatch } from "../../src/app/score-batch.ts";
import type { FakePredict, FakeWorker } from "../support/serving.ts";
import { churnModel, fakeWorker, predictByTenure } from "../support/serving.ts";

const header = "customer,tenure,charges,senior,plan,since,email";
let folder: string;
let worker: FakeWorker;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-score-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("writes one answer a row and says which columns it left out", async () => {
  const outcome = await score([row(3), row(30)]);
  expect(outcome).toMatchObject({
    rows: 2,
    failed: 0,
    diagnostics: [{ code: "unknown-column", severity: "warning" }],
  });
  expect(await output()).toBe(
    "label,probability of no,probability of yes,error\nyes,0.25,0.75,\nno,0.9,0.1,\n",
  );
  expect(worker.isClosed()).toBe(true);
});

test("writes JSON where the name says so", async () => {
  await score([row(30)], { out: "answers.json" });
  const answers: unknown = JSON.parse(await output("answers.json"));
  expect(answers).toEqual([{ label: "no", probabilities: { no: 0.9, yes: 0.1 } }]);
});

test("keeps the order of rows over several calls", async () => {
  const tenures = Array.from({ length: 20_001 }, (_, index) => (index % 2 === 0 ? 3 : 30));
  await score(tenures.map(row));
  const labels = (await output())
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0]);
  expect(labels).toEqual(tenures.map((tenure) => (tenure < 12 ? "yes" : "no")));
});

test("puts the model's error in the place of the row it failed on", async () => {
  const failing: FakePredict = () =>
    Promise.resolve([{ label: "no" }, { error: { code: "predict-failed", message: "bad, row" } }]);
  expect(await score([row(3), row(4)], { predict: failing })).toMatchObject({ rows: 2, failed: 1 });
  expect(await output()).toBe('label,error\nno,\n,"bad, row"\n');
});

test.each([
  {
    name: "rows that break the contract",
    rows: ["c-1,x,1,true,basic,2023-05-01,"],
    code: "contract-violated",
  },
  { name: "a file that is no CSV", rows: ['"'], code: "csv-malformed" },
])("writes nothing for $name", async ({ rows, code }) => {
  await expect(score(rows)).rejects.toMatchObject({
    code,
    exitCode: 2,
    where: { path: "new.csv" },
  });
  expect(await readdir(folder)).toEqual(["new.csv"]);
});

test("writes nothing when the worker dies", async () => {
  const dying: FakePredict = () => {
    worker.die();
    return new Promise(() => undefined);
  };
  await expect(score([row(3)], { predict: dying })).rejects.toMatchObject({
    code: "prediction-failed",
    exitCode: 3,
  });
  expect(await readdir(folder)).toEqual(["new.csv"]);
});

test("says that the input is not there", async () => {
  await expect(score([], { input: "nwe.csv" })).rejects.toMatchObject({ code: "input-missing" });
});

interface Scoring {
  readonly predict?: FakePredict;
  readonly out?: string;
  readonly input?: string;
}

async function score(rows: readonly string[], scoring: Scoring = {}): Promise<ScoreOutcome> {
  await writeFile(join(folder, "new.csv"), `${[header, ...rows].join("\n")}\n`);
  worker = fakeWorker(scoring.predict ?? predictByTenure);
  const servable = {
    model: churnModel,
    directory: folder,
    startWorker: () => Promise.resolve(worker),
  };
  const { input = "new.csv", out = "answers.csv" } = scoring;
  return scoreBatch(
    { servable, input, out, signal: new AbortController().signal },
    { files: createFiles(folder) },
  );
}

function output(name = "answers.csv"): Promise<string> {
  return readFile(join(folder, name), "utf8");
}

function row(tenure: number): string {
  return `c-1,${String(tenure)},29.5,false,basic,2023-05-01,`;
}
