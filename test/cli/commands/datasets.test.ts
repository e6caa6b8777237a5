import { chmod, mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { sha256 } from "../../../src/base/hash.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const OLD = "customer,churned\n1,yes\n";
const NEW = "customer,churned\n1,yes\n2,no\n";

test("a clone without state gets the data back from the shared folder", async () => {
  await using shared = await tempProject();
  await using project = await sharing(shared);
  const kept = await datasets(project, "snapshot", "data");
  expect(kept.json()).toMatchObject({
    ok: true,
    result: { datasets: [{ path: "data/churn.csv", digest: digestOf(OLD), state: "new" }] },
  });
  await using clone = await sharing(shared);
  await rm(clone.path("data"), { recursive: true });
  await clone.write("datasets.lock.yaml", await project.read("datasets.lock.yaml"));
  expect(states(await datasets(clone, "fetch", "--dry-run"))).toEqual(["fetched"]);
  expect(await clone.list()).toEqual([".mlopsrc.yaml", "datasets.lock.yaml"]);
  expect(states(await datasets(clone, "fetch"))).toEqual(["fetched"]);
  expect(await clone.read("data/churn.csv")).toBe(OLD);
  expect(states(await datasets(clone, "fetch"))).toEqual(["current"]);
});

test("a second snapshot copies nothing and leaves the lock as it is", async () => {
  await using shared = await tempProject();
  await using project = await sharing(shared);
  await datasets(project, "snapshot", "data/churn.csv");
  const [lock, blobs] = [await project.read("datasets.lock.yaml"), await shared.list()];
  expect(states(await datasets(project, "snapshot", "data/churn.csv"))).toEqual(["unchanged"]);
  expect(await project.read("datasets.lock.yaml")).toBe(lock);
  expect(await shared.list()).toEqual(blobs);
});

test("a file deleted from a folder is recorded no more, and fetching does not bring it back", async () => {
  await using project = await tempProject({
    "data/churn.csv": OLD,
    "data/old.csv": NEW,
    "raw.csv": OLD,
  });
  await datasets(project, "snapshot", "data", "raw.csv");
  const before = await project.read("datasets.lock.yaml");
  await rm(project.path("data/old.csv"));
  await rm(project.path("raw.csv"));
  expect(states(await datasets(project, "snapshot", "data", "--dry-run"))).toEqual([
    "unchanged",
    "removed",
  ]);
  expect(await project.read("datasets.lock.yaml")).toBe(before);
  const kept = await datasets(project, "snapshot", "data");
  expect(kept.json()).toMatchObject({
    result: {
      datasets: [
        { state: "unchanged" },
        { path: "data/old.csv", digest: digestOf(NEW), state: "removed" },
      ],
    },
  });
  // Only what was asked for is looked at: raw.csv is no part of the folder.
  expect(states(await datasets(project, "fetch"))).toEqual(["current", "fetched"]);
  expect(await project.list()).not.toContain("data/old.csv");
});

test("two projects may push the same content at once, and no temporary file stays", async () => {
  await using shared = await tempProject();
  await using one = await sharing(shared);
  await using two = await sharing(shared);
  const done = await Promise.all([one, two].map((each) => datasets(each, "snapshot", "data")));
  expect(done.map(({ exit }) => exit)).toEqual([0, 0]);
  expect(await shared.list()).toEqual([blobOf(OLD)]);
});

test("cleaning frees neither recorded data nor what was replaced on request", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await project.write("data/churn.csv", NEW);
  await datasets(project, "fetch", "--force");
  const blobs = project.path(".mlops/store/blobs");
  const stored = await readdir(blobs, { recursive: true, withFileTypes: true });
  for (const entry of stored.filter((each) => each.isFile()))
    await utimes(join(entry.parentPath, entry.name), 0, 0);
  const cleaned = await runMlops(["clean", "--yes", "--json"], { directory: project.path(".") });
  expect(cleaned.json()).toMatchObject({ result: { blobs: { count: 0 }, kept: { count: 2 } } });
  await datasets(project, "fetch", `data/churn.csv@${digestOf(NEW)}`, "--force");
  expect(await project.read("data/churn.csv")).toBe(NEW);
});

