/** A model version by what the user typed. */

import { didYouMean } from "../base/did-you-mean.ts";
import { ConflictError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import type { ModelVersion } from "../registry/model.ts";
import { parseModelReference, type VersionChoice } from "../registry/names.ts";

/** @throws UsageError `model-reference-invalid`; ConflictError `model-version-unknown`. */
export function findModel(
  text: string,
  models: Pick<Registry["models"], "resolve" | "list">,
): ModelVersion {
  const { model, choice } = parseModelReference(text);
  const found = models.resolve(model, wordOf(choice));
  if (found !== undefined) return found;
  const names = [...new Set(models.list().map((version) => version.model))];
  const near = names.includes(model) ? undefined : didYouMean(model, names);
  throw new ConflictError(`There is no ${text} in the registry.`, {
    code: "model-version-unknown",
    hint: near ?? "see what there is with: mlops models list",
  });
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
