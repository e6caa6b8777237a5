/** A version leaves one registry and comes into another; what is done to it on the way is refused before anything of it runs. */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { exportModel } from "../../src/app/export-model.ts";
import { type ImportInput, importModel } from "../../src/app/import-model.ts";
import { registerModel } from "../../src/app/register-model.ts";
import { serveModel } from "../../src/app/serve-model.ts";
import { sha256OfJson } from "../../src/base/hash.ts";
import { encodeColumns, type Table } from "../../src/contract/typed-columns.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { Registry } from "../../src/ports/registry.ts";
import type { ModelVersion } from "../../src/registry/model.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { type TenureRun, tenureRun } from "../support/tenure-run.ts";

let made: TenureRun;
let version: ModelVersion;

beforeAll(async () => {
  made = await tenureRun(await pythonForTests());
  ({ version } = await registerModel(made.input, made.ports));
  await exportModel(version, "exported", made.ports);
}, 600_000);

afterAll(async () => {
  await made.remove();
});

/** Another project with the same files below it, and a copy of the export in a folder of its own. */
async function elsewhere(name: string): Promise<{
  readonly folder: string;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly bring: (changed?: Partial<ImportInput>) => ReturnType<typeof importModel>;
}> {
  const folder = join(made.folder, name);
  await cp(join(made.folder, "exported"), folder, { recursive: true });
  const artifacts = openArtifactDirectory(join(made.folder, `${name}-store`));
  const registry = memoryRegistry();
  return {
    folder,
    artifacts,
    registry,
    bring: (changed = {}) =>
      importModel(
        {
          folder: name,
          from: name,
          model: undefined,
          trusted: [],
          dryRun: false,
          python: made.input.python,
          actor: { name: "Bo <bo@example.org>", grade: "asserted" },
          signal: new AbortController().signal,
          ...changed,
        },
        { ...made.ports, artifacts, registry },
      ),
  };
}

const nulls = new Uint8Array(1);
const ROWS: Table = {
  rows: 2,
  columns: [
    { name: "plan", type: "string", values: ["basic", "pro"], nulls },
    { name: "tenure", type: "float64", values: new Float64Array([3, 40]), nulls },
    { name: "charge", type: "float64", values: new Float64Array([20, 90]), nulls },
  ],
};

async function answersOf(
  served: ModelVersion,
  stores: Pick<TenureRun["ports"], "artifacts" | "registry">,
  modelsFolder: string,
): Promise<unknown> {
  const servable = await serveModel(
    { version: served, python: made.input.python, modelsFolder },
    { ...made.ports, ...stores },
  );
  const worker = await servable.startWorker();
  try {
    const { header, payloads } = encodeColumns(ROWS);
    const reply = await worker.call("predict", { ...header, ids: ["a", "b"] }, { payloads });
    return reply.result;
  } finally {
    await worker.close();
  }
}

test("an imported version is the exported one, and gives its answers", {
  timeout: 240_000,
}, async () => {
  const { registry, artifacts, bring } = await elsewhere("same");
  const report = await bring();
  expect(report).toMatchObject({
    created: true,
    exportedAs: "tenure@v1",
    content: version.contentDigest,
    notServableBecause: null,
    registered: { reference: "tenure@v1", servable: true },
  });
  const imported = registry.models.get("tenure", 1);
  expect(imported).toMatchObject({
    files: version.files,
    metrics: version.metrics,
    runId: version.runId,
    pickledNames: version.pickledNames,
    origin: { kind: "imported", from: "same" },
    createdBy: { name: "Bo <bo@example.org>" },
  });
  expect(registry.audit.list()).toMatchObject([
    {
      action: "model.imported",
      subject: "tenure@v1",
      details: { trusted: [], exported: "tenure@v1" },
    },
  ]);
  if (imported === undefined) throw new Error("it was not registered");
  expect(await answersOf(imported, { artifacts, registry }, ".mlops/there")).toEqual(
    await answersOf(version, made.ports, ".mlops/here"),
  );
  expect(await bring()).toMatchObject({ created: false, registered: { version: 1 } });
});

test("an export says what the registry knows, and is not written over anything", async () => {
  const said: unknown = JSON.parse(
    await readFile(join(made.folder, "exported/version.json"), "utf8"),
  );
  expect(said).toMatchObject({
    schema: "mlops.version/1",
    model: "tenure",
    files: version.files,
    pickledNames: version.pickledNames,
    events: [{ action: "model.registered", sequence: 1 }],
  });
  await mkdir(join(made.folder, "empty"));
  for (const folder of ["exported", "empty"])
    await expect(exportModel(version, folder, made.ports)).rejects.toMatchObject({
      code: "output-folder-taken",
    });
  const left = (await readdir(made.folder)).filter((name) => name.startsWith(".export-"));
  expect(left).toEqual([]);
});

