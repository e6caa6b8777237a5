/** Deletes model versions that nothing needs. The record of them stays in the event log; `mlops clean` frees their bytes. */
import { ConflictError } from "../base/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Identity } from "../registry/identity.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { ModelsDeleteReport } from "./approvals-schema.ts";
import { findModel } from "./find-model.ts";
import { readModelsLock } from "./models-lock.ts";

/**
 * All of them or none.
 * @throws ConflictError `model-version-in-use` where the lock file, an alias or a waiting request names one; what `findModel` throws.
 */
export async function deleteModels(
  input: {
    readonly references: readonly string[];
    readonly reason: string;
    readonly dryRun: boolean;
    readonly actor: Identity;
  },
  ports: {
    readonly registry: Pick<Registry, "models" | "together">;
    readonly files: Files;
    readonly clock: Clock;
  },
): Promise<ModelsDeleteReport> {
  const { registry, clock } = ports;
  const found = input.references.map((text) => findModel(text, registry.models));
  const versions = [...new Map(found.map((one) => [renderModelVersion(one), one])).values()];
  const lock = await readModelsLock(ports.files);
  for (const version of versions)
    for (const [environment, models] of Object.entries(lock?.environments ?? {}))
      if (models[version.model]?.version === version.version)
        throw new ConflictError(
          `${renderModelVersion(version)} cannot be deleted: mlops.lock.yaml names it for ${environment}.`,
          {
            code: "model-version-in-use",
            hint: `let ${environment} run another version first`,
          },
        );
  const deleted = versions.map(renderModelVersion);
  const undo = new Error("dry run");
  try {
    registry.together(() => {
      for (const version of versions) remove(version);
      // A dry run does it all, so that it says what would be refused, and takes it back.
      if (input.dryRun) throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return { dryRun: input.dryRun, deleted };

  function remove(version: ModelVersion): void {
    registry.models.remove(version.model, version.version, {
      action: "model.deleted",
      subject: renderModelVersion(version),
      actor: input.actor,
      details: { reason: input.reason, content: version.contentDigest, run: version.runId },
      atMs: clock.nowMs(),
    });
  }
}
