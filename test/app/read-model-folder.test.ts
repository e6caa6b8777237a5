import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { createFiles } from "../../src/adapters/node-files.ts";
import { renderExportedVersion } from "../../src/app/exported-version.ts";
import { readModelFolder } from "../../src/app/read-model-folder.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { Files } from "../../src/ports/files.ts";
import { versionOf } from "../support/registry-contract-values.ts";

let root: string;
let ports: { readonly files: Files; readonly artifacts: Artifacts };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mlops-import-"));
  ports = { files: createFiles(root), artifacts: openArtifactDirectory(join(root, "store")) };
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const SKLEARN = "flavors:\n  sklearn:\n    pickled_model: model.pkl\n    code: null\n";

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, "model", path)), { recursive: true });
    await writeFile(join(root, "model", path), text);
  }
}

/** What an export of these files says of itself. */
function versionFile(files: Readonly<Record<string, string>>): string {
  const digests = Object.entries(files).map(([path, text]) => [path, sha256(text)] as const);
  const version = { ...versionOf("1"), version: 3, files: Object.fromEntries(digests) };
  return renderExportedVersion(version, "churn@v3", []);
}

test("takes digests of all files, and puts them into the store", async () => {
  await write({ MLmodel: SKLEARN, "model.pkl": "bytes", "__pycache__/a.pyc": "left out" });
  const found = await readModelFolder("model", true, ports);
  expect(found.files).toEqual({ MLmodel: sha256(SKLEARN), "model.pkl": sha256("bytes") });
  expect(await ports.artifacts.has(sha256("bytes"))).toBe(true);
  expect(found.exported).toBeUndefined();
});

test("stores nothing where nothing is to be kept", async () => {
  await write({ MLmodel: SKLEARN, "model.pkl": "bytes" });
  await readModelFolder("model", false, ports);
  expect(await ports.artifacts.list()).toEqual([]);
});

test("reads what the version was where it was exported, and leaves that file out", async () => {
  const files = { MLmodel: SKLEARN, "model.pkl": "bytes" };
  await write({ ...files, "version.json": versionFile(files) });
  const found = await readModelFolder("model", true, ports);
  expect(Object.keys(found.files)).toEqual(["MLmodel", "model.pkl"]);
  expect(found.exported).toMatchObject({ model: "churn", version: 3, verdict: "verified" });
});

test("takes a version.json of another program for a file of the model", async () => {
  await write({ MLmodel: SKLEARN, "version.json": '{"version": 1}' });
  const found = await readModelFolder("model", true, ports);
  expect(Object.keys(found.files)).toEqual(["MLmodel", "version.json"]);
});

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghij"
  .split("")
  .map((name, at) => `${name}: &${name} [${`*${"abcdefghij"[at] ?? "a"}, `.repeat(9)}]`)
  .join("\n")}\n`;

const refused: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
  readonly code?: string;
}[] = [
  { name: "a folder without MLmodel", files: { "model.pkl": "x" }, says: "no MLmodel" },
  { name: "an MLmodel that is no YAML", files: { MLmodel: "a: [" }, says: "not valid YAML" },
  { name: "aliases that multiply", files: { MLmodel: bomb }, says: "not valid YAML" },
  {
    name: "brackets without end",
    files: { MLmodel: "[".repeat(200_000) },
    says: "cannot be imported",
  },
  {
    name: "an MLmodel without end",
    files: { MLmodel: `flavors: {}\n# ${"x".repeat(2 << 20)}` },
    says: "larger than any",
  },
  {
    name: "a flavor that nothing here reads",
    files: { MLmodel: "flavors: { keras: { data: d } }" },
    says: "neither the flavor",
  },
  {
    name: "a path that leaves the folder",
    files: { MLmodel: "flavors: { sklearn: { pickled_model: ../../secret } }" },
    says: "leads out of the model's folder",
  },
  {
    name: "an absolute path",
    files: { MLmodel: "flavors: { python_function: { loader_module: a, data: /etc } }" },
    says: "leads out of the model's folder",
  },
  {
    name: "a file that was changed since it was exported",
    files: { MLmodel: SKLEARN, "version.json": versionFile({ MLmodel: `${SKLEARN}# was` }) },
    says: "MLmodel in model is not what was exported",
    code: "import-digest-mismatch",
  },
  {
    name: "a file that is missing since",
    files: {
      MLmodel: SKLEARN,
      "version.json": versionFile({ MLmodel: SKLEARN, "model.pkl": "x" }),
    },
    says: "model.pkl in model is missing",
    code: "import-digest-mismatch",
  },
  {
    name: "a file that was added since",
    files: {
      MLmodel: SKLEARN,
      "code/evil.py": "import os",
      "version.json": versionFile({ MLmodel: SKLEARN }),
    },
    says: "code/evil.py in model is not part of what was exported",
    code: "import-digest-mismatch",
  },
  {
    name: "a version.json of another form",
    files: { MLmodel: SKLEARN, "version.json": '{"schema": "mlops.version/1", "model": 3}' },
    says: "version.json cannot be used",
  },
  {
    name: "a version.json of a later mlops",
    files: { MLmodel: SKLEARN, "version.json": '{"schema": "mlops.version/2"}' },
    says: "version.json cannot be used",
  },
];

test.each(refused)("refuses $name", async ({ files, says, code }) => {
  await write(files);
  const error: unknown = await readModelFolder("model", true, ports).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: code ?? "import-folder-invalid", exitCode: 2 });
  expect(String(error)).toContain(says);
});

test.each(["/", "/etc/passwd", "..", "model.pkl", "nowhere"])(
  "refuses a link to %s",
  async (target) => {
    await write({ MLmodel: SKLEARN, "model.pkl": "bytes" });
    await symlink(target, join(root, "model/linked"));
    await expect(readModelFolder("model", true, ports)).rejects.toMatchObject({
      code: "import-folder-invalid",
    });
  },
);

test("refuses what is no folder", async () => {
  await expect(readModelFolder("nowhere", true, ports)).rejects.toMatchObject({
    code: "import-folder-invalid",
  });
});
