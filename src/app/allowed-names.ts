/** What a worker holds a version's pickles against, beside the version's own code; see `templates/python/safe_loading.py`. */
import { KNOWN_NAMES } from "../registry/known-names.ts";
import type { ModelVersion, PickledNames } from "../registry/model.ts";

/** Names that are harmless anywhere, and those on record for this version; null where nobody has looked. */
export function allowedNames({ pickledNames }: Pick<ModelVersion, "pickledNames">): {
  readonly known: readonly string[];
  readonly recorded: PickledNames | null;
} {
  return { known: [...KNOWN_NAMES], recorded: pickledNames ?? null };
}
