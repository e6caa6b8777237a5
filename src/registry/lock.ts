/**
 * `mlops.lock.yaml`: what each environment should run, with its evidence. Values only; reading and printing YAML is the caller's.
 * Environments, models, files and metrics are sorted, so that the file changes only where its meaning does.
 */
import { sha256OfJson } from "../base/hash.ts";
import type { Anchor } from "./anchor.ts";
import type { NamedMetric, Peer } from "./evaluation.ts";
import type { ApprovalEvidence } from "./evidence.ts";
import { type Identity, plainIdentity } from "./identity.ts";
import type { ModelVersion } from "./model.ts";
import type { Lock, LockApproval, LockEntry, LockEvidence } from "./schema.ts";

/** The entry of a version that was let into an environment. */
export function buildLockEntry(
  version: ModelVersion,
  evidence: { readonly approvals: LockEntry["approvals"]; readonly store: string | undefined },
): LockEntry {
  return {
    version: version.version,
    pipeline: version.pipeline,
    revision: version.pipelineRevision ?? null,
    run: version.runId,
    registered: {
      by: plainIdentity(version.createdBy),
      at: new Date(version.createdAtMs).toISOString(),
    },
    content: version.contentDigest,
    files: sorted(version.files),
    "pickled-names":
      version.pickledNames === undefined
        ? null
        : sorted(
            Object.fromEntries(
              Object.entries(version.pickledNames).map(([path, names]) => [path, [...names]]),
            ),
          ),
    metrics: metricsOf(version.metrics),
    certificate:
      version.certificateDigest === undefined
        ? null
        : { digest: version.certificateDigest, verdict: version.verdict ?? "unverified" },
    approvals: evidence.approvals,
    store: evidence.store ?? null,
  };
}

/** What somebody decided, as the lock keeps it. */
export interface DecidedFor {
  readonly request: number | undefined;
  readonly by: Identity;
  readonly requestedBy: Identity;
  /** Absent where nobody had asked. */
  readonly requested?: { readonly reason: string; readonly atMs: number };
  readonly reason: string;
  readonly atMs: number;
  readonly forced: readonly string[];
  readonly evidence: ApprovalEvidence | undefined;
}

/** An approval as the lock keeps it; what is empty is left out. */
export function buildLockApproval(decided: DecidedFor): LockApproval {
  const { request, by, requestedBy, requested, reason, atMs, forced, evidence } = decided;
  return {
    request: request ?? null,
    by: plainIdentity(by),
    "requested-by": plainIdentity(requestedBy),
    reason,
    at: new Date(atMs).toISOString(),
    ...(by.proof === undefined ? {} : { proof: by.proof }),
    ...(requested === undefined
      ? {}
      : {
          requested: {
            at: new Date(requested.atMs).toISOString(),
            reason: requested.reason,
            ...(requestedBy.proof === undefined ? {} : { proof: requestedBy.proof }),
          },
        }),
    ...(forced.length === 0 ? {} : { forced: [...forced] }),
    ...(evidence === undefined ? {} : { evidence: buildLockEvidence(evidence) }),
  };
}

/** One entry of the lock with its place. */
export interface LockedModel {
  readonly environment: string;
  readonly model: string;
  readonly entry: LockEntry;
}

/** Every entry of a lock, by environment, then model. */
export function lockedModels(lock: Lock): readonly LockedModel[] {
  return Object.entries(lock.environments).flatMap(([environment, models]) =>
    Object.entries(models).map(([model, entry]) => ({ environment, model, entry })),
  );
}

/** The lock with the entry of one model in one environment set. */
export function lockWith(
  lock: Lock | undefined,
  at: { readonly environment: string; readonly model: string },
  entry: LockEntry,
): Lock {
  const models = sorted({ ...lock?.environments[at.environment], [at.model]: entry });
  return {
    version: 1,
    environments: sorted({ ...lock?.environments, [at.environment]: models }),
    ...(lock?.audit === undefined ? {} : { audit: lock.audit }),
  };
}

/** The lock with the head of the event log. */
export function lockWithAnchor(lock: Lock | undefined, { log, sequence, hash }: Anchor): Lock {
  return {
    version: 1,
    environments: lock?.environments ?? {},
    audit: { ...(log === undefined ? {} : { log }), sequence, hash },
  };
}

/** The lock without a model in an environment; an environment that runs nothing is left out. */
export function lockWithout(
  lock: Lock,
  at: { readonly environment: string; readonly model: string },
): Lock {
  const { [at.model]: _gone, ...models } = lock.environments[at.environment] ?? {};
  const { [at.environment]: _emptied, ...others } = lock.environments;
  const environments =
    Object.keys(models).length === 0 ? others : { ...others, [at.environment]: models };
  return { ...lock, environments: sorted(environments) };
}

/** Whether the digest of an entry is the one of its files; a hand-edited list of files is told by it. */
export function isLockEntryWhole(entry: LockEntry): boolean {
  return sha256OfJson(entry.files) === entry.content;
}

/** Evidence as the lock and `--json` keep it; what was never asked is left out. */
export function buildLockEvidence(evidence: ApprovalEvidence): LockEvidence {
  const { origin, thresholds, baseline, champion, better, certificate, tests, leakage } = evidence;
  return {
    ...(origin === undefined ? {} : { origin }),
    thresholds: thresholds.map(({ metric, min, max, value, holds }) => ({
      metric,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(value === undefined ? {} : { value }),
      holds,
    })),
    ...(baseline === undefined ? {} : { baseline: peerOf(baseline) }),
    ...(champion === undefined ? {} : { champion: peerOf(champion) }),
    ...(Object.keys(better).length === 0 ? {} : { better: sorted(better) }),
    ...(certificate === undefined
      ? {}
      : { coverage: { ...certificate.coverage }, excluded: [...certificate.excluded] }),
    tests: { ...tests },
    ...(leakage === undefined
      ? {}
      : {
          leakage:
            "because" in leakage
              ? { because: leakage.because }
              : { checked: [...leakage.checked], findings: [...leakage.findings] },
        }),
  };
}

function peerOf(peer: Peer): NonNullable<LockEvidence["baseline"]> {
  return "because" in peer
    ? { of: peer.of, because: peer.because }
    : {
        of: peer.of,
        metrics: metricsOf(peer.metrics),
        ...(peer.caveat === undefined ? {} : { caveat: peer.caveat }),
      };
}

function metricsOf(metrics: readonly NamedMetric[]): LockEntry["metrics"] {
  return sorted(Object.fromEntries(metrics.map(({ name, value }) => [name, value])));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
