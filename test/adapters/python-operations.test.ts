import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sha256 } from "../../src/base/hash.ts";
import {
  decodeColumns,
  encodeColumns,
  type TableHeader,
} from "../../src/contract/typed-columns.ts";
import { type CaptureObservation, ObservationRecord } from "../../src/observation/schema.ts";
import { type Worker, WorkerError } from "../../src/ports/worker.ts";
import { StepManifest } from "../../src/run/schema.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pipelineFolder, temporaryFolder, workers } from "../support/python-workers.ts";

/** A class of the notebook, and a step that makes an object of it and a list. */
const helpers = "class Customer:\n    def __init__(self, tenure):\n        self.tenure = tenure\n";

test("observes a notebook and compares its values with the pipeline's", async () => {
  await using folder = await pipelineFolder({
    "helpers.py": helpers,
    "load.py":
      "from .helpers import Customer\n\n\ndef load(*, data_path):\n    return [Customer(12.0), [0.1 + 0.2, 1.0]], [1], [2]\n",
  });
  await using worker = await startWorker(folder.path);
  const captures = await observe(worker, folder, [
    helpers,
    "rows = [Customer(12.0), [0.1 + 0.2, 1.0]]",
    "other = [Customer(13.0), [0.3, 1.0]]",
    "near = [Customer(12.0), [0.3, 1.0]]",
  ]);
  const reply = await worker.call("step", folder.stepHeader("load"));
  const manifest = StepManifest.parse((reply.result as { readonly manifest: unknown }).manifest);
  const got = manifest.outputs["rows"];
  const pair = (name: string, rtol?: number) => ({
    name,
    expected: captures.get(name),
    got,
    ...(rtol === undefined ? {} : { rtol }),
  });
  const compared = await worker.call("compare", {
    store: folder.store,
    package: join(folder.path, "pipelines", "penguins"),
    pairs: [
      pair("rows"),
      pair("other"),
      pair("near"),
      { ...pair("near", 1e-9), name: "near-enough" },
    ],
  });
  expect(compared.result).toEqual({
    results: [
      { name: "rows", how: "exact", same: true },
      { name: "other", how: "exact", same: false, difference: "[0].tenure: 13.0 != 12.0" },
      { name: "near", how: "exact", same: false, difference: "[1][0]: 0.3 != 0.30000000000000004" },
      { name: "near-enough", how: "float", same: true },
    ],
  });
});

test("compares estimators by what they learned and says where they differ", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker(folder.path);
  const captures = await observe(worker, folder, [
    "from sklearn.linear_model import Ridge",
    "import numpy as np",
    "one = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])",
    "two = Ridge().fit(np.array([[0.0], [1.0]]), np.array([0.0, 1.0])); two.extra_ = [1]",
    "three = Ridge(alpha=2.0).fit([[0.0], [1.0]], [0.0, 1.0])",
  ]);
  const pairs = [
    { name: "extra", expected: captures.get("one"), got: captures.get("two") },
    { name: "alpha", expected: captures.get("one"), got: captures.get("three") },
    {
      name: "gone",
      expected: captures.get("one"),
      got: { digest: `sha256:${"0".repeat(64)}`, codec: "pickle" },
    },
  ];
  const { result } = await worker.call("compare", { store: folder.store, pairs });
  expect(result).toMatchObject({
    results: [
      { how: "estimator", same: false, difference: "attributes: nothing more != 'extra_'" },
      { how: "estimator", same: false, difference: ".alpha: 1.0 != 2.0" },
      { same: false, difference: expect.stringContaining("the store has no sha256:000") as string },
    ],
  });
});

test("gives a stored table as the typed columns that the contract reads", async () => {
  await using folder = await pipelineFolder();
  await using worker = await startWorker(folder.path);
  const captures = await observe(worker, folder, [
    "import pandas as pd",
    "table = pd.DataFrame({'tenure': [1, 2, 3], 'plan': ['basic', None, 'premium'], 'since': pd.to_datetime(['1970-01-01', '1970-01-02', None])})",
  ]);
  const { digest, codec } = captures.get("table") ?? {};
  const reply = await worker.call("columns", { store: folder.store, digest, codec });
  const table = decodeColumns(reply.result as TableHeader, reply.payloads);
  expect(table.rows).toBe(3);
  expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
    ["tenure", "int64"],
    ["plan", "string"],
    ["since", "timestamp"],
  ]);
  expect(table.columns.map(({ values }) => [...values])).toEqual([
    [1, 2, 3],
    ["basic", null, "premium"],
    [0, 86_400_000, Number.NaN],
  ]);
  const first = await worker.call("columns", { store: folder.store, digest, codec, limit: 1 });
  expect(first.result).toMatchObject({ rows: 1, totalRows: 3 });
});

