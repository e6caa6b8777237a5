import type { Sha256 } from "../base/brand.ts";

/** Where a shared store is. */
export type StoreAddress =
  | { readonly kind: "folder"; readonly path: string }
  /** `prefix` is empty or ends in `/`. */
  | { readonly kind: "s3" | "gs"; readonly bucket: string; readonly prefix: string }
  /** Without a slash at the end; `http:` on this machine only. */
  | { readonly kind: "https"; readonly url: string };

/** Bytes that can be read again from any place on: whoever sends them may have to begin in the middle. */
export interface BlobSource {
  readonly bytes: number;
  /** From an offset to before another, or to the end. */
  readonly read: (from: number, before?: number) => AsyncIterable<Uint8Array>;
}

/** What a store sends of a blob. */
export interface BlobDownload {
  /** Where the pieces begin: what was asked for, or 0 where the store cannot begin in the middle. */
  readonly from: number;
  /** Bytes of the whole blob; `undefined` when the store does not say. */
  readonly bytes: number | undefined;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface BlobTransfer {
  readonly signal: AbortSignal;
  /** Told of bytes as they leave, and of those that an earlier attempt had brought there. */
  readonly sent?: (bytes: number, how: "now" | "earlier") => void;
}

/**
 * A content-addressed store that a team shares: `blobs/<first two hex>/<64 hex>` below a folder, a bucket or an address.
 *
 * One try each: asking again, comparing bytes with their name and going on after a break belong to `app/transfer-blobs.ts`.
 * Every method throws a TransientError `store-unreachable` for what asking again may mend, and for the rest an MlopsError:
 * `store-unreachable`, `store-denied`, `store-read-only`, `store-refused`.
 */
export interface BlobStore {
  /** What people know it by, without credentials: `s3://team/churn`. */
  readonly describe: () => string;
  /** Where a blob lies or would lie, as whoever looks after the store would name it. */
  readonly place: (digest: Sha256) => string;
  /** Those that are there, with their bytes where the store says how many; not compared with their names. */
  readonly has: (
    digests: readonly Sha256[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<Sha256, number | undefined>>;
  /** Its bytes as they lie there, not compared with its name; `undefined` when it is missing. Reading the pieces throws as methods do. */
  readonly get: (
    digest: Sha256,
    from: number,
    signal: AbortSignal,
  ) => Promise<BlobDownload | undefined>;
  /**
   * Makes the blob visible when all of it is there, and not before where the store can do that. Goes on with what an
   * earlier attempt left, where the store keeps that. Replaces what lies there.
   */
  readonly put: (digest: Sha256, source: BlobSource, transfer: BlobTransfer) => Promise<void>;
  /** Called for a blob whose bytes were wrong: a store on this machine looks again and moves damaged bytes aside. Whether it did. */
  readonly setAside: (digest: Sha256) => Promise<boolean>;
}
