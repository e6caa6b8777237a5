/** What every kind of shared store does, and what each makes of servers that fail. */
import { describe, expect, test } from "vitest";
import { openArtifactDirectory } from "../../src/adapters/artifact-dir.ts";
import type { AppEvent } from "../../src/app/event.ts";
import { pullBlobs, pushBlobs, type TransferPorts } from "../../src/app/transfer-blobs.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { TransientError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { BlobStore } from "../../src/ports/blob-store.ts";
import { memorySource } from "../support/memory-artifacts.ts";
import { pseudoRandomBytes } from "../support/pseudo-random-bytes.ts";
import { ALL_STORES, SERVED_STORES, scratchFolder } from "../support/stores/open-stores.ts";
import type { Fault, StoreRequestLine } from "../support/stores/store-server.ts";
import { get, put } from "../support/stores/whole-blobs.ts";

const SMALL = Buffer.from("customer,churned\n1,yes\n");
/** Large enough for what is sent in parts: three of them where they have 8 MiB. */
const LARGE = pseudoRandomBytes((16 << 20) + 17, 3);
const never = new AbortController().signal;

for (const [name, openStore] of Object.entries(ALL_STORES)) {
  describe(name, () => {
    test("gives back what was put under its name, from any place on", async () => {
      const { open } = await openStore();
      const store = open();
      const [small, empty, gone] = [sha256(SMALL), sha256(""), sha256("gone")];
      expect(await store.has([small, empty], never)).toEqual(new Map());
      await put(store, SMALL);
      await put(store, Buffer.of());
      expect(await store.has([small, gone, empty], never)).toEqual(
        new Map([
          [small, SMALL.length],
          [empty, 0],
        ]),
      );
      expect(await get(store, SMALL, 0)).toEqual({ from: 0, bytes: SMALL });
      expect(await get(store, SMALL, 9)).toEqual({ from: 9, bytes: SMALL.subarray(9) });
      expect(await get(store, Buffer.of(), 0)).toEqual({ from: 0, bytes: Buffer.of() });
      expect(await store.get(gone, 0, never)).toBeUndefined();
      expect(await store.get(gone, 5, never)).toBeUndefined();
    });

    test("has nothing to add to a whole blob, and begins anew with what is too long", async () => {
      const { open } = await openStore();
      const store = open();
      await put(store, SMALL);
      expect(await get(store, SMALL, SMALL.length)).toEqual({
        from: SMALL.length,
        bytes: Buffer.of(),
      });
      expect(await get(store, SMALL, SMALL.length + 4)).toEqual({ from: 0, bytes: SMALL });
    });

    test("replaces what lies there", async () => {
      const { open, plant, lookAt } = await openStore();
      await plant(sha256(SMALL), Buffer.from("half of i"));
      await put(open(), SMALL);
      expect(await lookAt(sha256(SMALL))).toEqual(SMALL);
    });

    test("takes and gives what is large, and tells of every byte of it", async () => {
      const { open, lookAt } = await openStore();
      let told = 0;
      await open().put(sha256(LARGE), memorySource(LARGE), {
        signal: never,
        sent: (bytes) => (told += bytes),
      });
      expect(told).toBe(LARGE.length);
      expect((await lookAt(sha256(LARGE)))?.length).toBe(LARGE.length);
      const got = await get(open(), LARGE, 0);
      expect(sha256(got.bytes)).toBe(sha256(LARGE));
    });

    test("names the store and the place of a blob", async () => {
      const { open } = await openStore();
      const store = open();
      expect(store.place(sha256(SMALL))).toContain(sha256(SMALL).slice("sha256:".length));
      expect(store.place(sha256(SMALL)).startsWith(store.describe())).toBe(true);
      expect(store.describe()).not.toMatch(/secret|token/);
    });

    test("wrong bytes become no blob", async () => {
      const { open, plant } = await openStore();
      const { local, ports } = await project(open());
      await plant(sha256(LARGE), SMALL);
      const [outcome] = await pullBlobs([blobOf(LARGE)], never, ports);
      expect(outcome).toMatchObject({ state: "wrong", got: sha256(SMALL) });
      expect(await local.list()).toEqual([]);
    });

    test("does nothing for whoever stopped it", async () => {
      const { open } = await openStore();
      const stopped = AbortSignal.abort(new Error("stopped"));
      await expect(open().has([sha256(SMALL)], stopped)).rejects.toThrow("stopped");
      const source = memorySource(SMALL);
      await expect(open().put(sha256(SMALL), source, { signal: stopped })).rejects.toThrow(
        "stopped",
      );
    });
  });
}

