/** The built program on shared stores: across two clones, killed in the middle, and told no. */
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { sha256 } from "../../src/base/hash.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { pseudoRandomBytes } from "../support/pseudo-random-bytes.ts";
import { startGcsServer, workloadIdentity } from "../support/stores/gcs-server.ts";
import { s3Environment, scratchFolder } from "../support/stores/open-stores.ts";
import { PLAIN_TOKEN, startPlainServer } from "../support/stores/plain-server.ts";
import { S3_BUCKET, startS3Server } from "../support/stores/s3-server.ts";

const LARGE = pseudoRandomBytes(20 << 20, 5);
const DATA: Readonly<Record<string, Buffer>> = {
  "data/events.parquet": LARGE,
  "data/churn.csv": Buffer.from("customer,churned\n1,yes\n"),
};

async function clone(
  store: string,
  files: Readonly<Record<string, Buffer>>,
): Promise<StoryProject> {
  const project = await storyProject("python3", async (folder) => {
    await writeFile(join(folder, ".mlopsrc.yaml"), `store: ${store}\n`);
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
  });
  onTestFinished(() => project[Symbol.asyncDispose]());
  return project;
}

/** A clone that has the lock and no data. */
async function cloneOf(project: StoryProject, store: string): Promise<StoryProject> {
  const lock = await readFile(join(project.folder, "datasets.lock.yaml"));
  return clone(store, { "datasets.lock.yaml": lock });
}

async function expectData(project: StoryProject): Promise<void> {
  for (const [path, bytes] of Object.entries(DATA))
    expect(sha256(await readFile(join(project.folder, path)))).toBe(sha256(bytes));
}

test("a clone has the data back from a bucket", async () => {
  await using server = await startS3Server();
  for (const [name, value] of Object.entries(s3Environment(server.url))) vi.stubEnv(name, value);
  const store = `s3://${S3_BUCKET}/churn`;
  const project = await clone(store, DATA);
  const kept = await project.mlops("datasets", "snapshot", "data");
  checkExit(kept, 0);
  expect(kept.stdout).toContain(`Shared in ${store}.`);
  const other = await cloneOf(project, store);
  checkExit(await other.mlops("datasets", "fetch"), 0);
  await expectData(other);
  const listed = await other.mlops("datasets", "list", "--json");
  expect(listed.stdout).toContain('"shared"');
});

test("a fetch that is killed in the middle leaves no half blob, and the next goes on", async () => {
  await using server = await startPlainServer();
  vi.stubEnv("MLOPS_STORE_TOKEN", PLAIN_TOKEN);
  const store = `${server.url}/store`;
  const project = await clone(store, DATA);
  checkExit(await project.mlops("datasets", "snapshot", "data"), 0);
  const other = await cloneOf(project, store);
  server.fault = ({ method, path }) =>
    method === "GET" && path.endsWith(sha256(LARGE).slice(7))
      ? { kind: "hold", afterBytes: 12_000_000 }
      : undefined;
  const child = other.start("datasets", "fetch", "--events");
  let told = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    const done = [...told.matchAll(/"doneBytes":(\d+)/g)].at(-1)?.[1];
    if (Number(done ?? 0) > 8_000_000) child.kill("SIGKILL");
  });
  await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  expect(await readdir(other.folder)).not.toContain("data");
  const stored = await readdir(join(other.folder, ".mlops/store/blobs"), { recursive: true }).catch(
    () => [],
  );
  expect(stored.filter((path) => path.endsWith(sha256(LARGE).slice(7)))).toEqual([]);
  server.fault = () => undefined;
  const sentBefore = server.moved.sent;
  checkExit(await other.mlops("datasets", "fetch"), 0);
  await expectData(other);
  expect(server.moved.sent - sentBefore).toBeLessThan(LARGE.length - 8_000_000);
  expect(await readdir(join(other.folder, ".mlops/store/partial"))).toEqual([]);
});

test("credentials that Google does not take are named, and nothing is recorded", async () => {
  await using server = await startGcsServer();
  const folder = await scratchFolder();
  await writeFile(join(folder, "token"), "token-of-nobody");
  await writeFile(join(folder, "identity.json"), workloadIdentity(server, join(folder, "token")));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(folder, "identity.json"));
  const project = await clone("gs://team-data/churn", DATA);
  const refused = await project.mlops("datasets", "snapshot", "data");
  checkExit(refused, 3);
  expect(refused.stderr).toContain("store-denied");
  expect(refused.stderr).toContain("gs://team-data/churn");
  expect(refused.stderr).not.toContain("token-of-nobody");
  expect(await readdir(project.folder)).not.toContain("datasets.lock.yaml");
});

test("a bucket of Google's, as its emulators have it, gives back what it got", async () => {
  await using server = await startGcsServer({ asksWho: false });
  vi.stubEnv("STORAGE_EMULATOR_HOST", server.url.replace("http://", ""));
  const store = "gs://team-data/churn";
  const project = await clone(store, DATA);
  checkExit(await project.mlops("datasets", "snapshot", "data"), 0);
  const other = await cloneOf(project, store);
  checkExit(await other.mlops("datasets", "fetch"), 0);
  await expectData(other);
});

test("what only looks goes on without a store that has gone, and says so", async () => {
  const server = await startPlainServer();
  const project = await clone(`${server.url}/store`, DATA);
  await server.vanish();
  const listed = await project.mlops("datasets", "list");
  checkExit(listed, 0);
  expect(listed.stderr).toContain("store-unreachable");
});
