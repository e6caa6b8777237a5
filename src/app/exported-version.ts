/**
 * `version.json`: what the registry knows of a model version, beside its files when it is exported. Whoever imports the folder
 * compares the digests with the bytes; the rest is what another registry said, and is kept as that.
 */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import type { AuditEvent } from "../registry/audit.ts";
import type { Evaluation } from "../registry/evaluation.ts";
import type { ModelVersion } from "../registry/model.ts";
import { MetricValue } from "../run/schema.ts";

/** Name of the file in an exported folder. */
export const VERSION_FILE = "version.json";

const Metrics = z.array(z.strictObject({ name: z.string(), value: MetricValue }));
const Identity = z.strictObject({
  name: z.string(),
  grade: z.enum(["asserted", "authenticated", "machine"]),
});
const Peer = z.union([
  z.strictObject({ of: z.string(), metrics: Metrics }),
  z.strictObject({ of: z.string(), because: z.string() }),
]);
const EvaluationRecord = z.strictObject({
  baseline: Peer,
  champion: Peer.nullable(),
  leakage: z.union([
    z.strictObject({ checked: z.array(z.string()), findings: z.array(z.string()) }),
    z.strictObject({ because: z.string() }),
  ]),
});
const EventRecord = z.strictObject({
  sequence: z.int(),
  action: z.string(),
  subject: z.string(),
  actor: Identity,
  details: z.record(z.string(), z.unknown()),
  atMs: z.number(),
  previousHash: z.string().nullable(),
  hash: z.string(),
});

/** The file. What is not known is null. */
export const ExportedVersion = z.strictObject({
  schema: z.literal("mlops.version/1"),
  model: z.string(),
  version: z.int().min(1),
  pipeline: z.string(),
  pipelineRevision: z.int().nullable(),
  run: z.string(),
  files: z.record(z.string(), Digest),
  content: Digest,
  metrics: Metrics,
  certificate: Digest.nullable(),
  verdict: z.string().nullable(),
  createdBy: Identity,
  createdAtMs: z.number(),
  pickledNames: z.record(z.string(), z.array(z.string())).nullable(),
  evaluation: EvaluationRecord.nullable(),
  origin: z.strictObject({ kind: z.enum(["imported", "pulled"]), from: z.string() }).nullable(),
  /** Of this version, oldest first, with their places in the chain of the registry they are from. */
  events: z.array(EventRecord),
});
export type ExportedVersion = z.infer<typeof ExportedVersion>;

/** Text of the file. @param events Of the whole registry, in any order. */
export function renderExportedVersion(
  version: ModelVersion,
  reference: string,
  events: readonly AuditEvent[],
): string {
  const { evaluation } = version;
  const exported: ExportedVersion = {
    schema: "mlops.version/1",
    model: version.model,
    version: version.version,
    pipeline: version.pipeline,
    pipelineRevision: version.pipelineRevision ?? null,
    run: version.runId,
    files: { ...version.files },
    content: version.contentDigest,
    metrics: version.metrics.map((metric) => ({ ...metric })),
    certificate: version.certificateDigest ?? null,
    verdict: version.verdict ?? null,
    createdBy: { ...version.createdBy },
    createdAtMs: version.createdAtMs,
    pickledNames:
      version.pickledNames === undefined
        ? null
        : Object.fromEntries(
            Object.entries(version.pickledNames).map(([path, names]) => [path, [...names]]),
          ),
    evaluation: evaluation === undefined ? null : exportedEvaluation(evaluation),
    origin: version.origin === undefined ? null : { ...version.origin },
    events: events
      .filter(({ subject }) => subject === reference)
      .sort((left, right) => left.sequence - right.sequence)
      .map(({ sequence, action, subject, actor, details, atMs, previousHash, hash }) => ({
        sequence,
        action,
        subject,
        actor: { ...actor },
        details: { ...details },
        atMs,
        previousHash: previousHash ?? null,
        hash,
      })),
  };
  return `${JSON.stringify(ExportedVersion.parse(exported), undefined, 1)}\n`;
}

/** What the file says of the evaluation, as the registry keeps it. */
export function evaluationOf({ evaluation }: ExportedVersion): Evaluation | undefined {
  if (evaluation === null) return undefined;
  return { ...evaluation, champion: evaluation.champion ?? undefined };
}

function exportedEvaluation(evaluation: Evaluation): NonNullable<ExportedVersion["evaluation"]> {
  const { baseline, champion, leakage } = evaluation;
  const peer = (one: Evaluation["baseline"]): z.infer<typeof Peer> =>
    "because" in one
      ? { ...one }
      : { of: one.of, metrics: one.metrics.map((metric) => ({ ...metric })) };
  return {
    baseline: peer(baseline),
    champion: champion === undefined ? null : peer(champion),
    leakage:
      "because" in leakage
        ? { ...leakage }
        : { checked: [...leakage.checked], findings: [...leakage.findings] },
  };
}
