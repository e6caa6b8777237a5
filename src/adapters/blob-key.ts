import type { Sha256 } from "../base/brand.ts";
import { isSha256 } from "../base/hash.ts";

/** `blobs/3f/3f8a21…`: the path of a blob in every kind of store. */
export function blobKey(digest: Sha256): string {
  if (!isSha256(digest)) throw new Error(`${String(digest)} is not a digest`);
  const hex = digest.slice("sha256:".length);
  return `blobs/${hex.slice(0, 2)}/${hex}`;
}
