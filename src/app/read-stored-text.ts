/** Data as text, from a store or from its place, when it is small enough to be looked into. */
import type { Sha256 } from "../base/brand.ts";
import { sha256 } from "../base/hash.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import type { DatasetPorts } from "./snapshot-datasets.ts";

/** Tables are compared in memory. */
export const LARGEST_TEXT = 32 << 20;

/** `undefined` where no store has these very bytes, they are too many, or no UTF-8. */
export async function readStoredText(
  digest: Sha256,
  signal: AbortSignal,
  { artifacts, shared }: Pick<DatasetPorts, "artifacts" | "shared">,
): Promise<string | undefined> {
  const here = await collect(artifacts.stream(digest));
  if (here !== undefined && sha256(here) === digest) return decodeText(here);
  const sent = await shared?.get(digest, 0, signal);
  const there = sent === undefined ? undefined : await collect(sent.pieces);
  return there !== undefined && sha256(there) === digest ? decodeText(there) : undefined;
}

/** `undefined` for what is no UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const read = decodeUtf8(bytes);
  return read.kind === "text" ? read.text : undefined;
}

async function collect(stored: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stored) {
    length += piece.length;
    if (length > LARGEST_TEXT) return undefined;
    pieces.push(piece);
  }
  if (pieces.length === 0) return undefined;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
