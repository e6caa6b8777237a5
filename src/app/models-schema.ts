/** Results of the `models` commands, as `--json` prints them. Times are ISO 8601 in UTC. */
import { z } from "zod";
import { MetricValue } from "../run/schema.ts";
import { LogCheck } from "./audit-schema.ts";

export const VersionReport = z.strictObject({
  /** `churn@v3` */
  reference: z.string(),
  model: z.string(),
  version: z.int(),
  aliases: z.array(z.string()),
  pipeline: z.string(),
  revision: z.int().nullable(),
  run: z.string(),
  verdict: z.string().nullable(),
  /** Whether the version has a contract, without which nothing serves it. */
  servable: z.boolean(),
  metrics: z.array(z.strictObject({ name: z.string(), value: MetricValue })),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type VersionReport = z.infer<typeof VersionReport>;

export const ModelsListReport = z.strictObject({ versions: z.array(VersionReport) });
export type ModelsListReport = z.infer<typeof ModelsListReport>;

const PeerReport = z.strictObject({
  /** What it is: a constant in words, or `churn@v1`. */
  of: z.string(),
  /** Why it was not measured; null when it was. */
  because: z.string().nullable(),
  /** What flatters or harms its numbers; null when nothing is known to. */
  caveat: z.string().nullable(),
});
const OfPeerReport = z
  .strictObject({
    value: MetricValue,
    /** The version against it; `unknown` where nothing says which value is the better one. */
    standing: z.enum(["better", "same", "worse", "unknown"]),
  })
  .nullable();

/** What a version was measured against when it was registered, on the same rows. */
export const EvaluationReport = z.strictObject({
  baseline: PeerReport,
  /** Null when no version was champion. */
  champion: PeerReport.nullable(),
  metrics: z.array(
    z.strictObject({
      name: z.string(),
      value: MetricValue,
      better: z.enum(["greater", "less"]).nullable(),
      baseline: OfPeerReport,
      champion: OfPeerReport,
    }),
  ),
  leakage: z.strictObject({
    checked: z.array(z.string()),
    findings: z.array(z.string()),
    /** Why nothing could be looked at; null when something was. */
    because: z.string().nullable(),
  }),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

export const ModelShowReport = VersionReport.extend({
  /** How sure it is who registered it. */
  grade: z.enum(["asserted", "authenticated", "machine"]),
  /** Null for a version that was made of a run here. */
  origin: z.strictObject({ kind: z.enum(["imported", "pulled"]), from: z.string() }).nullable(),
  tags: z.record(z.string(), z.string()),
  /** Those that wait for a decision, or to be used. */
  requests: z.array(z.strictObject({ id: z.int(), environment: z.string(), state: z.string() })),
  /** Environments that mlops.lock.yaml lets run it; null where that file cannot be read. */
  locked: z.array(z.string()).nullable(),
  content: z.string(),
  certificate: z.string().nullable(),
  /** Null for a version of which nothing was asked. */
  evaluation: EvaluationReport.nullable(),
  files: z.record(z.string(), z.string()),
});
export type ModelShowReport = z.infer<typeof ModelShowReport>;

export const ModelRegisterReport = VersionReport.extend({
  created: z.boolean(),
  /** Why it cannot be served; null when it can. */
  notServableBecause: z.string().nullable(),
});
export type ModelRegisterReport = z.infer<typeof ModelRegisterReport>;

export const ModelAliasReport = z.strictObject({
  model: z.string(),
  alias: z.string(),
  /** Null when the alias was removed. */
  version: z.int().nullable(),
  /** The version it pointed to before; null when the alias is new. */
  before: z.int().nullable(),
});
export type ModelAliasReport = z.infer<typeof ModelAliasReport>;

export const ModelsVerifyReport = z.strictObject({
  versions: z.array(
    z.strictObject({
      reference: z.string(),
      files: z.int(),
      /** Paths whose bytes the store lacks or has damaged. */
      missing: z.array(z.string()),
      /** Whether the recorded list of files is the one that was registered. */
      listIntact: z.boolean(),
    }),
  ),
  /** Number of the first event of the log that does not follow from the one before; null when the chain holds. */
  firstBrokenEvent: z.int().nullable(),
  /** What `mlops.lock.yaml` says that was not approved as the policy asks, or that this registry does not say; null without that file. */
  lock: z
    .array(
      z.strictObject({
        environment: z.string(),
        /** `churn@v3` */
        reference: z.string(),
        code: z.string(),
        message: z.string(),
        severity: z.enum(["error", "warning", "note"]),
      }),
    )
    .nullable(),
  log: LogCheck,
});
export type ModelsVerifyReport = z.infer<typeof ModelsVerifyReport>;
