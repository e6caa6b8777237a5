import type { Sha256 } from "../base/brand.ts";

/**
 * The content-addressed store: `blobs/<first two hex>/<64 hex>` and `runs/<run id>/<step>/manifest.json`.
 * The Python runtime of generated pipelines writes the same layout, so either side may read what the other wrote.
 */
export interface Artifacts {
  /** Absolute folder, handed to Python children. */
  readonly root: string;
  readonly has: (digest: Sha256) => Promise<boolean>;
  /** Verified on read: a blob whose bytes do not match its name is moved aside and reported as missing. */
  readonly read: (digest: Sha256) => Promise<Uint8Array | undefined>;
  /** Atomic; storing the same bytes twice is one blob. */
  readonly write: (bytes: Uint8Array) => Promise<Sha256>;
  /** Adds an existing file, streamed (reflink or copy, never a link or move). */
  readonly addFile: (path: string) => Promise<Sha256>;
  /** Copies a blob to a path atomically. False when it is not there or corrupt. */
  readonly copyTo: (digest: Sha256, path: string) => Promise<boolean>;
  readonly readManifest: (runId: string, step: string) => Promise<unknown>;
  /** Makes an earlier execution's manifest part of this run, so that later steps find their inputs in one place. Atomic. */
  readonly writeManifest: (runId: string, step: string, manifest: unknown) => Promise<void>;
  /** Removes a run's manifests (never blobs). */
  readonly removeRun: (runId: string) => Promise<void>;
}
