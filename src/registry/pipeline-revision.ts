/** `churn:r3`: one promotion that changed something. Immutable but for its certificate, which verification adds. */
import type { Sha256 } from "../base/brand.ts";

/** A revision before it has its number. */
export interface NewPipelineRevision {
  readonly pipeline: string;
  /** Folder of the generated package, relative to the project root. */
  readonly folder: string;
  readonly notebookPath: string;
  readonly notebookDigest: Sha256;
  /** The full plan, a JSON blob in the store. */
  readonly planDigest: Sha256;
  /** Digest over paths and digests of all generated files; equal content makes no new revision. */
  readonly contentDigest: Sha256;
  /** Path relative to `folder` → digest of the bytes in the store. */
  readonly files: Readonly<Record<string, Sha256>>;
  /** The same on disk once it was written: what was generated with the user's edits in it, without what the user deleted. */
  readonly after: Readonly<Record<string, Sha256>>;
  /** The same just before it was written, the user's edits included; empty for a new folder. */
  readonly before: Readonly<Record<string, Sha256>>;
  readonly gitCommit: string | undefined;
  readonly gitDirty: boolean | undefined;
  readonly createdAtMs: number;
}

/** A recorded revision. */
export interface PipelineRevision extends NewPipelineRevision {
  /** From 1, never reused. */
  readonly revision: number;
  readonly certificateDigest: Sha256 | undefined;
  readonly verdict: string | undefined;
}
