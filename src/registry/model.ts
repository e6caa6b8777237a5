/**
 * Model versions (`churn@v3`) and the aliases that point at them (`churn@champion`).
 * A version is immutable; its directory (contract 6) is described by `files`, whose digests are the only ones trusted before bytes are deserialised.
 */
import type { RunId, Sha256 } from "../base/brand.ts";
import type { Evaluation, NamedMetric } from "./evaluation.ts";
import type { Identity } from "./identity.ts";

/** Path of a pickled file in the version's directory → every `module:name` that loading it looks up, sorted. */
export type PickledNames = Readonly<Record<string, readonly string[]>>;

/** Where a version comes from that was not made of a run of this registry. */
export interface Origin {
  readonly kind: "imported" | "pulled";
  /** Folder, file or store, as it was named. */
  readonly from: string;
}

/** A version before it has its number. */
export interface NewModelVersion {
  readonly model: string;
  readonly pipeline: string;
  readonly pipelineRevision: number | undefined;
  readonly runId: RunId;
  /** Path in the version's directory → digest in the store. */
  readonly files: Readonly<Record<string, Sha256>>;
  /** Digest over `files`; registering the same content again gives the existing version. */
  readonly contentDigest: Sha256;
  readonly metrics: readonly NamedMetric[];
  readonly certificateDigest: Sha256 | undefined;
  readonly verdict: string | undefined;
  /** Who registered it; approving it is for somebody else. */
  readonly createdBy: Identity;
  readonly createdAtMs: number;
  /** What loading it may look up, accepted when it was registered; `undefined` where that was never looked at. */
  readonly pickledNames: PickledNames | undefined;
  /** `undefined` where nothing could be asked, as for a version that was imported. */
  readonly evaluation: Evaluation | undefined;
  /** `undefined` for a version made of a run of this registry. */
  readonly origin: Origin | undefined;
}

/** A registered version. */
export interface ModelVersion extends NewModelVersion {
  /** From 1, never reused: the integer MLflow sees. */
  readonly version: number;
}

/** A movable name for a version. */
export interface Alias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
}
