import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { isSha256, sha256 } from "../../src/base/hash.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { runNode } from "../support/run-node.ts";

interface Opened {
  readonly artifacts: Artifacts;
  /** A folder for files beside the store. */
  readonly folder: string;
  readonly damage: (digest: ReturnType<typeof sha256>) => Promise<void>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const damaged = bytesOf("somebody else's bytes");

async function readText(
  artifacts: Artifacts,
  digest: ReturnType<typeof sha256>,
): Promise<string | undefined> {
  const bytes = await artifacts.read(digest);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openDirectory(): Promise<Opened> {
  const folder = await newFolder();
  const store = join(folder, "store");
  const damage = (digest: string): Promise<void> => writeFile(blobPath(store, digest), damaged);
  return { artifacts: openArtifactDirectory(store), folder, damage };
}

async function openMemory(): Promise<Opened> {
  const artifacts = memoryArtifacts({
    readBytes: (path) => readFile(path).catch(() => undefined),
    writeAtomic: (path, content) => writeFile(path, content),
  });
  const damage = (digest: ReturnType<typeof sha256>): Promise<void> =>
    Promise.resolve(artifacts.damage(digest, damaged));
  return { artifacts, folder: await newFolder(), damage };
}

function blobPath(store: string, digest: string): string {
  const hex = digest.slice("sha256:".length);
  return join(store, "blobs", hex.slice(0, 2), hex);
}

async function streamText(artifacts: Artifacts, digest: Sha256): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of artifacts.stream(digest)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

for (const [name, open] of [
  ["directory", openDirectory],
  ["memory", openMemory],
] as const) {
  test(`${name}: gives back what was written under its digest`, async () => {
    const { artifacts } = await open();
    const digest = await artifacts.write(bytesOf("churn"));
    expect(digest).toBe(sha256("churn"));
    expect(await artifacts.write(bytesOf("churn"))).toBe(digest);
    expect(await artifacts.has(digest)).toBe(true);
    expect(await readText(artifacts, digest)).toBe("churn");
    expect(await artifacts.has(sha256("penguins"))).toBe(false);
    expect(await artifacts.read(sha256("penguins"))).toBeUndefined();
  });

  test(`${name}: lists, streams and removes blobs; one that is stored again is young again`, async () => {
    const { artifacts } = await open();
    expect(await artifacts.list()).toEqual([]);
    const before = Date.now() - 5;
    const digest = await artifacts.write(bytesOf("churn"));
    const other = await artifacts.write(bytesOf("gone"));
    expect(await artifacts.removeOlder(other, before)).toBe(false);
    expect(await artifacts.removeOlder(other, Date.now() + 60_000)).toBe(true);
    expect(await artifacts.removeOlder(other, Date.now() + 60_000)).toBe(false);
    await artifacts.write(bytesOf("churn"));
    const [blob, ...more] = await artifacts.list();
    expect(more).toEqual([]);
    expect(blob).toMatchObject({ digest, bytes: 5 });
    expect(blob?.writtenAtMs).toBeGreaterThanOrEqual(before);
    expect(await streamText(artifacts, digest)).toBe("churn");
    expect(await streamText(artifacts, other)).toBe("");
  });

  test(`${name}: adds a file and copies a blob out`, async () => {
    const { artifacts, folder } = await open();
    const source = join(folder, "model.joblib");
    await writeFile(source, "fitted");
    const digest = await artifacts.addFile(source);
    await writeFile(source, "changed afterwards");
    expect(await artifacts.copyTo(digest, join(folder, "copy.joblib"))).toBe(true);
    expect(await readFile(join(folder, "copy.joblib"), "utf8")).toBe("fitted");
    expect(await artifacts.copyTo(sha256("nothing"), join(folder, "none"))).toBe(false);
    expect(await readdir(folder)).not.toContain("none");
    const large = Buffer.alloc((1 << 20) + 1, "row");
    await writeFile(source, large);
    expect(await artifacts.addFile(source)).toBe(sha256(large));
    await expect(artifacts.addFile(join(folder, "missing"))).rejects.toMatchObject({
      code: "file-missing",
    });
  });

  test(`${name}: treats a damaged blob as missing, and can store it anew`, async () => {
    const { artifacts, folder, damage } = await open();
    const digest = await artifacts.write(bytesOf("churn"));
    await damage(digest);
    expect(await artifacts.read(digest)).toBeUndefined();
    expect(await artifacts.has(digest)).toBe(false);
    await artifacts.write(bytesOf("churn"));
    await damage(digest);
    expect(await artifacts.copyTo(digest, join(folder, "copy"))).toBe(false);
    await artifacts.write(bytesOf("churn"));
    await damage(digest);
    await artifacts.write(bytesOf("churn"));
    expect(await readText(artifacts, digest)).toBe("churn");
  });

  test(`${name}: keeps manifests by run and step`, async () => {
    const { artifacts } = await open();
    await artifacts.writeManifest("aa11", "train", { version: 1, step: "train" });
    await artifacts.writeManifest("aa11", "train", { version: 1, step: "train", text: "again" });
    await artifacts.writeManifest("bb22", "train", { version: 1 });
    expect(await artifacts.readManifest("aa11", "train")).toEqual({
      version: 1,
      step: "train",
      text: "again",
    });
    expect(await artifacts.readManifest("aa11", "load")).toBeUndefined();
    await artifacts.removeRun("aa11");
    await artifacts.removeRun("never");
    expect(await artifacts.readManifest("aa11", "train")).toBeUndefined();
    expect(await artifacts.readManifest("bb22", "train")).toEqual({ version: 1 });
  });
}

test("leaves nothing in tmp and moves damaged bytes to quarantine", async () => {
  const { artifacts, damage } = await openDirectory();
  const digest = await artifacts.write(bytesOf("churn"));
  await damage(digest);
  await artifacts.read(digest);
  const kept = await readdir(join(artifacts.root, "quarantine"));
  expect(kept).toHaveLength(1);
  expect(await readFile(join(artifacts.root, "quarantine", kept[0] ?? ""))).toEqual(
    Buffer.from(damaged),
  );
  expect(await readdir(join(artifacts.root, "tmp"))).toEqual([]);
});

test("stores a copy and never a link", async () => {
  const { artifacts, folder } = await openDirectory();
  await writeFile(join(folder, "data.csv"), "id\n1\n");
  await symlink(join(folder, "data.csv"), join(folder, "link.csv"));
  const digest = await artifacts.addFile(join(folder, "link.csv"));
  expect((await stat(blobPath(artifacts.root, digest))).isFile()).toBe(true);
  await writeFile(join(folder, "data.csv"), "id\n2\n");
  expect(await readText(artifacts, digest)).toBe("id\n1\n");
});

test("takes the same blob from many writers at once", async () => {
  const { artifacts } = await openDirectory();
  const digests = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      artifacts.write(bytesOf(`churn ${String(index % 3)}`)),
    ),
  );
  expect(new Set(digests).size).toBe(3);
  for (const digest of digests) expect(await artifacts.read(digest)).toBeDefined();
});

