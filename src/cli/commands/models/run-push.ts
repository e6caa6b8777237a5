/** Words and settings → `app/push-models.ts`. */
import { findModel } from "../../../app/find-model.ts";
import { readModelsLock } from "../../../app/models-lock.ts";
import type { ModelsPushReport } from "../../../app/models-store-schema.ts";
import { pushModels } from "../../../app/push-models.ts";
import { ConflictError } from "../../../base/errors.ts";
import { lockedModels } from "../../../registry/lock.ts";
import type { ModelVersion } from "../../../registry/model.ts";
import { renderModelVersion } from "../../../registry/names.ts";
import type { CommandContext } from "../../context.ts";
import { type OpenApprovals, openApprovals } from "./open-approvals.ts";
import { openModelStore } from "./open-store.ts";

/** @throws ConflictError `lock-names-nothing`; what `pushModels`, `findModel` and `openModelStore` throw. */
export async function runPush(
  context: CommandContext,
  words: readonly string[],
): Promise<ModelsPushReport> {
  const open = await openApprovals(context);
  const { registry, config } = open;
  const transfer = await openModelStore(config.store, context, open);
  const names = words.length === 0 ? await lockedNames(open) : words;
  const versions = new Map<string, ModelVersion>();
  for (const name of names) {
    const version = findModel(name, registry.models);
    versions.set(renderModelVersion(version), version);
  }
  const { signal } = context;
  // Opening a store that is not set has thrown.
  const store = config.store ?? "";
  return pushModels({ versions: [...versions.values()], store, signal }, { ...open, ...transfer });
}

async function lockedNames({ files }: OpenApprovals): Promise<readonly string[]> {
  const lock = await readModelsLock(files);
  const locked = lock === undefined ? [] : lockedModels(lock);
  if (locked.length > 0)
    return locked.map(({ model, entry }) => renderModelVersion({ model, version: entry.version }));
  throw new ConflictError("mlops.lock.yaml names no model yet.", {
    code: "lock-names-nothing",
    hint: "say which version to share: mlops models push churn@v3",
  });
}
