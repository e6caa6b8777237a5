/** Reads every byte of model versions again and checks the event log (`check-log.ts`). */
import { sha256OfJson } from "../base/hash.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { LockFinding } from "./check-lock.ts";
import { type CheckLogPorts, checkLog } from "./check-log.ts";
import type { ModelsVerifyReport } from "./models-schema.ts";

/**
 * Nothing is repaired; damaged blobs go to quarantine, as on every read.
 * @param lock What was found in the lock file; `undefined` when there is none.
 */
export async function verifyModels(
  versions: readonly ModelVersion[],
  lock: readonly LockFinding[] | undefined,
  ports: CheckLogPorts & { readonly artifacts: Artifacts },
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
  const { report: log } = await checkLog(ports);
  return {
    versions: report,
    firstBrokenEvent: log.chain[0]?.sequence ?? null,
    lock: lock?.map((found) => ({ ...found })) ?? null,
    log,
  };
}

/** Whether nothing was found wrong. That the log is not the anchored one is no fault: a team has several registries. */
export function isIntact(report: ModelsVerifyReport): boolean {
  return (
    report.log.verdict !== "broken" &&
    (report.lock ?? []).every(({ severity }) => severity !== "error") &&
    report.versions.every((version) => version.missing.length === 0 && version.listIntact)
  );
}
