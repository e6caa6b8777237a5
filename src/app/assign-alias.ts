/** Points an alias at a model version, and puts on record who did it and where it pointed before. */
import { UsageError } from "../base/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Registry } from "../ports/registry.ts";
import type { Identity } from "../registry/audit.ts";
import { checkAlias } from "../registry/names.ts";
import { findModel } from "./find-model.ts";
import type { ModelAliasReport } from "./models-schema.ts";

/** @throws UsageError `alias-invalid`, `model-reference-invalid`; ConflictError `model-version-unknown`. */
export function assignAlias(
  input: { readonly reference: string; readonly alias: string; readonly actor: Identity },
  ports: { readonly registry: Pick<Registry, "models">; readonly clock: Clock },
): ModelAliasReport {
  const { alias, actor } = input;
  const allowed = checkAlias(alias);
  if (!allowed.ok)
    throw new UsageError(`${allowed.error}.`, {
      code: "alias-invalid",
      hint: "for example: champion",
    });
  const { models } = ports.registry;
  const { model, version } = findModel(input.reference, models);
  const before = models.aliases(model).find((known) => known.alias === alias)?.version ?? null;
  if (before !== version) {
    const details = { from: before, to: version };
    models.setAlias(model, alias, version, {
      action: "alias.moved",
      subject: `${model}@${alias}`,
      actor,
      details,
      atMs: ports.clock.nowMs(),
    });
  }
  return { model, alias, version, before };
}
