/** A run by what the user typed. */
import { ConflictError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import { RUN_PREFIX_LENGTH } from "../registry/names.ts";
import type { RunRecord } from "../registry/run-record.ts";

/** @throws ConflictError `run-unknown`; UsageError `run-prefix-ambiguous`. */
export function findRun(idOrPrefix: string, runs: Pick<Registry["runs"], "find">): RunRecord {
  const found = runs.find(idOrPrefix);
  if (found !== undefined) return found;
  const tooShort = idOrPrefix.length < RUN_PREFIX_LENGTH;
  throw new ConflictError(`There is no run ${idOrPrefix} in the registry.`, {
    code: "run-unknown",
    hint: tooShort
      ? `type at least ${String(RUN_PREFIX_LENGTH)} digits of its id; see: mlops runs list`
      : "see the runs with: mlops runs list",
  });
}
