/**
 * `mlops.lock.yaml`: what each environment should run, with its evidence. Values only; reading and printing YAML is the caller's.
 * Environments, files and metrics are sorted, so that the file changes only where its meaning does.
 */
import { sha256OfJson } from "../base/hash.ts";
import type { ModelVersion } from "./model.ts";
import type { Lock, LockEntry } from "./schema.ts";

/** The entry of a version that was let into an environment. */
export function buildLockEntry(
  version: ModelVersion,
  evidence: { readonly approvals: LockEntry["approvals"]; readonly store: string | undefined },
): LockEntry {
  return {
    model: version.model,
    version: version.version,
    pipeline: version.pipeline,
    revision: version.pipelineRevision ?? null,
    run: version.runId,
    content: version.contentDigest,
    files: sorted(version.files),
    metrics: sorted(Object.fromEntries(version.metrics.map(({ name, value }) => [name, value]))),
    certificate:
      version.certificateDigest === undefined
        ? null
        : { digest: version.certificateDigest, verdict: version.verdict ?? "unverified" },
    approvals: evidence.approvals,
    store: evidence.store ?? null,
  };
}

/** The lock with one environment's entry set. */
export function lockWith(lock: Lock | undefined, environment: string, entry: LockEntry): Lock {
  return {
    version: 1,
    environments: sorted({ ...lock?.environments, [environment]: entry }),
    ...(lock?.audit === undefined ? {} : { audit: lock.audit }),
  };
}

/** Whether the digest of an entry is the one of its files; a hand-edited list of files is told by it. */
export function isLockEntryWhole(entry: LockEntry): boolean {
  return sha256OfJson(entry.files) === entry.content;
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
