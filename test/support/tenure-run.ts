/** A small finished run of a hand-made pipeline, with its package, artifacts and registry: what registration starts from. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { createFiles } from "../../src/adapters/node-files.ts";
import { createPythonWorkers } from "../../src/adapters/python-worker.ts";
import type { RegisterInput, RegisterPorts } from "../../src/app/register-model.ts";
import { sha256FromHex } from "../../src/base/hash.ts";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { Files } from "../../src/ports/files.ts";
import type { Registry } from "../../src/ports/registry.ts";
import type { StepManifest } from "../../src/run/schema.ts";
import { memoryRegistry } from "./memory-registry.ts";
import { runOf, stepOf } from "./registry-contract-values.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything a test of registration needs; `input` may be changed piece by piece. */
export interface TenureRun {
  readonly folder: string;
  readonly input: RegisterInput;
  readonly ports: RegisterPorts & {
    readonly files: Files;
    readonly artifacts: Artifacts;
    readonly registry: Registry;
  };
  readonly remove: () => Promise<void>;
}

/** @param python An interpreter with scikit-learn. */
export async function tenureRun(python: string): Promise<TenureRun> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-tenure-"));
  const packageFolder = join(folder, "pipelines", "tenure");
  await writePackage(packageFolder);
  await promisify(execFile)(python, [
    join(root, "test/fixtures/packages/tenure/make_run.py"),
    packageFolder,
    folder,
  ]);
  const artifacts = openArtifactDirectory(join(folder, ".mlops", "store"));
  const registry = memoryRegistry();
  const start = { ...runOf(1, "tenure") };
  registry.runs.start(start);
  const step = stepOf("train", "1", [["roc-auc", 0.91]]);
  const manifest = step.manifest;
  if (manifest === undefined) throw new Error("the step has no manifest");
  registry.runs.addStep(start.id, {
    ...step,
    manifest: { ...manifest, outputs: await outputsOf(folder, artifacts) },
  });
  registry.runs.finish(start.id, "succeeded", start.startedAtMs + 1);
  const run = registry.runs.find(start.id);
  if (run === undefined) throw new Error("the run is not on record");
  return {
    folder,
    input: {
      run,
      model: "tenure",
      packageFolder: "pipelines/tenure",
      python,
      certificate: undefined,
      actor: { name: "Ada <ada@example.org>", grade: "asserted" },
      signal: new AbortController().signal,
      plan: {
        name: "tenure",
        root: "../..",
        serve: {
          model: "model",
          modelVariable: "model",
          raw: "raw",
          entity: undefined,
          time: undefined,
          unseen: "other",
        },
        parameters: [],
        steps: [
          { name: "load", inputs: [] },
          { name: "split", inputs: ["raw"] },
          { name: "train", inputs: ["split"] },
        ],
        artifacts: [
          {
            name: "split",
            variables: ["X_train", "X_test"],
            producer: "split",
            codec: "pickle",
            type: undefined,
            bytes: undefined,
          },
          {
            name: "raw",
            variables: ["df"],
            producer: "load",
            codec: "pickle",
            type: undefined,
            bytes: undefined,
          },
          {
            name: "model",
            variables: ["model"],
            producer: "train",
            codec: "joblib",
            type: undefined,
            bytes: undefined,
          },
          {
            name: "group",
            variables: ["y", "model"],
            producer: "train",
            codec: "joblib",
            type: undefined,
            bytes: undefined,
          },
        ],
      },
    },
    ports: {
      files: createFiles(folder),
      artifacts,
      registry,
      workers: createPythonWorkers({ workerFile: join(root, "templates/python/worker.py") }),
      clock: { nowMs: () => 1_767_225_600_000 },
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function outputsOf(folder: string, artifacts: Artifacts): Promise<StepManifest["outputs"]> {
  const outputs: StepManifest["outputs"] = {};
  for (const [name, file, codec] of [
    ["raw", "raw.pkl", "pickle"],
    ["split", "split.pkl", "pickle"],
    ["model", "model.joblib", "joblib"],
    ["group", "group.joblib", "joblib"],
  ] as const) {
    outputs[name] = {
      digest: await artifacts.addFile(join(folder, file)),
      codec,
      type: "made by hand",
      bytes: 1,
    };
  }
  return outputs;
}

async function writePackage(packageFolder: string): Promise<void> {
  const code = join(packageFolder, "tenure");
  await mkdir(code, { recursive: true });
  await cp(join(root, "test/fixtures/packages/tenure/tenure"), code, { recursive: true });
  for (const name of RUNTIME_MODULES)
    await cp(join(root, "templates/project", name), join(code, name));
  await cp(
    join(root, "templates/python/features/feature_support.py"),
    join(code, "_feature_support.py"),
  );
  const predict = await readFile(join(root, "templates/python/features/predict.py"), "utf8");
  const holes = {
    __PIPELINE__: "tenure",
    __NOTEBOOK__: "tenure.ipynb",
    __ANSWER__: "label",
    __OUTPUTS__: "None",
    __DECODE__: "return outputs",
    __REMARK__: "return None",
  };
  let filled = predict;
  for (const [hole, value] of Object.entries(holes)) filled = filled.replaceAll(hole, value);
  await writeFile(join(code, "predict.py"), filled);
  await writeFile(join(code, "__init__.py"), "");
  await writeFile(join(packageFolder, "requirements.txt"), "joblib\npandas\nscikit-learn\n");
}

/** A digest of nothing in the store. */
export const absentDigest = sha256FromHex("0".repeat(64));
