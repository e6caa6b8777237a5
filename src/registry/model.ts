/**
 * Model versions (`churn@v3`) and the aliases that point at them (`churn@champion`).
 * A version is immutable; its directory (contract 6) is described by `files`, whose digests are the only ones trusted before bytes are deserialised.
 */
import type { RunId, Sha256 } from "../base/brand.ts";
import type { MetricValue } from "../run/schema.ts";

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
  readonly metrics: readonly {
    readonly name: string;
    readonly value: MetricValue;
  }[];
  readonly certificateDigest: Sha256 | undefined;
  readonly verdict: string | undefined;
  readonly createdBy: string;
  readonly createdAtMs: number;
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
