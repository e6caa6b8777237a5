/** Which packages the pipeline needs: what the observed run imported for the notebook, at the versions it used. */
import type { Observation } from "../observation/schema.ts";
import type { Plan } from "./plan.ts";

/** Sorted by name; modules of the standard library have no distribution and are not listed. */
export function requirementsOf(observation: Observation | undefined): Plan["requirements"] {
  const byName = new Map<string, string>();
  for (const { distribution, version } of observation?.environment?.imported ?? []) {
    if (distribution !== null && version !== null) byName.set(distribution, version);
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([distribution, version]) => ({ distribution, version }));
}
