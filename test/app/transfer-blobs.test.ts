import { expect, test } from "vitest";
import type { AppEvent } from "../../src/app/event.ts";
import {
  type BlobOutcome,
  type LabelledBlob,
  pullBlobs,
  pushBlobs,
  type TransferPorts,
} from "../../src/app/transfer-blobs.ts";
import { ConflictError, TransientError, UpstreamError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import { type MemoryArtifacts, memoryArtifacts } from "../support/memory-artifacts.ts";
import { type MemoryBlobStore, memoryBlobStore } from "../support/memory-blob-store.ts";

const MODEL = bytesOf(600_000, 7);
const DATA = bytesOf(90_000, 3);
const never = new AbortController().signal;

interface World {
  readonly local: MemoryArtifacts;
  readonly shared: MemoryBlobStore;
  readonly ports: TransferPorts;
  readonly events: AppEvent[];
  readonly waits: number[];
}

function world(): World {
  const local = memoryArtifacts({
    readBytes: () => Promise.resolve(undefined),
    writeAtomic: () => Promise.resolve(),
  });
  const shared = memoryBlobStore();
  const events: AppEvent[] = [];
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  const emit = (event: AppEvent): void => void events.push(event);
  return {
    local,
    shared,
    events,
    waits,
    ports: { local, shared, timer: { sleep }, events: { emit } },
  };
}

test("pushes what the shared store lacks, each once, and asks first", async () => {
  const { local, shared, ports } = world();
  const [model, data] = [await local.write(MODEL), await local.write(DATA)];
  shared.blobs.set(data, DATA);
  const wanted = [blob(model, "model"), blob(data, "data.csv"), blob(model, "a copy")];
  const done = await pushBlobs(wanted, never, ports);
  expect(statesOf(done)).toEqual({ model: "moved", "data.csv": "present" });
  expect(shared.moved.taken).toBe(MODEL.length);
  expect(shared.blobs.get(model)).toEqual(Buffer.from(MODEL));
  expect(statesOf(await pushBlobs(wanted, never, ports))).toEqual({
    model: "present",
    "data.csv": "present",
  });
});

test("sends again what the shared store has in another length", async () => {
  const { local, shared, ports } = world();
  const digest = await local.write(MODEL);
  shared.blobs.set(digest, MODEL.subarray(0, 5));
  const wanted = [{ ...blob(digest, "model"), bytes: MODEL.length }];
  expect(statesOf(await pushBlobs(wanted, never, ports))).toEqual({ model: "moved" });
  expect(shared.blobs.get(digest)?.length).toBe(MODEL.length);
});

test("never sends damaged bytes", async () => {
  const { local, shared, ports } = world();
  const digest = await local.write(MODEL);
  local.damage(digest, DATA);
  expect(statesOf(await pushBlobs([blob(digest, "model")], never, ports))).toEqual({
    model: "missing",
  });
  expect(shared.blobs.size).toBe(0);
});

test("pulls what the project lacks", async () => {
  const { local, shared, ports } = world();
  const [model, data] = [sha256(MODEL), await local.write(DATA)];
  shared.blobs.set(model, MODEL);
  const wanted = [blob(model, "model"), blob(data, "data.csv"), blob(sha256("gone"), "gone")];
  expect(statesOf(await pullBlobs(wanted, never, ports))).toEqual({
    model: "moved",
    "data.csv": "present",
    gone: "missing",
  });
  expect(await local.read(model)).toEqual(Buffer.from(MODEL));
  expect(shared.moved.sent).toBe(MODEL.length);
});

test("refuses wrong bytes and names both digests", async () => {
  const { local, shared, ports } = world();
  const digest = sha256(MODEL);
  shared.blobs.set(digest, DATA);
  const [outcome] = await pullBlobs([blob(digest, "model")], never, ports);
  expect(outcome).toMatchObject({ state: "wrong", digest, got: sha256(DATA), label: "model" });
  expect(await local.has(digest)).toBe(false);
  expect(await local.list()).toEqual([]);
});

test("takes in no more than the blob is said to have", async () => {
  const { shared, ports } = world();
  const digest = sha256(DATA);
  shared.blobs.set(digest, bytesOf(5_000_000, 1));
  const wanted = [{ ...blob(digest, "data.csv"), bytes: DATA.length }];
  expect(statesOf(await pullBlobs(wanted, never, ports))).toEqual({ "data.csv": "wrong" });
  expect(shared.moved.sent).toBeLessThan(2 * DATA.length);
});

for (const direction of ["push", "pull"] as const) {
  const move = direction === "push" ? pushBlobs : pullBlobs;
  const request = direction === "push" ? "put" : "get";

  async function ready(): Promise<World & { readonly wanted: readonly LabelledBlob[] }> {
    const made = world();
    if (direction === "push") await made.local.write(MODEL);
    else made.shared.blobs.set(sha256(MODEL), MODEL);
    return { ...made, wanted: [blob(sha256(MODEL), "model")] };
  }

  test(`${direction}: goes on in the middle after the connection was cut`, async () => {
    const { shared, ports, events, wanted } = await ready();
    let cuts = 0;
    shared.cutting = (bytes) => {
      if (bytes > 300_000 && cuts++ === 0) throw lost();
    };
    expect(statesOf(await move(wanted, never, ports))).toEqual({ model: "moved" });
    expect(shared.moved.sent + shared.moved.taken).toBe(MODEL.length);
    expect(events).toContainEqual({
      kind: "transfer-retried",
      store: "memory://shared",
      attempt: 2,
      of: 6,
      because: "lost",
    });
  });

  test(`${direction}: another command goes on where one was given up`, async () => {
    const { shared, ports, wanted } = await ready();
    shared.cutting = (bytes) => {
      if (bytes > 300_000) throw new UpstreamError("gone", { code: "store-refused" });
    };
    await expect(move(wanted, never, ports)).rejects.toMatchObject({ code: "store-refused" });
    const before = shared.moved.sent + shared.moved.taken;
    expect(before).toBeGreaterThan(200_000);
    shared.cutting = () => undefined;
    expect(statesOf(await move(wanted, never, ports))).toEqual({ model: "moved" });
    expect(shared.moved.sent + shared.moved.taken).toBe(MODEL.length);
  });

  test(`${direction}: gives up after six attempts, each later than the one before`, async () => {
    const { shared, ports, waits, wanted } = await ready();
    shared.failing = (asked) => {
      if (asked === request) throw lost();
    };
    await expect(move(wanted, never, ports)).rejects.toMatchObject({ code: "store-unreachable" });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  test(`${direction}: waits as long as the store asks, up to a minute`, async () => {
    const { shared, ports, waits, wanted } = await ready();
    const asked = [3000, 900_000, 100];
    shared.failing = () => {
      const retryAfterMs = asked.shift();
      if (retryAfterMs !== undefined) throw lost(retryAfterMs);
    };
    expect(statesOf(await move(wanted, never, ports))).toEqual({ model: "moved" });
    expect(waits).toHaveLength(3);
    expect([...waits].sort((left, right) => left - right).slice(1)).toEqual([3000, 60_000]);
  });

  test(`${direction}: does not ask again what asking cannot mend`, async () => {
    const { shared, ports, waits, wanted } = await ready();
    shared.failing = () => {
      throw new ConflictError("no", { code: "store-denied" });
    };
    await expect(move(wanted, never, ports)).rejects.toMatchObject({ code: "store-denied" });
    expect(waits).toEqual([]);
  });

  test(`${direction}: ends at once when it is stopped, and leaves what is whole`, async () => {
    const { local, shared, ports, wanted } = await ready();
    const stop = new AbortController();
    if (direction === "push") await local.write(DATA);
    else shared.blobs.set(sha256(DATA), DATA);
    shared.cutting = (bytes) => {
      if (bytes > 300_000) stop.abort();
    };
    const all = [blob(sha256(DATA), "data.csv"), ...wanted];
    await expect(move(all, stop.signal, ports)).rejects.toThrow(/abort/i);
    const target = direction === "push" ? shared.blobs : new Set(await digestsIn(local));
    expect(target.has(sha256(DATA))).toBe(true);
    expect(target.has(sha256(MODEL))).toBe(false);
  });

  test(`${direction}: tells of every byte once`, async () => {
    const { ports, events, wanted } = await ready();
    await move([{ ...blob(sha256(MODEL), "model"), bytes: MODEL.length }, ...wanted], never, ports);
    expect(events.filter(({ kind }) => kind === "transferred").at(-1)).toEqual({
      kind: "transferred",
      direction,
      label: "model",
      doneBytes: MODEL.length,
      totalBytes: MODEL.length,
    });
  });
}

test("a partial blob that turns out wrong is fetched once more from its start", async () => {
  const { local, shared, ports } = world();
  const digest = sha256(MODEL);
  shared.blobs.set(digest, MODEL);
  const left = await local.receive(digest);
  await left.append(DATA);
  await left.close();
  expect(statesOf(await pullBlobs([blob(digest, "model")], never, ports))).toEqual({
    model: "moved",
  });
  expect(shared.moved.sent).toBe(2 * MODEL.length - DATA.length);
});

test("a long transfer may break as often as it likes while it gets on", async () => {
  const { local, shared, ports, waits } = world();
  const long = bytesOf(12 << 20, 5);
  shared.blobs.set(sha256(long), long);
  shared.cutting = (bytes) => {
    if (bytes > 1.2 * (1 << 20)) throw lost();
  };
  expect(statesOf(await pullBlobs([blob(sha256(long), "long")], never, ports))).toEqual({
    long: "moved",
  });
  expect(waits.length).toBeGreaterThan(6);
  expect(new Set(waits)).toEqual(new Set([500]));
  expect(shared.moved.sent).toBe(long.length);
  expect(await local.has(sha256(long))).toBe(true);
});

function statesOf(outcomes: readonly BlobOutcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(outcomes.map(({ label, state }) => [label, state]));
}

function blob(digest: LabelledBlob["digest"], label: string): LabelledBlob {
  return { digest, label };
}

async function digestsIn(local: MemoryArtifacts): Promise<readonly string[]> {
  return (await local.list()).map(({ digest }) => digest);
}

function lost(retryAfterMs?: number): TransientError {
  const code = "store-unreachable";
  return new TransientError("lost", retryAfterMs === undefined ? { code } : { code, retryAfterMs });
}

function bytesOf(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let value = seed;
  for (let at = 0; at < length; at += 1) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[at] = value >>> 16;
  }
  return bytes;
}
