/** Reads every byte of model versions again and recomputes the event chain. */
import { sha256OfJson } from "../base/hash.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Registry } from "../ports/registry.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { LockFinding } from "./check-lock.ts";
import type { ModelsVerifyReport } from "./models-schema.ts";

/**
 * Nothing is repaired; damaged blobs go to quarantine, as on every read.
 * @param lock What was found in the lock file; `undefined` when there is none.
 */
export async function verifyModels(
  versions: readonly ModelVersion[],
  lock: readonly LockFinding[] | undefined,
  ports: { readonly artifacts: Artifacts; readonly registry: Pick<Registry, "audit"> },
): Promise<ModelsVerifyReport> {
  const report: ModelsVerifyReport["versions"] = [];
  for (const version of versions) {
    const missing: string[] = [];
    for (const [path, digest] of Object.entries(version.files)) {
      if ((await ports.artifacts.read(digest)) === undefined) missing.push(path);
    }
    report.push({
      reference: renderModelVersion(version),
      files: Object.keys(version.files).length,
      missing,
      listIntact: sha256OfJson(version.files) === version.contentDigest,
    });
  }
  return {
    versions: report,
    firstBrokenEvent: ports.registry.audit.firstBroken() ?? null,
    lock: lock?.map((found) => ({ ...found })) ?? null,
  };
}

/** Whether nothing was found wrong. */
export function isIntact(report: ModelsVerifyReport): boolean {
  return (
    report.firstBrokenEvent === null &&
    (report.lock ?? []).every(({ severity }) => severity !== "error") &&
    report.versions.every((version) => version.missing.length === 0 && version.listIntact)
  );
}