test("a dry run says the same and stores nothing", { timeout: 120_000 }, async () => {
  const { registry, artifacts, bring } = await elsewhere("dry");
  expect(await bring({ dryRun: true, model: "other" })).toMatchObject({
    registered: null,
    created: false,
    model: "other",
    content: version.contentDigest,
  });
  expect(registry.models.list()).toEqual([]);
  expect(await artifacts.list()).toEqual([]);
});

/** Puts a pickle that leaves a file when it is loaded in a place of the folder. */
async function attack(folder: string, file: string): Promise<void> {
  const script =
    "import joblib, os, sys, numpy\n" +
    "class Run:\n    def __reduce__(self):\n        return os.system, ('touch ' + sys.argv[2],)\n" +
    "joblib.dump({'bins': numpy.array([Run()], dtype=object)}, sys.argv[1])\n";
  await mkdir(join(folder, file, ".."), { recursive: true });
  await promisify(execFile)(made.input.python, [
    "-c",
    script,
    join(folder, file),
    join(made.folder, "marker"),
  ]);
}

async function attacked(): Promise<boolean> {
  return (await readdir(made.folder)).includes("marker");
}

test("a pickle that runs something is named, and never loaded", { timeout: 240_000 }, async () => {
  const { folder, registry, bring } = await elsewhere("attacked");
  await rm(join(folder, "version.json"));
  await attack(folder, "state/objects.joblib");
  const error: unknown = await bring({ model: "tenure" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "model-names-unknown-code", exitCode: 2 });
  expect(String(error)).toMatch(
    /state\/objects\.joblib, byte \d+: loading it would look up posix:system/,
  );
  expect(error).toMatchObject({
    hint: expect.stringMatching(/--model tenure --trust posix:system$/) as unknown,
  });
  expect(registry.models.list()).toEqual([]);
  expect(await attacked()).toBe(false);
  expect(await bring({ model: "tenure", trusted: ["posix:system"] })).toMatchObject({
    created: true,
    trusted: ["posix:system"],
  });
  expect(registry.audit.list()[0]?.details).toMatchObject({ trusted: ["posix:system"] });
  expect(await attacked()).toBe(false);
});

test("a registered version whose pickles look up more than is on record is not loaded", {
  timeout: 240_000,
}, async () => {
  await attack(join(made.folder, "changed"), "objects.joblib");
  const digest = await made.ports.artifacts.addFile(join(made.folder, "changed/objects.joblib"));
  const files = { ...version.files, "state/objects.joblib": digest };
  for (const pickledNames of [version.pickledNames, undefined]) {
    const model = pickledNames === undefined ? "unrecorded" : "recorded";
    const changed = { ...version, model, files, contentDigest: sha256OfJson(files), pickledNames };
    await expect(
      answersOf(made.ports.registry.models.register(changed), made.ports, `.mlops/${model}`),
    ).rejects.toMatchObject({ code: "model-names-unknown-code", exitCode: 2 });
  }
  expect(await attacked()).toBe(false);
});

test("a version that was registered without names is held against what is known and its own", {
  timeout: 120_000,
}, async () => {
  const old = made.ports.registry.models.register({
    ...version,
    model: "old",
    pickledNames: undefined,
  });
  expect(await answersOf(old, made.ports, ".mlops/old")).toMatchObject({ answers: [{}, {}] });
});

test("a plain MLflow model becomes a version that says why it is not served", {
  timeout: 120_000,
}, async () => {
  const { registry, bring } = await elsewhere("plain");
  await mkdir(join(made.folder, "sklearn"));
  await cp(
    join(made.folder, "exported/model/model.joblib"),
    join(made.folder, "sklearn/model.joblib"),
  );
  await writeFile(
    join(made.folder, "sklearn/MLmodel"),
    "flavors:\n  sklearn: { pickled_model: model.joblib }\nrun_id: 0123456789abcdef0123456789abcdef\n",
  );
  const folder = { folder: "sklearn", from: "sklearn" };
  await expect(bring(folder)).rejects.toMatchObject({ code: "import-model-unnamed" });
  const report = await bring({ ...folder, model: "plain" });
  expect(report.notServableBecause).toContain("no contract.json");
  expect(report.registered).toMatchObject({ servable: false, metrics: [] });
  expect(registry.models.get("plain", 1)?.runId).toBe("0123456789abcdef0123456789abcdef");
});
