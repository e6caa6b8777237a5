import { createReadStream, promises } from "node:fs";
import type { BlobSource } from "../ports/blob-store.ts";
import { PIECE_BYTES } from "./whole-files.ts";

/** A file as something to be sent. @throws the system's error when it is not there. */
export async function fileSource(path: string): Promise<BlobSource> {
  const { size } = await promises.stat(path);
  return {
    bytes: size,
    read: (from, before = size) => readRange(path, from, before),
  };
}

async function* readRange(path: string, from: number, before: number): AsyncIterable<Uint8Array> {
  if (from >= before) return;
  const pieces: AsyncIterable<Uint8Array> = createReadStream(path, {
    start: from,
    // Of a stream the end is the last byte that belongs to it.
    end: before - 1,
    highWaterMark: PIECE_BYTES,
  });
  yield* pieces;
}