test("says which store cannot be written", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "store"), "a file where the store should be");
  await expect(
    openArtifactDirectory(join(folder, "store")).write(bytesOf("x")),
  ).rejects.toMatchObject({ code: "store-unwritable" });
});

test.skipIf(process.platform === "win32")(
  "says that the disk is full, keeps what was acknowledged, and leaves nothing half",
  async () => {
    const store = join(await newFolder(), "store");
    const writer = join(import.meta.dirname, "../support/processes/write-artifacts.ts");
    const { lines, complaints } = await runNode(writer, [store], 40);
    expect(complaints).toBe("disk-full");
    expect(lines.length).toBeGreaterThan(3);
    const artifacts = openArtifactDirectory(store);
    for (const digest of lines.filter((line) => isSha256(line)))
      expect(sha256((await artifacts.read(digest)) ?? "")).toBe(digest);
    expect((await artifacts.list()).map(({ digest }) => digest).sort()).toEqual([...lines].sort());
    expect(await readdir(join(store, "tmp"))).toEqual([]);
    const large = await artifacts.write(new Uint8Array(1_000_000));
    expect((await artifacts.read(large))?.length).toBe(1_000_000);
  },
);

test("refuses run ids and step names that leave the store", async () => {
  const { artifacts } = await openDirectory();
  for (const [run, step] of [
    ["../..", "train"],
    ["aa11", "../train"],
    ["aa11", ""],
    [".", "train"],
  ] as const) {
    await expect(artifacts.readManifest(run, step)).rejects.toThrow(/cannot be part of a path/);
  }
});
