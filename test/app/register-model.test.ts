import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { materializeModel } from "../../src/app/materialize-model.ts";
import type { PackedAhead } from "../../src/app/pack-ahead.ts";
import { packInputOf } from "../../src/app/pack-input.ts";
import { packModel } from "../../src/app/pack-model.ts";
import { registerModel } from "../../src/app/register-model.ts";
import { parseYaml } from "../../src/base/yaml.ts";
import { Contract } from "../../src/contract/schema.ts";
import { Profile } from "../../src/monitoring/schema.ts";
import type { ModelVersion } from "../../src/registry/model.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { absentDigest, type TenureRun, tenureRun } from "../support/tenure-run.ts";

let made: TenureRun;

beforeAll(async () => {
  made = await tenureRun(await pythonForTests());
}, 600_000);

afterAll(async () => {
  await made.remove();
});

async function textOf(version: ModelVersion, path: string): Promise<string> {
  const bytes = await made.ports.artifacts.read(version.files[path] ?? absentDigest);
  if (bytes === undefined) throw new Error(`${path} is not in the store`);
  return new TextDecoder().decode(bytes);
}

test("makes one version of one content, with everything the contract names", {
  timeout: 120_000,
}, async () => {
  // A name of its own: the tests run in any order, and share one registry.
  const input = { ...made.input, model: "counted" };
  const first = await registerModel(input, made.ports);
  expect(first).toMatchObject({
    created: true,
    serving: { ready: true },
    version: { model: "counted", version: 1 },
  });
  expect(Object.keys(first.version.files)).toEqual([
    "MLmodel",
    "code/tenure/__init__.py",
    "code/tenure/_code.py",
    "code/tenure/_feature_support.py",
    "code/tenure/_file_use.py",
    "code/tenure/_runtime.py",
    "code/tenure/_secrets.py",
    "code/tenure/_shared_memory.py",
    "code/tenure/_values.py",
    "code/tenure/features.py",
    "code/tenure/predict.py",
    "contract.json",
    "digests.json",
    "input_example.json",
    "model/model.joblib",
    "profile.json",
    "python_env.yaml",
    "requirements.txt",
    "state/objects.joblib",
    "state/state.json",
  ]);
  const again = await registerModel(input, made.ports);
  expect(again).toMatchObject({
    created: false,
    version: { version: 1, contentDigest: first.version.contentDigest },
  });
  expect(
    made.ports.registry.audit
      .list()
      .filter(({ subject }) => subject.startsWith("counted@"))
      .map(({ action, subject }) => `${action} ${subject}`),
  ).toEqual(["model.registered counted@v1"]);
});

test("derives contract, example and profile from the raw columns, without a row of data", {
  timeout: 120_000,
}, async () => {
  const { version } = await registerModel(made.input, made.ports);
  const contract = Contract.parse(JSON.parse(await textOf(version, "contract.json")));
  expect(contract.columns.map(({ name, type, nullable }) => ({ name, type, nullable }))).toEqual([
    { name: "plan", type: "string", nullable: false },
    { name: "tenure", type: "float64", nullable: true },
    { name: "charge", type: "float64", nullable: false },
  ]);
  expect(contract.answer).toEqual({ kind: "label", classes: [0, 1] });
  const example: unknown = JSON.parse(await textOf(version, "input_example.json"));
  expect(example).toMatchObject({ columns: ["plan", "tenure", "charge"] });
  const profile = Profile.parse(JSON.parse(await textOf(version, "profile.json")));
  expect(profile.raw).toMatchObject({
    rows: 400,
    columns: [{ name: "plan" }, { name: "tenure" }, { name: "charge" }],
  });
  expect(profile.features?.columns.map((column) => column.name)).toEqual([
    "tenure",
    "charge",
    "plan_basic",
    "plan_business",
    "plan_family",
  ]);
  // Half of the customers were held out.
  expect(profile.prediction).toMatchObject({ rows: 200 });
  for (const path of Object.keys(version.files)) {
    expect(await textOf(version, path)).not.toMatch(/C00\d{3}/);
  }
});

test("says in MLmodel how MLflow loads it, and nothing of the run or the time", {
  timeout: 120_000,
}, async () => {
  const { version } = await registerModel(made.input, made.ports);
  const text = await textOf(version, "MLmodel");
  const signature: unknown = expect.stringContaining('"name":"plan"');
  expect(parseYaml(text, "MLmodel").value).toMatchObject({
    flavors: { python_function: { code: "code", data: ".", loader_module: "tenure.predict" } },
    metadata: { mlops: { servable: true } },
    signature: { inputs: signature },
  });
  expect(text).not.toContain(made.input.run.id);
  expect(text).not.toContain(made.folder);
});