for (const [name, openStore] of Object.entries(SERVED_STORES)) {
  describe(`${name}, when it fails`, () => {
    test("a download that was cut goes on, and nothing is sent twice", async () => {
      const { open, plant, server } = await openStore();
      const { local, ports, retries } = await project(open());
      await plant(sha256(LARGE), LARGE);
      server.fault = once(isFor(LARGE, "GET"), { kind: "cut", afterBytes: 9_000_000 });
      const [outcome] = await pullBlobs([blobOf(LARGE)], never, ports);
      expect(outcome).toMatchObject({ state: "moved" });
      expect(retries).toHaveLength(1);
      // Besides the blob only what the protocol says of it, and what was in the pipe when it broke.
      expect(server.moved.sent - LARGE.length).toBeLessThan(200_000);
      expect(await local.open(sha256(LARGE))).toBeDefined();
    });

    test("an upload that was cut goes on as far as the service can", async () => {
      const { open, lookAt, server } = await openStore();
      const { local, ports, retries } = await project(open());
      await local.write(LARGE);
      server.fault = once(isBody, { kind: "cut", afterBytes: 5_000_000 });
      await pushBlobs([blobOf(LARGE)], never, ports);
      expect(retries).toHaveLength(1);
      expect(sha256((await lookAt(sha256(LARGE))) ?? "")).toBe(sha256(LARGE));
      expect(server.moved.taken - LARGE.length).toBeLessThan(AGAIN[name] ?? 0);
    });

    test("another command goes on with an upload that was given up", async () => {
      const { open, lookAt, server } = await openStore();
      const { local, ports } = await project(open());
      await local.write(SMALL);
      await local.write(LARGE);
      const blobs = [blobOf(SMALL), blobOf(LARGE)];
      server.fault = GIVING_UP[name]?.() ?? server.fault;
      await expect(pushBlobs(blobs, never, ports)).rejects.toMatchObject({ code: "store-refused" });
      server.fault = () => undefined;
      const takenBefore = server.moved.taken;
      const next = { ...ports, shared: open() };
      const outcomes = await pushBlobs(blobs, never, next);
      expect(outcomes.map(({ state }) => state)).toEqual(["present", "moved"]);
      expect(sha256((await lookAt(sha256(LARGE))) ?? "")).toBe(sha256(LARGE));
      const takenAgain = server.moved.taken - takenBefore;
      // A web server keeps nothing of what it did not get all of.
      const kept = name === "https" ? 0 : 8_000_000;
      expect(takenAgain).toBeLessThanOrEqual(LARGE.length - kept);
    });

    test.each([
      { status: 503, headers: { "retry-after": "2" }, waits: [2000] },
      { status: 429, headers: {}, waits: [500] },
      { status: 408, headers: {}, waits: [500] },
      { status: 500, headers: {}, waits: [500] },
    ])("asks again after $status", async ({ status, headers, waits }) => {
      const { open, plant, server } = await openStore();
      const { ports, retries } = await project(open());
      await plant(sha256(SMALL), SMALL);
      const answer = { status, headers };
      server.fault = once(isFor(SMALL, "GET"), { kind: "answer", answer });
      const [outcome] = await pullBlobs([blobOf(SMALL)], never, ports);
      expect([outcome?.state, retries]).toEqual(["moved", waits]);
    });

    test.each([401, 403])("says that it is denied after %i, and asks no more", async (status) => {
      const { open, server } = await openStore();
      const { local, ports, retries } = await project(open());
      await local.write(SMALL);
      server.fault = (request) =>
        request.path === "/token" ? undefined : { kind: "answer", answer: { status } };
      const denied = { code: "store-denied", exitCode: 3 };
      await expect(pullBlobs([blobOf(LARGE)], never, ports)).rejects.toMatchObject(denied);
      await expect(pushBlobs([blobOf(SMALL)], never, ports)).rejects.toMatchObject(denied);
      await expect(put(open(), LARGE)).rejects.toMatchObject(denied);
      expect(retries).toEqual([]);
    });

    test("is unreachable when it has gone", async () => {
      const { open, server } = await openStore();
      const store = open();
      await put(store, SMALL);
      await server.vanish();
      for (const asking of [
        () => store.has([sha256(SMALL)], never),
        () => store.get(sha256(SMALL), 0, never),
        () => put(store, SMALL),
        () => put(store, LARGE),
      ]) {
        const failure: unknown = await asking().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(TransientError);
        expect(failure).toMatchObject({ code: "store-unreachable", exitCode: 3 });
        expect(String(failure)).toContain(store.describe());
      }
    });

    test("lets go of a transfer that is stopped in the middle", async () => {
      const { open, plant } = await openStore();
      await plant(sha256(LARGE), LARGE);
      const { local, ports } = await project(open());
      const stop = new AbortController();
      const emit = (): void => stop.abort(new Error("stopped"));
      const pulling = pullBlobs([blobOf(LARGE)], stop.signal, { ...ports, events: { emit } });
      await expect(pulling).rejects.toThrow("stopped");
      expect(await local.list()).toEqual([]);
      const [outcome] = await pullBlobs([blobOf(LARGE)], never, ports);
      expect(outcome).toMatchObject({ state: "moved" });
    });
  });
}

