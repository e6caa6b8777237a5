/** A shared store in memory. Same contract as the adapters: `blob-store-contract.ts`. */
import type { Sha256 } from "../../src/base/brand.ts";
import type { BlobStore } from "../../src/ports/blob-store.ts";
import { memorySource } from "./memory-artifacts.ts";

/** What tests may do to it and see of it from outside. */
export interface MemoryBlobStore extends BlobStore {
  readonly blobs: Map<Sha256, Uint8Array>;
  /** Asked in turn before each request; what it throws is what the request meets. */
  failing: (request: "has" | "get" | "put") => void;
  /** Told of each piece before it is sent or after it was taken; what it throws cuts the connection. */
  cutting: (bytesOfThisRequest: number) => void;
  /** Bytes that went over the wire, by direction. */
  readonly moved: { sent: number; taken: number };
}

export function memoryBlobStore(): MemoryBlobStore {
  const blobs = new Map<Sha256, Uint8Array>();
  const begun = new Map<Sha256, Uint8Array[]>();
  const store: MemoryBlobStore = {
    blobs,
    failing: () => undefined,
    cutting: () => undefined,
    moved: { sent: 0, taken: 0 },
    describe: () => "memory://shared",
    place: (digest) => `memory://shared/${digest}`,
    has: async (digests, signal) => {
      signal.throwIfAborted();
      await Promise.resolve();
      store.failing("has");
      const there = digests.filter((digest) => blobs.has(digest));
      return new Map(there.map((digest) => [digest, blobs.get(digest)?.length]));
    },
    get: async (digest, from, signal) => {
      signal.throwIfAborted();
      await Promise.resolve();
      store.failing("get");
      const bytes = blobs.get(digest);
      if (bytes === undefined) return undefined;
      const start = from > bytes.length ? 0 : from;
      return { from: start, bytes: bytes.length, pieces: pieces(bytes, start) };
    },
    put: async (digest, source, { signal, sent }) => {
      signal.throwIfAborted();
      store.failing("put");
      const taken = begun.get(digest) ?? [];
      begun.set(digest, taken);
      const there = Buffer.concat(taken).length;
      if (there > 0) sent?.(there, "earlier");
      let now = 0;
      for await (const piece of source.read(there)) {
        store.cutting((now += piece.length));
        signal.throwIfAborted();
        taken.push(piece);
        store.moved.taken += piece.length;
        sent?.(piece.length, "now");
      }
      begun.delete(digest);
      blobs.set(digest, Buffer.concat(taken));
    },
    setAside: () => Promise.resolve(false),
  };

  async function* pieces(bytes: Uint8Array, from: number): AsyncIterable<Uint8Array> {
    let now = 0;
    for await (const piece of memorySource(bytes).read(from)) {
      store.cutting((now += piece.length));
      store.moved.sent += piece.length;
      yield piece;
    }
  }

  return store;
}