test("loads only what was registered, and answers rows", async () => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, "model");
  const code =
    "import json\n\n\ndef load(folder):\n    known = json.loads((folder / 'known.json').read_text())\n    return lambda frame: [known.get(plan, 'none') for plan in frame['plan']]\n";
  await mkdir(join(model, "code", "echo"), { recursive: true });
  await writeFile(join(model, "code", "echo", "predict.py"), code);
  await writeFile(join(model, "known.json"), '{"basic": "no"}');
  const digests: Record<string, string> = {
    "code/echo/predict.py": sha256(code),
    "known.json": sha256('{"basic": "no"}'),
  };
  await using worker = await startWorker(folder.path);
  const table = {
    rows: 2,
    columns: [
      {
        name: "plan",
        type: "string" as const,
        values: ["basic", null],
        nulls: Uint8Array.of(0b10),
      },
    ],
  };
  const { header, payloads } = encodeColumns(table);
  await expect(worker.call("predict", { ...header }, { payloads })).rejects.toMatchObject({
    failure: { code: "model-not-loaded" },
  });
  await writeFile(join(model, "extra.py"), "");
  const names = { known: [], recorded: null };
  await expect(worker.call("load", { model, names, digests })).rejects.toMatchObject({
    failure: { code: "model-corrupt", message: "extra.py is not part of the registered model" },
  });
  await expect(
    worker.call("load", { model, names, digests: { ...digests, "../extra.py": sha256("") } }),
  ).rejects.toMatchObject({ failure: { code: "model-corrupt" } });
  const changed = { ...digests, "extra.py": sha256(""), "known.json": sha256("{}") };
  await expect(worker.call("load", { model, names, digests: changed })).rejects.toMatchObject({
    failure: { code: "model-corrupt" },
  });
  await worker.call("load", { model, names, digests: { ...digests, "extra.py": sha256("") } });
  const reply = await worker.call("predict", { ...header, ids: ["a", "b"] }, { payloads });
  expect(reply.result).toEqual({ answers: [{ label: "no" }, { label: "none" }] });
});

test.each([
  { name: "leaves no compiled files beside a model's code", compiled: undefined },
  { name: "uses no compiled files that lie beside a model's code", compiled: "'compiled'" },
])("$name", async ({ compiled }) => {
  await using folder = await temporaryFolder();
  const code = (answer: string): string =>
    `def load(folder):\n    return lambda frame: [${answer}] * len(frame)\n`;
  const source = join(folder.path, "model/code/echo/predict.py");
  await mkdir(dirname(source), { recursive: true });
  if (compiled !== undefined) {
    await writeFile(source, code(compiled));
    const script =
      "import py_compile, sys; py_compile.compile(sys.argv[1], invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)";
    await promisify(execFile)(await pythonForTests(), ["-c", script, source]);
  }
  await writeFile(source, code("'source'"));
  await using worker = await startWorker(folder.path);
  await worker.call("load", {
    model: join(folder.path, "model"),
    names: { known: [], recorded: null },
    digests: { "code/echo/predict.py": sha256(code("'source'")) },
  });
  const table = {
    rows: 1,
    columns: [{ name: "plan", type: "string" as const, values: ["a"], nulls: Uint8Array.of(0) }],
  };
  const { header, payloads } = encodeColumns(table);
  const reply = await worker.call("predict", { ...header, ids: ["a"] }, { payloads });
  expect(reply.result).toEqual({ answers: [{ label: "source" }] });
  expect(await readdir(dirname(source))).toEqual([
    ...(compiled === undefined ? [] : ["__pycache__"]),
    "predict.py",
  ]);
});

test("an operation that does not exist, or a header that is wrong, is an error and not the end", async () => {
  await using folder = await temporaryFolder();
  await using worker = await startWorker(folder.path);
  await expect(worker.call("observe", {})).rejects.toBeInstanceOf(WorkerError);
  await expect(worker.call("step", {})).rejects.toMatchObject({
    failure: { code: "worker-failed" },
  });
  await worker.call("ping", {});
});

async function startWorker(workingDirectory: string): Promise<Worker & AsyncDisposable> {
  const worker = await workers.start({ python: await pythonForTests(), workingDirectory });
  return { ...worker, [Symbol.asyncDispose]: worker.close };
}

/** Runs statements as one cell and captures every variable that the last ones bind. */
async function observe(
  worker: Worker,
  folder: { readonly path: string; readonly store: string },
  codes: readonly string[],
): Promise<ReadonlyMap<string, CaptureObservation>> {
  const root = join(folder.path, "notebook");
  await mkdir(root, { recursive: true });
  let line = 1;
  const statements = codes.map((code, index) => {
    const statement = { index, line, code };
    line += code.split("\n").length;
    return statement;
  });
  const names = codes.flatMap((code, index) => {
    const name = /^(\w+) = /.exec(code)?.[1];
    return name === undefined
      ? []
      : [{ artifact: name, variables: [name], after: { cell: 1, index } }];
  });
  const records: ObservationRecord[] = [];
  const request = {
    notebook: "penguins.ipynb",
    root,
    cells: [{ cell: 1, statements, expectedChanges: [] }],
    captures: names,
    store: folder.store,
    seed: 0,
    allowNetwork: false,
    allowWrite: false,
  };
  await worker.call("observe", request, {
    onEvent: (event) => records.push(ObservationRecord.parse(event)),
  });
  expect(
    records.flatMap((record) =>
      record.kind === "statement" && record.error !== null ? [record.error] : [],
    ),
  ).toEqual([]);
  return new Map(
    records.flatMap((record) =>
      record.kind === "capture" ? [[record.artifact, record] as const] : [],
    ),
  );
}
