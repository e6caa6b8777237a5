/** Words and settings → `app/pull-models.ts`. */
import { MODELS_LOCK, readModelsLock } from "../../../app/models-lock.ts";
import type { ModelsPullReport } from "../../../app/models-store-schema.ts";
import { pullModels } from "../../../app/pull-models.ts";
import { ConflictError } from "../../../base/errors.ts";
import { lockedModels } from "../../../registry/lock.ts";
import type { CommandContext } from "../../context.ts";
import { openApprovals } from "./open-approvals.ts";
import { openModelStore } from "./open-store.ts";

/** @throws ConflictError `no-lock`; what `pullModels` and `openModelStore` throw. */
export async function runPull(
  context: CommandContext,
  wanted: { readonly models: readonly string[]; readonly environments: readonly string[] },
): Promise<ModelsPullReport> {
  const open = await openApprovals(context);
  const { files, config, actor } = open;
  const lock = await readModelsLock(files);
  if (lock === undefined)
    throw new ConflictError(`There is no ${MODELS_LOCK} here.`, {
      code: "no-lock",
      hint: "it is written where a version is let into an environment (mlops models approve), and committed",
    });
  // Where the settings name no store, the lock itself says where the bytes were put.
  const named = lockedModels(lock).find(({ entry }) => entry.store !== null)?.entry.store;
  const from = config.store ?? named ?? undefined;
  const transfer = await openModelStore(from, context, open);
  const { signal } = context;
  const input = { ...wanted, lock, from: transfer.shared.describe(), actor, signal };
  return pullModels(input, { ...open, ...transfer });
}
