import type { Sha256 } from "../base/brand.ts";
import type { BlobSource } from "./blob-store.ts";

/** A blob as it lies in the store. */
export interface StoredBlob {
  readonly digest: Sha256;
  readonly bytes: number;
  /** When it was last written, or last asked to be. */
  readonly writtenAtMs: number;
}

/** Manifests of a run as they lie in the store. */
export interface StoredRun {
  readonly id: string;
  readonly writtenAtMs: number;
}

/**
 * A blob that comes from elsewhere. What is taken stays when the work ends before it is whole, and the next who wants the
 * same blob goes on from there. Nobody sees it before `finish`. Whoever began it finishes or closes it.
 */
export interface IncomingBlob {
  /** Bytes that are there: those that an earlier attempt left, and what was appended since. */
  readonly bytes: () => number;
  readonly append: (piece: Uint8Array) => Promise<void>;
  /** Forgets what is there. */
  readonly restart: () => Promise<void>;
  /** Makes it a blob when its bytes match its name. Otherwise they are gone, and the answer is the digest that they have. */
  readonly finish: () => Promise<Sha256>;
  /** Leaves what is there to the next. */
  readonly close: () => Promise<void>;
}

/**
 * The content-addressed store: `blobs/<first two hex>/<64 hex>` and `runs/<run id>/<step>/manifest.json`.
 * The Python runtime of generated pipelines writes the same layout, so either side may read what the other wrote.
 */
export interface Artifacts {
  /** Absolute folder, handed to Python children. */
  readonly root: string;
  readonly has: (digest: Sha256) => Promise<boolean>;
  /** Whether it is there, for whoever is going to rely on it: from now on it is as young as if it had been written. */
  readonly use: (digest: Sha256) => Promise<boolean>;
  /** Verified on read: a blob whose bytes do not match its name is moved aside and reported as missing. */
  readonly read: (digest: Sha256) => Promise<Uint8Array | undefined>;
  /** Atomic; storing the same bytes twice is one blob. */
  readonly write: (bytes: Uint8Array) => Promise<Sha256>;
  /** Adds an existing file, streamed (reflink or copy, never a link or move). */
  readonly addFile: (path: string) => Promise<Sha256>;
  /** Copies a blob to a path atomically. False when it is not there or corrupt. */
  readonly copyTo: (digest: Sha256, path: string) => Promise<boolean>;
  /** For sending: compared with its name now, and `undefined` when it is missing or does not match. */
  readonly open: (digest: Sha256) => Promise<BlobSource | undefined>;
  /** For taking it in from elsewhere. */
  readonly receive: (digest: Sha256) => Promise<IncomingBlob>;
  readonly readManifest: (runId: string, step: string) => Promise<unknown>;
  /** Makes an earlier execution's manifest part of this run, so that later steps find their inputs in one place. Atomic. */
  readonly writeManifest: (runId: string, step: string, manifest: unknown) => Promise<void>;
  /** Every run that has manifests, with when the newest of them was written; in no order. */
  readonly runs: () => Promise<readonly StoredRun[]>;
  /** Removes a run's manifests (never blobs). */
  readonly removeRun: (runId: string) => Promise<void>;
  /** Every blob there is, in no order. What does not look like a blob is left out. */
  readonly list: () => Promise<readonly StoredBlob[]>;
  /** Its bytes piece by piece, not compared with its name; nothing when it is missing. */
  readonly stream: (digest: Sha256) => AsyncIterable<Uint8Array>;
  /** Removes a blob unless it was written, or asked to be, since; whether it went. Looked at when it goes, not when it was listed. */
  readonly removeOlder: (digest: Sha256, beforeMs: number) => Promise<boolean>;
  /** Removes half-written, half-received and quarantined files that nobody has touched since; bytes freed. */
  readonly removeLeftovers: (beforeMs: number) => Promise<number>;
}
