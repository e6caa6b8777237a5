import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import type { ScoreOutcome } from "../../src/app/score-batch.ts";
import { scoreBatch } from "../../src/app/score-batch.ts";
import type { ScoreInput } from "../../src/app/score-request.ts";
import type { ServedModel } from "../../src/serving/served-model.ts";
import { tableFormatOf } from "../../src/serving/table-format.ts";
import type { FakePredict, FakeWorker } from "../support/serving.ts";
import { churnModel, churnRow, fakeWorker, predictByTenure } from "../support/serving.ts";

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
  const outcome = await scoreText(`note,${header}\nx,${row(3)}\ny,${row(30)}\n`, {
    input: "new.csv",
  });
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
  const failing: FakePredict = (table) =>
    Promise.resolve(
      [{ label: "no" }, { error: { code: "predict-failed", message: "bad, row" } }].slice(
        0,
        table.rows,
      ),
    );
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

test("reads CSV, JSON and JSON Lines alike, and keeps columns as they are", async () => {
  const rows = [
    { id: "0071", ...churnRow, tenure: 3 },
    { id: "a,b", ...churnRow, tenure: 30 },
  ];
  const inputs = {
    "new.json": JSON.stringify(rows, undefined, 1),
    "new.jsonl": rows.map((each) => JSON.stringify(each)).join("\n"),
    "new.csv": `id,${header}\n0071,${row(3)}\n"a,b",${row(30)}\n`,
  };
  for (const [input, text] of Object.entries(inputs)) {
    await scoreText(text, { input, keep: ["id"] });
    expect(await output()).toBe(
      'id,label,probability of no,probability of yes,error\n0071,yes,0.25,0.75,\n"a,b",no,0.9,0.1,\n',
    );
  }
});

test("carries kept whole numbers that a float cannot hold", async () => {
  const line = JSON.stringify({ id: 1, ...churnRow }).replace('"id":1', '"id":9007199254740993');
  await scoreText(line, { input: "new.jsonl", out: "answers.jsonl", keep: ["id"] });
  expect(await output("answers.jsonl")).toContain('{"id":9007199254740993,"label":"no"');
});

test("leaves bad rows out where that is asked for, and says which ones and why", async () => {
  const rows = ["c-1,x,1,true,basic,2023-05-01,", row(30), "c-3,3,1,true,gold,2023-05-01,"];
  const outcome = await score(rows, { onError: "skip" });
  expect(outcome).toMatchObject({ rows: 1, failed: 0, rejected: 2 });
  expect(await output()).toBe("row,label,probability of no,probability of yes\n1,no,0.9,0.1\n");
  const rejects = (await output("rejects.jsonl")).trimEnd().split("\n");
  expect(rejects.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { row: 0, line: 2, problems: [{ code: "wrong-type", column: "tenure" }] },
    { row: 2, line: 4, problems: [{ code: "unseen-category" }], values: { plan: "gold" } },
  ]);
});

test("gives rows the model fails on to the rejects too", async () => {
  const failing: FakePredict = (table) =>
    Promise.resolve(
      Array.from({ length: table.rows }, () => ({
        error: { code: "predict-failed", message: "no" },
      })),
    );
  const outcome = await score([row(3)], { predict: failing, onError: "skip" });
  expect(outcome).toMatchObject({ rows: 0, rejected: 1 });
  expect(await output("rejects.jsonl")).toContain('"problems":[{"code":"predict-failed"');
});

test("names the line of a bad row in a later chunk, and writes nothing", async () => {
  const rows = [row(3), row(4), row(5), "c-1,NaN,1,true,basic,2023-05-01,"];
  await expect(score(rows, { chunkRows: 2 })).rejects.toMatchObject({
    code: "contract-violated",
    where: { path: "new.csv", line: 5 },
  });
  expect(await readdir(folder)).toEqual(["new.csv"]);
});

test("does not let a chunk decide what type a column has", async () => {
  // The first chunk has only whole numbers, the second only missing ones, the third what looks like text.
  const charges = (value: string): string => `c-1,3,${value},false,basic,2023-05-01,`;
  const types: unknown[] = [];
  const watching: FakePredict = (table, options) => {
    const column = table.columns.find(({ name }) => name === "charges");
    types.push([column?.type, [...(column?.values ?? [])]]);
    return predictByTenure(table, options);
  };
  await score([charges("1"), charges("2"), charges("NaN"), charges(""), charges("1e3")], {
    predict: watching,
    chunkRows: 2,
  });
  expect(types.filter((_, at) => ![1, 2].includes(at))).toEqual([
    ["float64", [1, 2]],
    ["float64", [Number.NaN, Number.NaN]],
    ["float64", [1000]],
  ]);
});

