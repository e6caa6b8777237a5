import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { createFiles } from "../../src/adapters/node-files.ts";
import type { ServableModel, ServePorts } from "../../src/app/serve-model.ts";
import { serveModel } from "../../src/app/serve-model.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { sha256, sha256OfJson } from "../../src/base/hash.ts";
import type { Registry } from "../../src/ports/registry.ts";
import { KNOWN_NAMES } from "../../src/registry/known-names.ts";
import type { ModelVersion } from "../../src/registry/model.ts";
import type { FakeWorkers } from "../support/fake-workers.ts";
import { fakeWorkers } from "../support/fake-workers.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { versionOf } from "../support/registry-contract-values.ts";
import { churnContract } from "../support/serving.ts";

const contractText = JSON.stringify(churnContract);
let project: Omit<ServePorts, "workers"> & { readonly root: string; readonly registry: Registry };

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "mlops-serve-"));
  const artifacts = openArtifactDirectory(join(root, ".mlops/store"));
  project = { root, files: createFiles(root), artifacts, registry: memoryRegistry() };
});

afterEach(async () => {
  await rm(project.root, { recursive: true, force: true });
});

test("prepares a version in a folder of its own", async () => {
  const version = await register({ "contract.json": contractText, "model/model.joblib": "bytes" });
  const servable = await serve(version);
  expect(servable.model).toEqual({ name: "churn", version: 1, contract: churnContract });
  expect(servable.directory).toMatch(/\/\.mlops\/models\/churn\/v1$/);
  expect(await textsBelow(servable.directory)).toEqual({
    "contract.json": contractText,
    "model/model.joblib": "bytes",
  });
});

test("lets the worker check the registry's digests before it loads anything", async () => {
  const version = await register({ "contract.json": contractText });
  const workers = fakeWorkers({});
  const servable = await serve(version, workers);
  await servable.startWorker();
  expect(workers.starts).toMatchObject([
    { python: "python3", workingDirectory: servable.directory },
  ]);
  expect(workers.calls.map(({ operation, header }) => [operation, header])).toEqual([
    [
      "load",
      {
        model: servable.directory,
        digests: { "contract.json": sha256(contractText) },
        names: { known: [...KNOWN_NAMES], recorded: version.pickledNames ?? null },
      },
    ],
  ]);
});

test("puts a folder right that was changed since", async () => {
  const version = await register({ "contract.json": contractText });
  const { directory } = await serve(version);
  await project.files.writeAtomic(`${directory}/code/extra.py`, "import os");
  await serve(version);
  expect(await textsBelow(directory)).toEqual({ "contract.json": contractText });
});

const refused: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  readonly says: string;
}[] = [
  {
    name: "a model without a contract",
    files: { MLmodel: "" },
    code: "model-not-servable",
    says: "no contract.json",
  },
  {
    name: "a contract that is no JSON",
    files: { "contract.json": "{" },
    code: "model-not-servable",
    says: "not valid",
  },
  {
    name: "a contract of another version",
    files: { "contract.json": '{"version":2}' },
    code: "model-not-servable",
    says: "version",
  },
];

test.each(refused)("refuses $name", async ({ files, code, says }) => {
  const version = await register(files);
  const error: unknown = await serve(version).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, exitCode: 2 });
  expect(String(error)).toContain(says);
});

test("refuses a version whose bytes the store has lost", async () => {
  const version = project.registry.models.register({
    ...versionOf("2"),
    files: { "contract.json": sha256(contractText), "model/model.joblib": sha256("never stored") },
  });
  await expect(serve(version)).rejects.toMatchObject({ code: "model-bytes-missing" });
});

test.each([
  { failure: "model-names-unknown-code", code: "model-names-unknown-code", exitCode: 2 },
  { failure: "model-pickle-unreadable", code: "model-pickle-unreadable", exitCode: 2 },
  { failure: "model-corrupt", code: "model-corrupt", exitCode: 2 },
  { failure: "model-not-servable", code: "model-not-servable", exitCode: 2 },
  { failure: "model-load-failed", code: "model-load-failed", exitCode: 3 },
  { failure: "worker-died", code: "model-load-failed", exitCode: 3 },
])("says what $failure means and leaves no worker behind", async ({ failure, code, exitCode }) => {
  const version = await register({ "contract.json": contractText });
  const workers = fakeWorkers({
    load: () => ({ failure: { code: failure, message: "no module named sklearn" } }),
  });
  const servable = await serve(version, workers);
  await expect(servable.startWorker()).rejects.toMatchObject({ code, exitCode });
  expect(workers.openCount()).toBe(0);
});

async function textsBelow(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(
    async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}

async function register(texts: Readonly<Record<string, string>>): Promise<ModelVersion> {
  const files: Record<string, Sha256> = {};
  for (const [name, text] of Object.entries(texts)) {
    files[name] = await project.artifacts.write(new TextEncoder().encode(text));
  }
  return project.registry.models.register({
    ...versionOf("1"),
    files,
    contentDigest: sha256OfJson(files),
  });
}

function serve(
  version: ModelVersion,
  workers: FakeWorkers = fakeWorkers({}),
): Promise<ServableModel> {
  return serveModel(
    { version, python: "python3", modelsFolder: ".mlops/models" },
    { ...project, workers },
  );
}