test("takes the model out of values that were stored together", { timeout: 120_000 }, async () => {
  const { plan } = made.input;
  const serve = plan.serve === undefined ? undefined : { ...plan.serve, model: "group" };
  const { version, serving } = await registerModel(
    { ...made.input, model: "grouped", plan: { ...plan, serve } },
    made.ports,
  );
  expect(serving).toEqual({ ready: true });
  expect(version.files["model/model.joblib"]).not.toBe(
    made.input.run.steps[0]?.manifest?.outputs["group"]?.digest,
  );
});

test("writes a directory that the serving worker loads and asks", {
  timeout: 120_000,
}, async () => {
  const { version } = await registerModel(made.input, made.ports);
  await materializeModel(version, ".mlops/models/tenure-v1", made.ports);
  await materializeModel(version, ".mlops/models/tenure-v1", made.ports);
  const folder = join(made.folder, ".mlops/models/tenure-v1");
  const worker = await made.ports.workers.start({
    python: made.input.python,
    workingDirectory: made.folder,
  });
  const names = { known: [], recorded: version.pickledNames };
  await worker.call("load", { model: folder, digests: version.files, names });
  expect(version.pickledNames?.["model/model.joblib"]).toContain("numpy:dtype");
  const nothing = { known: [], recorded: null };
  await expect(
    worker.call("load", { model: folder, digests: version.files, names: nothing }),
  ).rejects.toMatchObject({ failure: { code: "model-names-unknown-code" } });
  await worker.close();
  const model = join(folder, "model/model.joblib");
  await writeFile(model, `${await readFile(model, "latin1")}x`, "latin1");
  await expect(
    materializeModel(version, ".mlops/models/tenure-v1", made.ports),
  ).rejects.toMatchObject({ code: "output-folder-taken" });
});

test("writes no directory when the store has damaged bytes", { timeout: 120_000 }, async () => {
  const { version } = await registerModel(made.input, made.ports);
  const broken = { ...version, files: { ...version.files, "model/model.joblib": absentDigest } };
  await expect(materializeModel(broken, ".mlops/models/broken", made.ports)).rejects.toMatchObject({
    code: "model-bytes-missing",
  });
  const leaving = {
    ...version,
    files: { ...version.files, "../outside": version.files["MLmodel"] ?? absentDigest },
  };
  await expect(materializeModel(leaving, ".mlops/models/broken", made.ports)).rejects.toMatchObject(
    { code: "model-bytes-missing" },
  );
  expect(await made.ports.files.list(".mlops/models", (path) => path.startsWith("tenure"))).toEqual(
    [],
  );
});

test("registers a model that looks up what executes without serving it, unless a person trusts that", {
  timeout: 120_000,
}, async () => {
  const script =
    "import joblib, sys\nmodel = joblib.load(sys.argv[1])\nmodel.words_ = 'a b'.split\njoblib.dump(model, sys.argv[2])\n";
  const [from, to] = [join(made.folder, "model.joblib"), join(made.folder, "methods.joblib")];
  await promisify(execFile)(made.input.python, ["-c", script, from, to]);
  const digest = await made.ports.artifacts.addFile(to);
  const run = structuredClone(made.input.run);
  const outputs = run.steps[0]?.manifest?.outputs;
  if (outputs?.["model"] === undefined) throw new Error("the run made no model");
  outputs["model"] = { ...outputs["model"], digest };
  const input = { ...made.input, run, model: "methods" };
  const refused = await registerModel(input, made.ports);
  expect(refused.serving).toMatchObject({
    ready: false,
    because: expect.stringMatching(
      /^model\/model\.joblib, byte \d+: loading it would look up builtins:getattr, .* --trust builtins:getattr$/,
    ) as unknown,
  });
  expect(refused.version.pickledNames).toBeUndefined();
  const trusted = await registerModel({ ...input, trusted: ["builtins:getattr"] }, made.ports);
  expect(trusted.serving).toEqual({ ready: true });
  expect(trusted.version.pickledNames?.["model/model.joblib"]).toContain("builtins:getattr");
  expect(made.ports.registry.audit.list()[0]?.details).toMatchObject({
    trusted: ["builtins:getattr"],
  });
});

test("registers a model without serving where features or raw table are missing, and says why", {
  timeout: 120_000,
}, async () => {
  const { plan } = made.input;
  const serve = plan.serve === undefined ? undefined : { ...plan.serve, raw: undefined };
  const { version, serving } = await registerModel(
    { ...made.input, model: "raw-less", plan: { ...plan, serve } },
    made.ports,
  );
  expect(serving).toEqual({
    ready: false,
    because: "the table the features are made from could not be told",
  });
  expect(Object.keys(version.files)).not.toContain("contract.json");
  expect(version.files["model/model.joblib"]).toBeDefined();
  expect(parseYaml(await textOf(version, "MLmodel"), "MLmodel").value).toEqual({
    flavors: {},
    metadata: {
      mlops: {
        servable: false,
        because: "the table the features are made from could not be told",
        package: "tenure",
      },
    },
  });
});

