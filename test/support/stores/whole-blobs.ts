/** Blobs that are small enough to be had in one piece. */
import { expect } from "vitest";
import { sha256 } from "../../../src/base/hash.ts";
import type { BlobStore } from "../../../src/ports/blob-store.ts";
import { memorySource } from "../memory-artifacts.ts";

const never = new AbortController().signal;

/** In one go. */
export async function put(store: BlobStore, bytes: Buffer): Promise<void> {
  await store.put(sha256(bytes), memorySource(bytes), { signal: never });
}

/** From an offset on, with where it really begins. */
export async function get(
  store: BlobStore,
  bytes: Buffer,
  from: number,
): Promise<{ readonly from: number; readonly bytes: Buffer }> {
  const sent = await store.get(sha256(bytes), from, never);
  if (sent === undefined) throw new Error("missing");
  const pieces: Uint8Array[] = [];
  for await (const piece of sent.pieces) pieces.push(piece);
  expect(sent.bytes).toBe(bytes.length);
  return { from: sent.from, bytes: Buffer.concat(pieces) };
}
