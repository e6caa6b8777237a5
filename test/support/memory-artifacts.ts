/** The artifact store in memory, for tests that need no disk. Same contract as `adapters/artifact-dir.ts`. */
import type { Sha256 } from "../../src/base/brand.ts";
import { InputError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { BlobSource } from "../../src/ports/blob-store.ts";
import type { Files } from "../../src/ports/files.ts";

/** What tests may do to it from outside. */
export interface MemoryArtifacts extends Artifacts {
  /** Changes stored bytes behind the store's back. */
  readonly damage: (digest: Sha256, bytes: Uint8Array) => void;
}

/** @param files Where `addFile` reads and `copyTo` writes. */
export function memoryArtifacts(files: Pick<Files, "readBytes" | "writeAtomic">): MemoryArtifacts {
  const blobs = new Map<Sha256, Uint8Array>();
  const writtenAtMs = new Map<Sha256, number>();
  const partial = new Map<Sha256, Uint8Array>();
  const runsWrittenAtMs = new Map<string, number>();
  const manifests = new Map<string, unknown>();
  const read = (digest: Sha256): Uint8Array | undefined => {
    const bytes = blobs.get(digest);
    if (bytes === undefined || sha256(bytes) === digest) return bytes;
    blobs.delete(digest);
    return undefined;
  };
  const write = (bytes: Uint8Array): Sha256 => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes.slice());
    writtenAtMs.set(digest, Date.now());
    return digest;
  };
  return {
    root: "/memory",
    has: (digest) => Promise.resolve(blobs.has(digest)),
    use: (digest) => {
      if (blobs.has(digest)) writtenAtMs.set(digest, Date.now());
      return Promise.resolve(blobs.has(digest));
    },
    read: (digest) => Promise.resolve(read(digest)),
    write: (bytes) => Promise.resolve(write(bytes)),
    addFile: async (path) => {
      const bytes = await files.readBytes(path);
      if (bytes === undefined)
        throw new InputError(`${path} is not there.`, { code: "file-missing" });
      return write(bytes);
    },
    copyTo: async (digest, path) => {
      const bytes = read(digest);
      if (bytes === undefined) return false;
      await files.writeAtomic(path, bytes);
      return true;
    },
    open: (digest) => {
      const bytes = read(digest);
      return Promise.resolve(bytes === undefined ? undefined : memorySource(bytes));
    },
    receive: (digest) => {
      const left = partial.get(digest);
      partial.delete(digest);
      const pieces = left === undefined ? [] : [left];
      let bytes = left?.length ?? 0;
      let isOpen = true;
      return Promise.resolve({
        bytes: () => bytes,
        append: (piece) => {
          pieces.push(piece.slice());
          bytes += piece.length;
          return Promise.resolve();
        },
        restart: () => {
          pieces.length = 0;
          bytes = 0;
          return Promise.resolve();
        },
        finish: () => {
          isOpen = false;
          const taken = Buffer.concat(pieces);
          if (sha256(taken) === digest) write(taken);
          return Promise.resolve(sha256(taken));
        },
        close: () => {
          if (isOpen && bytes > 0) partial.set(digest, Buffer.concat(pieces));
          isOpen = false;
          return Promise.resolve();
        },
      });
    },
    readManifest: (runId, step) =>
      Promise.resolve(structuredClone(manifests.get(`${runId}/${step}`))),
    writeManifest: (runId, step, manifest) => {
      manifests.set(`${runId}/${step}`, structuredClone(manifest));
      runsWrittenAtMs.set(runId, Date.now());
      return Promise.resolve();
    },
    runs: () =>
      Promise.resolve(
        [...new Set([...manifests.keys()].map((key) => key.split("/")[0] ?? ""))].map((id) => ({
          id,
          writtenAtMs: runsWrittenAtMs.get(id) ?? 0,
        })),
      ),
    removeRun: (runId) => {
      for (const key of manifests.keys()) if (key.startsWith(`${runId}/`)) manifests.delete(key);
      return Promise.resolve();
    },
    list: () =>
      Promise.resolve(
        [...blobs].map(([digest, { byteLength }]) => ({
          digest,
          bytes: byteLength,
          writtenAtMs: writtenAtMs.get(digest) ?? 0,
        })),
      ),
    async *stream(digest) {
      const bytes = blobs.get(digest);
      if (bytes !== undefined) yield bytes;
    },
    removeOlder: (digest, beforeMs) =>
      Promise.resolve((writtenAtMs.get(digest) ?? beforeMs) < beforeMs && blobs.delete(digest)),
    removeLeftovers: () => Promise.resolve(0),
    damage: (digest, bytes) => blobs.set(digest, bytes),
  };
}

/** Bytes as something to be sent. */
export function memorySource(bytes: Uint8Array): BlobSource {
  return {
    bytes: bytes.length,
    async *read(from, before = bytes.length) {
      const most = 64 << 10;
      for (let at = from; at < before; at += most)
        yield bytes.subarray(at, Math.min(before, at + most));
    },
  };
}
