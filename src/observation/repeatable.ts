/** Whether a run of a notebook would show the same again as long as its inputs stay the same: what a stored run may stand in for. */
import type { StatementFacts } from "../python/facts.ts";
import type { Observation } from "./schema.ts";

/**
 * What the run depended on that no digest of files, packages and environment variables covers.
 *
 * @returns For people; `undefined` when there is nothing of the kind.
 */
export function whyNotRepeatable(
  observation: Observation,
  statements: readonly StatementFacts[],
): string | undefined {
  if (observation.environment === undefined) return "the run did not come to its end";
  for (const run of observation.statements) {
    const place = `cell ${String(run.cell)}`;
    const outside = [...run.filesRead, ...run.filesWritten].find(({ path }) => isAbsolute(path));
    if (run.error !== null) return `${place} raised`;
    if (run.network[0] !== undefined) return `${place} reached for ${run.network[0]}`;
    if (run.subprocesses?.[0] !== undefined) return `${place} started ${run.subprocesses[0]}`;
    if (outside !== undefined)
      return `${place} used ${outside.path}, outside the notebook's folder`;
  }
  const module = observation.environment.ownModules?.find(isAbsolute);
  if (module !== undefined) return `it imports ${module}, outside the notebook's folder`;
  if (statements.some(({ ambient }) => ambient.some(({ resource }) => resource === "clock")))
    return "it reads the clock";
  return undefined;
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}
