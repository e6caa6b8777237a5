/** Words and settings → `app/verify-models.ts`. */
import { policyOf } from "../../../app/approval-settings.ts";
import { checkLock } from "../../../app/check-lock.ts";
import { findModel } from "../../../app/find-model.ts";
import { readModelsLock } from "../../../app/models-lock.ts";
import type { ModelsVerifyReport } from "../../../app/models-schema.ts";
import { verifyModels } from "../../../app/verify-models.ts";
import { weighLock } from "../../../app/weigh-lock.ts";
import type { CommandContext } from "../../context.ts";
import { openState } from "../../open-state.ts";

/** @throws what `findModel` and `readModelsLock` throw. */
export async function runVerifyModels(
  context: CommandContext,
  model: string | undefined,
): Promise<ModelsVerifyReport> {
  const { registry, artifacts, files } = await openState(context);
  const config = await context.config();
  const git = await context.wiring.git();
  const versions =
    model === undefined ? registry.models.list() : [findModel(model, registry.models)];
  const written = await readModelsLock(files);
  const environments = { known: config.environments, guarded: config.approval.environments };
  const weighing = {
    signersFile: config.approval.signers,
    identities: config.approval.identities,
    environment: context.environment,
    signal: context.signal,
  };
  const ports = { files, processes: await context.wiring.processes(), git };
  const weighed = written === undefined ? undefined : await weighLock(written, weighing, ports);
  const check = { policy: policyOf(config), environments };
  const found = [...checkLock(weighed?.lock, check, registry.models), ...(weighed?.findings ?? [])];
  const said = written === undefined && found.length === 0 ? undefined : found;
  return verifyModels(versions, said, { registry, artifacts, files, git });
}
