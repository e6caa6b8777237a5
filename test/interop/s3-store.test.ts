import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { preparePythonEnvironment } from "../../bin/dev/python-environment.ts";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import { openS3Store } from "../../src/adapters/s3/blob-store.ts";
import { pullBlobs, pushBlobs } from "../../src/app/transfer-blobs.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { BlobStore } from "../../src/ports/blob-store.ts";
import { memorySource } from "../support/memory-artifacts.ts";
import { pseudoRandomBytes } from "../support/pseudo-random-bytes.ts";
import { s3Environment, scratchFolder } from "../support/stores/open-stores.ts";

const here = dirname(fileURLToPath(import.meta.url));
const SMALL = Buffer.from("customer,churned\n1,yes\n");
const LARGE = pseudoRandomBytes((25 << 20) + 17, 3);
const signal = new AbortController().signal;

test("moto, a server that speaks S3, keeps what our store puts there", async () => {
  const store = await openStore("team-data");
  const [small, large, gone] = [sha256(SMALL), sha256(LARGE), sha256("gone")];
  expect(await store.has([small, gone], signal)).toEqual(new Map());
  expect(await store.get(gone, 0, signal)).toBeUndefined();

  const local = openArtifactDirectory(await scratchFolder());
  for (const bytes of [SMALL, LARGE]) await local.write(bytes);
  const others = { timer: { sleep: () => Promise.resolve() }, events: { emit: () => undefined } };
  const blobs = [small, large].map((digest) => ({ digest, label: digest }));
  const pushed = await pushBlobs(blobs, signal, { local, shared: store, ...others });
  expect(pushed.map(({ state }) => state)).toEqual(["moved", "moved"]);
  expect(await store.has([small, large, gone], signal)).toEqual(
    new Map([
      [small, SMALL.length],
      [large, LARGE.length],
    ]),
  );

  const clone = openArtifactDirectory(await scratchFolder());
  const left = await clone.receive(large);
  await left.append(LARGE.subarray(0, 20_000_000));
  await left.close();
  const pulled = await pullBlobs(blobs, signal, { local: clone, shared: store, ...others });
  expect(pulled.map(({ state }) => state)).toEqual(["moved", "moved"]);
  expect(sha256((await clone.read(large)) ?? "")).toBe(large);

  const rest = await store.get(small, 9, signal);
  const pieces: Uint8Array[] = [];
  for await (const piece of rest?.pieces ?? []) pieces.push(piece);
  expect([rest?.from, rest?.bytes, Buffer.concat(pieces)]).toEqual([
    9,
    SMALL.length,
    SMALL.subarray(9),
  ]);
  expect((await store.get(small, SMALL.length + 4, signal))?.from).toBe(0);
});

test("moto remembers the parts of an upload that was given up", async () => {
  const store = await openStore("team-data");
  const [digest, source] = [sha256(LARGE), memorySource(LARGE)];
  const failing = {
    ...source,
    read: (from: number, before?: number) => {
      if (from > 8 << 20) throw new Error("the disk broke");
      return source.read(from, before);
    },
  };
  await expect(store.put(digest, failing, { signal })).rejects.toThrow();
  const sent = { now: 0, earlier: 0 };
  await store.put(digest, source, { signal, sent: (bytes, how) => (sent[how] += bytes) });
  expect(sent).toEqual({ now: LARGE.length - (16 << 20), earlier: 16 << 20 });
  expect(await store.has([digest], signal)).toEqual(new Map([[digest, LARGE.length]]));
});

test("moto has no bucket of another name", async () => {
  const store = await openStore("team-data", "another");
  for (const asking of [
    () => store.has([sha256(SMALL)], signal),
    () => store.get(sha256(SMALL), 0, signal),
    () => store.put(sha256(SMALL), memorySource(SMALL), { signal }),
    () => store.put(sha256(LARGE), memorySource(LARGE), { signal }),
  ])
    await expect(asking()).rejects.toMatchObject({ code: "store-unreachable" });
});

/** On a server of its own, which has this bucket and no other. */
async function openStore(made: string, bucket = made): Promise<BlobStore> {
  const python = await preparePythonEnvironment({
    lockFile: join(here, "requirements-moto.lock"),
    cacheFolder: join(here, "../../.cache"),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const server = spawn(python, [join(here, "serve_s3.py"), made], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    server.stdin.end();
    await once(server, "exit");
  });
  const [address] = (await once(createInterface(server.stdout), "line")) as [string];
  const environment = s3Environment(address);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return openS3Store({ kind: "s3", bucket, prefix: "churn/" }, environment);
}
