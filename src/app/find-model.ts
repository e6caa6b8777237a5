/** A model version by what the user typed. */

import { didYouMean } from "../base/did-you-mean.ts";
import { ConflictError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import type { ModelVersion } from "../registry/model.ts";
import { parseModelReference, renderModelVersion, type VersionChoice } from "../registry/names.ts";

/** @throws UsageError `model-reference-invalid`; ConflictError `model-version-unknown`. */
export function findModel(
  text: string,
  models: Pick<Registry["models"], "resolve" | "list" | "aliases">,
): ModelVersion {
  const { model, choice } = parseModelReference(text);
  const found = models.resolve(model, wordOf(choice));
  if (found !== undefined) return found;
  throw new ConflictError(`There is no model ${text} in the registry.`, {
    code: "model-version-unknown",
    hint: hintFor(model, models),
  });
}

/** What there is instead. */
function hintFor(model: string, models: Pick<Registry["models"], "list" | "aliases">): string {
  const versions = models.list(model).map(renderModelVersion);
  const aliases = models.aliases(model).map(({ alias }) => `${model}@${alias}`);
  if (versions.length > 0) return `there is ${[...versions, ...aliases].join(", ")}`;
  const others = [...new Set(models.list().map((version) => version.model))];
  if (others.length > 0)
    return didYouMean(model, others) ?? `the registered models are ${others.join(", ")}`;
  return "no model is registered yet: mlops run PIPELINE registers the one it trains; in a clone, mlops models pull brings what mlops.lock.yaml names";
}

function wordOf(choice: VersionChoice): string | undefined {
  switch (choice.kind) {
    case "newest":
      return undefined;
    case "version":
      return `v${String(choice.version)}`;
    case "alias":
      return choice.alias;
  }
}
