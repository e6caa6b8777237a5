/** Digest over everything of a package that one step may run. `_runtime.py` computes the same; a test runs both. */
import type { Sha256 } from "../base/brand.ts";
import { sha256OfJson } from "../base/hash.ts";

/** Files of the package that no step runs. */
const NOT_STEP_CODE = new Set([
  "__init__.py",
  "__main__.py",
  "_pipeline.py",
  "contract.py",
  "predict.py",
]);

/**
 * @param files Digests of all Python files of the package, by path inside it.
 * @param module The step's module, without `.py`.
 * @param stepModules Modules of all steps.
 */
export function stepCodeDigest(
  files: ReadonlyMap<string, string>,
  module: string,
  stepModules: readonly string[],
): Sha256 {
  const ofSteps = new Set(stepModules.map((name) => `${name}.py`));
  const own = `${module}.py`;
  const chosen = [...files].filter(
    ([path]) => path === own || (!ofSteps.has(path) && !NOT_STEP_CODE.has(path)),
  );
  return sha256OfJson(Object.fromEntries(chosen));
}
