/** Sizes of blobs in a bucket, whose services tell of one object at a time. */
import type { Sha256 } from "../base/brand.ts";
import { severalAtOnce } from "../base/several-at-once.ts";

const LOOKS_AT_ONCE = 8;

/** @param look Bytes of one blob; `undefined` when it is not there. */
export async function bucketSizes(
  digests: readonly Sha256[],
  look: (digest: Sha256) => Promise<number | undefined>,
): Promise<ReadonlyMap<Sha256, number>> {
  const sizes = await severalAtOnce(digests, LOOKS_AT_ONCE, look);
  const there = new Map<Sha256, number>();
  for (const [index, digest] of digests.entries()) {
    const bytes = sizes[index];
    if (bytes !== undefined) there.set(digest, bytes);
  }
  return there;
}
