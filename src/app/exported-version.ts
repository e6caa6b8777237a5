/**
 * `version.json`: what the registry knows of a model version, beside its files when it is exported. Whoever imports the folder
 * compares the digests with the bytes; the rest is what another registry said, and is kept as that.
 */
import type { AuditEvent } from "../registry/audit.ts";
import type { Evaluation } from "../registry/evaluation.ts";
import type { ModelVersion } from "../registry/model.ts";
import { type ExportedPeer, ExportedVersion } from "./exported-version-schema.ts";

/** Name of the file in an exported folder. */
export const VERSION_FILE = "version.json";

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
  const { baseline, champion, leakage, better } = evaluation;
  const peer = (one: Evaluation["baseline"]): ExportedPeer =>
    "because" in one
      ? { ...one }
      : {
          of: one.of,
          metrics: one.metrics.map((metric) => ({ ...metric })),
          ...(one.caveat === undefined ? {} : { caveat: one.caveat }),
        };
  return {
    baseline: peer(baseline),
    champion: champion === undefined ? null : peer(champion),
    leakage:
      "because" in leakage
        ? { ...leakage }
        : { checked: [...leakage.checked], findings: [...leakage.findings] },
    better: { ...better },
  };
}