/** What moves again after a cut besides what the service had not kept: no more than this. */
const AGAIN: Readonly<Record<string, number>> = { https: 5_010_000, s3: 5_010_000, gcs: 300_000 };

/** Some of the large blob is taken, and then no more of it. */
const GIVING_UP: Readonly<Record<string, () => (request: StoreRequestLine) => Fault | undefined>> =
  {
    https: () => (request) => (isLarge(request) ? REFUSED : undefined),
    s3: () => (request) => (Number(request.query.get("partNumber")) > 1 ? REFUSED : undefined),
    gcs: () => {
      let puts = 0;
      return ({ method }) => {
        if (method !== "PUT") return undefined;
        puts += 1;
        return puts === 1 ? { kind: "cut", afterBytes: 9_000_000 } : REFUSED;
      };
    },
  };

const REFUSED: Fault = { kind: "answer", answer: { status: 400 } };

const NO_BUCKET: Readonly<Record<string, string>> = {
  s3: "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>",
  gcs: '{"error":{"code":404,"message":"The specified bucket does not exist."}}',
};

test.each(Object.entries(NO_BUCKET))(
  "a bucket of %s that is not there is no missing blob",
  async (name, body) => {
    const opened = await SERVED_STORES[name]?.();
    if (opened === undefined) throw new Error(name);
    const { open, server } = opened;
    const store = open();
    server.fault = ({ path }) =>
      path === "/token" ? undefined : { kind: "answer", answer: { status: 404, body } };
    for (const asking of [
      () => store.has([sha256(SMALL)], never),
      () => store.get(sha256(SMALL), 0, never),
      () => put(store, SMALL),
      () => put(store, LARGE),
    ]) {
      const failure: unknown = await asking().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "store-unreachable" });
      expect(failure).not.toBeInstanceOf(TransientError);
    }
  },
);

interface Project {
  readonly local: Artifacts;
  readonly ports: TransferPorts;
  /** How long it was waited before each new attempt. */
  readonly retries: number[];
}

async function project(shared: BlobStore): Promise<Project> {
  const local = openArtifactDirectory(await scratchFolder());
  const retries: number[] = [];
  const sleep = (ms: number): Promise<void> => Promise.resolve(void retries.push(ms));
  const emit = (_event: AppEvent): void => undefined;
  return { local, retries, ports: { local, shared, timer: { sleep }, events: { emit } } };
}

function blobOf(bytes: Buffer): { readonly digest: Sha256; readonly label: string } {
  return { digest: sha256(bytes), label: "model" };
}

type Matching = (request: StoreRequestLine) => boolean;

/** The first request that matches, and no other. */
function once(matches: Matching, fault: Fault): (request: StoreRequestLine) => Fault | undefined {
  let isOver = false;
  return (request) => {
    if (isOver || !matches(request)) return undefined;
    isOver = true;
    return fault;
  };
}

/** For the bytes of a blob. */
function isFor(bytes: Buffer, method: string): Matching {
  const hex = sha256(bytes).slice("sha256:".length);
  return (request) => request.method === method && request.path.endsWith(hex);
}

function isBody({ method, header }: StoreRequestLine): boolean {
  return method === "PUT" && Number(header("content-length")) > 1 << 20;
}

function isLarge({ method, header }: StoreRequestLine): boolean {
  return method === "PUT" && header("content-length") === String(LARGE.length);
}