test("refuses to cut a file into chunks for a model whose answers depend on the other rows", async () => {
  const overall: FakePredict = (table) =>
    Promise.resolve(Array.from({ length: table.rows }, () => ({ label: table.rows })));
  const rows = [row(1), row(2), row(3)];
  await expect(score(rows, { predict: overall, chunkRows: 2 })).rejects.toMatchObject({
    code: "prediction-depends-on-batch",
  });
  expect(await readdir(folder)).toEqual(["new.csv"]);
  expect(await score(rows, { predict: overall, chunkRows: 3 })).toMatchObject({
    rows: 3,
    diagnostics: [{ code: "prediction-depends-on-batch" }],
  });
});

describe("answers for entities, here for each plan, from all of its rows", () => {
  const model = {
    ...churnModel,
    contract: {
      ...churnModel.contract,
      entity: "plan",
      answer: { ...churnModel.contract.answer, per: "entity" as const },
    },
  };
  /** Answers how many rows of the same plan were brought. */
  const countRows: FakePredict = (table) => {
    const plans = table.columns.find(({ name }) => name === "plan")?.values ?? [];
    const counts = [...plans].map((plan) => [...plans].filter((other) => other === plan).length);
    return Promise.resolve(counts.map((label) => ({ label })));
  };
  const of = (plan: string, tenure = "3"): string => `c-1,${tenure},1,true,${plan},2023-05-01,`;

  test("asks about all rows at once, wherever they stand in the file", async () => {
    const rows = [of("basic"), of("premium"), of("basic"), of("premium"), of("basic")];
    const { diagnostics } = await score(rows, { model, predict: countRows, chunkRows: 2 });
    expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-column"]);
    expect(await output()).toBe("label,error\n3,\n2,\n3,\n2,\n3,\n");
  });

  test("leaves out every row of an entity of which one is refused", async () => {
    const rows = [of("basic"), of("premium"), of("basic", "x"), of("premium")];
    const how = { model, predict: countRows, onError: "skip" } as const;
    expect(await score(rows, how)).toMatchObject({ rows: 2, rejected: 2 });
    expect(await output()).toBe("row,label\n1,2\n3,2\n");
    const rejects = (await output("rejects.jsonl")).trimEnd().split("\n");
    expect(rejects.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { row: 0, problems: [{ code: "entity-incomplete", column: "plan" }] },
      { row: 2, problems: [{ code: "wrong-type", column: "tenure" }] },
    ]);
  });

  test("says when an entity alone gets another answer than among others", async () => {
    const overall: FakePredict = (table) =>
      Promise.resolve(Array.from({ length: table.rows }, () => ({ label: table.rows })));
    const { diagnostics } = await score([of("basic"), of("premium")], { model, predict: overall });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: "prediction-depends-on-batch" }),
    );
  });
});

test.each([
  { name: "a file over itself", scoring: { out: "new.csv" }, code: "output-is-input" },
  {
    name: "a kept column that is not there",
    scoring: { keep: ["di"] },
    code: "keep-column-unknown",
  },
  {
    name: "a kept column named as an answer",
    scoring: { keep: ["label"] },
    code: "keep-name-taken",
  },
])("refuses $name", async ({ scoring, code }) => {
  await expect(score([row(3)], scoring)).rejects.toMatchObject({ code });
  expect(await readdir(folder)).toEqual(["new.csv"]);
});

test("refuses text that is not UTF-8", async () => {
  await writeFile(join(folder, "new.csv"), Buffer.from(`${header}\nM\xfcller${row(3)}`, "latin1"));
  await expect(scoreFile({})).rejects.toMatchObject({ code: "input-not-utf8" });
});

interface Scoring extends Partial<Omit<ScoreInput, "servable" | "input" | "signal">> {
  readonly predict?: FakePredict;
  readonly model?: ServedModel;
  readonly input?: string;
}

async function score(rows: readonly string[], scoring: Scoring = {}): Promise<ScoreOutcome> {
  return scoreText(`${[header, ...rows].join("\n")}\n`, {
    ...scoring,
    input: scoring.input ?? "new.csv",
  });
}

async function scoreText(text: string, scoring: Scoring): Promise<ScoreOutcome> {
  if (scoring.input !== "nwe.csv") await writeFile(join(folder, scoring.input ?? ""), text);
  return scoreFile(scoring);
}

async function scoreFile({ predict, model, ...scoring }: Scoring): Promise<ScoreOutcome> {
  worker = fakeWorker(predict ?? predictByTenure);
  const servable = {
    model: model ?? churnModel,
    directory: folder,
    startWorker: () => Promise.resolve(worker),
  };
  const { input = "new.csv", out = "answers.csv" } = scoring;
  return scoreBatch(
    {
      servable,
      inputFormat: tableFormatOf(input) ?? "csv",
      outputFormat: tableFormatOf(out) ?? "csv",
      keep: [],
      onError: "fail",
      rejects: "rejects.jsonl",
      chunkRows: 10_000,
      signal: new AbortController().signal,
      ...scoring,
      input,
      out,
    },
    { files: createFiles(folder), events: { emit: () => undefined } },
  );
}

function output(name = "answers.csv"): Promise<string> {
  return readFile(join(folder, name), "utf8");
}

function row(tenure: number): string {
  return `c-1,${String(tenure)},29.5,false,basic,2023-05-01,`;
}