test("cleaning removes nothing behind a symlink", async () => {
  await using outside = await tempProject();
  await using project = await tempProject();
  const name = "a".repeat(64);
  for (const folder of ["tmp", "blobs", "scratch/run"]) {
    const file = outside.path(`${folder}/${name}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "mine");
    await utimes(file, 0, 0);
    await utimes(dirname(file), 0, 0);
  }
  await mkdir(project.path(".mlops/store/blobs"), { recursive: true });
  await symlink(outside.path("tmp"), project.path(".mlops/store/tmp"));
  await symlink(outside.path("blobs"), project.path(".mlops/store/blobs/aa"));
  await symlink(outside.path("scratch"), project.path(".mlops/tmp"));
  const cleaned = await runMlops(["clean", "--yes", "--json"], { directory: project.path(".") });
  expect(cleaned.json()).toMatchObject({
    ok: true,
    result: { blobs: { count: 0 }, leftovers: [] },
  });
  expect(await outside.list()).toEqual([`blobs/${name}`, `scratch/run/${name}`, `tmp/${name}`]);
});

test("keeps a file that differs, and replaces it on request with a way back", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await project.write("data/churn.csv", NEW);
  const refused = await datasets(project, "fetch");
  expect([refused.exit, codes(refused)]).toEqual([1, ["dataset-differs"]]);
  expect(await project.read("data/churn.csv")).toBe(NEW);
  expect((await datasets(project, "fetch", "--force")).json()).toMatchObject({
    result: { datasets: [{ state: "replaced", replaced: digestOf(NEW) }] },
  });
  expect(await project.read("data/churn.csv")).toBe(OLD);
  await datasets(project, "fetch", `data/churn.csv@${digestOf(NEW)}`, "--force");
  expect(await project.read("data/churn.csv")).toBe(NEW);
});

test("says how to have a replaced file back, on one line that can be pasted", async () => {
  const path = "data/customers of march.csv";
  await using project = await tempProject({ [path]: OLD });
  await datasets(project, "snapshot", "data");
  await project.write(path, NEW);
  const { stdout } = await runMlops(["datasets", "fetch", "--force"], { directory: project.root });
  expect(stdout.split("\n")).toEqual([
    `  ${path}  ${digestOf(OLD).slice(0, 19)}  replaced`,
    "",
    `undo: mlops datasets fetch '${path}'@${digestOf(NEW)} --force`,
    "",
  ]);
});

test("goes back to an earlier version by the first digits of its digest", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await project.write("data/churn.csv", NEW);
  expect(states(await datasets(project, "snapshot", "data"))).toEqual(["changed"]);
  const version = digestOf(OLD).slice("sha256:".length, 15);
  await datasets(project, "fetch", `data/churn.csv@${version}`, "--force");
  expect(await project.read("data/churn.csv")).toBe(OLD);
});

test("names damaged bytes in the shared store, puts nothing in place, and takes whole ones again", async () => {
  await using shared = await tempProject();
  await using project = await sharing(shared);
  await datasets(project, "snapshot", "data");
  await rm(project.path(".mlops"), { recursive: true });
  await rm(project.path("data"), { recursive: true });
  await chmod(shared.path(blobOf(OLD)), 0o644);
  await writeFile(shared.path(blobOf(OLD)), "damaged");
  const failed = await datasets(project, "fetch");
  expect([failed.exit, codes(failed)]).toEqual([1, ["dataset-corrupt"]]);
  expect(failed.stdout).toContain(digestOf(OLD));
  expect(await project.list()).not.toContain("data/churn.csv");
  expect(await shared.list()).toEqual([expect.stringMatching(/^quarantine\//)]);
  await using colleague = await sharing(shared);
  await datasets(colleague, "snapshot", "data");
  expect(states(await datasets(project, "fetch"))).toEqual(["fetched"]);
  expect(await project.read("data/churn.csv")).toBe(OLD);
});

test("shares what the project's store had damaged from the file itself", async () => {
  await using shared = await tempProject();
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await writeFile(project.path(join(".mlops/store", blobOf(OLD))), "damaged");
  await mkdir(shared.path("blobs"), { recursive: true });
  await project.write(".mlopsrc.yaml", `store: ${shared.root}\n`);
  expect((await datasets(project, "snapshot", "data")).exit).toBe(0);
  expect(await shared.read(blobOf(OLD))).toBe(OLD);
});

test("fetches what the project's store had damaged from the shared one", async () => {
  await using shared = await tempProject();
  await using project = await sharing(shared);
  await datasets(project, "snapshot", "data");
  await writeFile(project.path(join(".mlops/store", blobOf(OLD))), "damaged");
  await rm(project.path("data"), { recursive: true });
  expect(states(await datasets(project, "fetch"))).toEqual(["fetched"]);
  expect(await project.read("data/churn.csv")).toBe(OLD);
});

test("says that no store has the bytes", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await rm(project.path(".mlops"), { recursive: true });
  await rm(project.path("data/churn.csv"));
  expect(codes(await datasets(project, "fetch"))).toEqual(["dataset-unavailable"]);
});

const HOSTILE = [
  "../../etc/passwd",
  "/etc/passwd",
  "data/../../x",
  "data\\..\\..\\x",
  ".git/hooks/post-checkout",
  "data/.GIT/config",
  ".mlops/registry.db",
];

test.each(HOSTILE)("refuses a lock that names %s", async (path) => {
  await using project = await tempProject({
    "datasets.lock.yaml": `version: 1\ndatasets:\n  ${JSON.stringify(path)}: { digest: "${digestOf(OLD)}", bytes: 1 }\n`,
  });
  const refused = await datasets(project, "fetch", "--force");
  expect([refused.exit, errorCode(refused)]).toEqual([2, "datasets-lock-invalid"]);
});

test.each(["sha256:../../x", "md5:00", `sha256:${"A".repeat(64)}`])(
  "refuses a lock with the digest %s",
  async (digest) => {
    await using project = await tempProject({
      "datasets.lock.yaml": `version: 1\ndatasets:\n  data/a: { digest: "${digest}", bytes: 1 }\n`,
    });
    expect(errorCode(await datasets(project, "fetch"))).toBe("datasets-lock-invalid");
  },
);

test("follows no link out of the project, neither to read nor to write", async () => {
  await using outside = await tempProject({ "secret.txt": OLD });
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  await rm(project.path("data"), { recursive: true });
  await symlink(outside.root, project.path("data"));
  expect(errorCode(await datasets(project, "fetch"))).toBe("dataset-path-leaves");
  expect(errorCode(await datasets(project, "snapshot", "data/secret.txt"))).toBe(
    "dataset-path-leaves",
  );
  expect(await outside.list()).toEqual(["secret.txt"]);
});

test.each([
  { words: ["snapshot"], code: "usage-missing-argument", exit: 2 },
  { words: ["snapshot", "data/chrun.csv"], code: "dataset-missing", exit: 2 },
  { words: ["snapshot", ".mlopsrc.yaml/../.mlops/.gitignore"], code: "dataset-missing", exit: 2 },
  { words: ["fetch", "data/chrun.csv"], code: "dataset-unknown", exit: 2 },
  {
    words: ["snapshot", "data"],
    store: "ftp://team/data",
    code: "store-kind-unsupported",
    exit: 2,
  },
  { words: ["snapshot", "data"], store: "/gone/store", code: "store-unreachable", exit: 3 },
])("refuses $words with $code", async ({ words, store, code, exit }) => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  if (store !== undefined) await project.write(".mlopsrc.yaml", `store: ${store}\n`);
  const refused = await datasets(project, ...words);
  expect([refused.exit, errorCode(refused)]).toEqual([exit, code]);
  expect(await project.list()).not.toContain("datasets.lock.yaml");
});

test("asks for more digits where they stand for no recorded version", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  await datasets(project, "snapshot", "data");
  expect(errorCode(await datasets(project, "fetch", "data/churn.csv@000000"))).toBe(
    "dataset-version-unknown",
  );
});

test("says what to do next in words", async () => {
  await using project = await tempProject({ "data/churn.csv": OLD });
  const run = await runMlops(["datasets", "snapshot", "data"], { directory: project.root });
  expect(run.stdout).toContain("Commit datasets.lock.yaml");
  const fetched = await runMlops(["datasets", "fetch"], { directory: project.root });
  expect(fetched.stdout).toContain("current");
});

async function sharing(shared: TempProject): Promise<TempProject> {
  await mkdir(shared.path("blobs"), { recursive: true });
  return tempProject({ ".mlopsrc.yaml": `store: ${shared.root}\n`, "data/churn.csv": OLD });
}

async function datasets(project: TempProject, ...words: readonly string[]): Promise<FinishedRun> {
  return runMlops(["datasets", ...words, "--json"], { directory: project.root });
}

function digestOf(text: string): string {
  return sha256(new TextEncoder().encode(text));
}

function blobOf(text: string): string {
  const hex = digestOf(text).slice("sha256:".length);
  return join("blobs", hex.slice(0, 2), hex);
}

interface Document {
  readonly result?: { readonly datasets: readonly { readonly state: string }[] };
  readonly diagnostics: readonly { readonly code: string }[];
  readonly error?: { readonly code: string };
}

function documentOf(run: FinishedRun): Document {
  return run.json() as Document;
}

function states(run: FinishedRun): readonly string[] {
  return documentOf(run).result?.datasets.map(({ state }) => state) ?? [];
}

function codes(run: FinishedRun): readonly string[] {
  return documentOf(run).diagnostics.map(({ code }) => code);
}

function errorCode(run: FinishedRun): string | undefined {
  return documentOf(run).error?.code;
}