test("registers without serving when the package's own feature code fails", {
  timeout: 120_000,
}, async () => {
  const features = join(made.folder, "pipelines/tenure/tenure/features.py");
  const text = await readFile(features, "utf8");
  await writeFile(features, text.replace('df["tenure"].median()', 'df["months"].median()'));
  const { serving } = await registerModel({ ...made.input, model: "failing" }, made.ports);
  await writeFile(features, text);
  const because: unknown = expect.stringContaining("months");
  expect(serving).toMatchObject({ ready: false, because });
});

interface Skew {
  readonly name: string;
  /** Which of the two functions has it: `learn` stands first. */
  readonly of: "learn" | "transform";
  readonly from: string;
  readonly to: string;
  readonly column: string;
}

const CHARGE = 'charge"].astype(float)';
const MEDIAN = "fillna(state.median_tenure)";
const SKEWS: readonly Skew[] = [
  { name: "an operator", of: "learn", from: CHARGE, to: `${CHARGE} * 1.5`, column: "charge" },
  { name: "a constant", of: "learn", from: MEDIAN, to: "fillna(0.5)", column: "tenure" },
  { name: "a statistic", of: "learn", from: ".median()", to: ".mean()", column: "tenure" },
  { name: "an operator", of: "transform", from: CHARGE, to: `${CHARGE} * 1.5`, column: "charge" },
  { name: "a constant", of: "transform", from: MEDIAN, to: "fillna(0.5)", column: "tenure" },
];

test.each(SKEWS)(
  "registers without serving when $name of $of is not what the run's model was given",
  {
    timeout: 120_000,
  },
  async ({ of, from, to, column }) => {
    const features = join(made.folder, "pipelines/tenure/tenure/features.py");
    const text = await readFile(features, "utf8");
    const at = of === "learn" ? text.indexOf(from) : text.lastIndexOf(from);
    expect(at).toBeGreaterThan(-1);
    await writeFile(features, `${text.slice(0, at)}${to}${text.slice(at + from.length)}`);
    const { serving } = await registerModel({ ...made.input, model: "drifted" }, made.ports);
    await writeFile(features, text);
    if (serving.ready) throw new Error("it is served");
    expect(serving.because).toContain("other features than the run gave its model: X_train");
    expect(serving.because).toMatch(new RegExp(`column '${column}', row \\d+: `, "u"));
  },
);

test("takes what was packed ahead only where it is of the same values", async () => {
  const { input, ports } = made;
  const wanted = await packInputOf(
    {
      plan: input.plan,
      packageFolder: input.packageFolder,
      outputOf: (name) => {
        const output = input.run.steps[0]?.manifest?.outputs[name];
        if (output === undefined) throw new Error(`there is no ${name}`);
        return output;
      },
      findOutput: (name) => input.run.steps[0]?.manifest?.outputs[name],
      manifestOf: () => input.run.steps[0]?.manifest,
    },
    ports.files,
  );
  if ("because" in wanted) throw new Error(wanted.because);
  const starts: string[] = [];
  const start: typeof ports.workers.start = (options) => {
    starts.push(options.workingDirectory);
    return ports.workers.start(options);
  };
  const worker = await ports.workers.start({ python: input.python, workingDirectory: "/" });
  const packed = await packModel(wanted, { ...ports, worker, signal: input.signal });
  await worker.close();
  const { python } = worker.hello;
  const counting = { ...ports, workers: { start } };
  const register = async (ahead: PackedAhead | undefined): Promise<readonly [string, number]> => {
    starts.length = 0;
    const named = { ...input, model: "ahead", ahead: Promise.resolve(ahead) };
    const { version } = await registerModel(named, counting);
    return [version.contentDigest, starts.length];
  };
  const other = { ...wanted, raw: { ...wanted.raw, digest: absentDigest } };
  const [digest, started] = await register({ input: wanted, packed, python, worker });
  expect(started).toBe(0);
  expect(
    await register({ input: other, packed: { ...packed, files: {} }, python, worker }),
  ).toEqual([digest, 1]);
  expect(await register(undefined)).toEqual([digest, 1]);
});

test("refuses runs that did not succeed and pipelines without a model", async () => {
  const { input, ports } = made;
  await expect(
    registerModel({ ...input, run: { ...input.run, status: "failed" } }, ports),
  ).rejects.toMatchObject({ code: "run-not-succeeded" });
  await expect(
    registerModel({ ...input, plan: { ...input.plan, serve: undefined } }, ports),
  ).rejects.toMatchObject({ code: "no-model" });
});
