/** What a step depends on, or does, that no digest of code, inputs and files covers: the clock, the network, other programs. */
import type { StatementObservation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import { mutatesAnything } from "../python/mutated-names.ts";
import { callReadsClock } from "./clock-reads.ts";
import type { Outside } from "./plan.ts";
import { isMetric } from "./roles.ts";

/**
 * How joblib counts the cores of the processor before it starts threads (`loky/backend/context.py` in its source): most
 * of scikit-learn does that, and the answer decides how the work is shared out, not what is computed.
 */
const COUNTS_CORES: ReadonlySet<string> = new Set([
  "lscpu --parse=core",
  "sysctl -n hw.physicalcpu",
  "sysctl -n kern.smp.cores",
  "wmic CPU Get NumberOfCores /Format:csv",
  "powershell.exe -NoProfile -Command (Get-CimInstance -ClassName Win32_Processor).NumberOfCores",
]);

/** Effects that a time which is only shown may have. */
const SHOWS: ReadonlySet<string> = new Set(["stdout", "clock"]);

/**
 * In a fixed order. The clock counts unless the step provably does no more with the time than print it: a statement that
 * computes with it may bind names, none of which leaves the step, and nothing else.
 *
 * @param kept Variables that leave the step.
 * @param clockNames Names behind which the project's own modules may read the clock.
 */
export function outsideOf(
  statements: readonly StatementFacts[],
  runs: readonly (Pick<StatementObservation, "network" | "subprocesses"> | undefined)[],
  kept: readonly string[],
  clockNames: ReadonlySet<string> = new Set(),
): readonly Outside[] {
  const touches = (resource: string): boolean =>
    statements.some(({ ambient }) => ambient.some((effect) => effect.resource === resource));
  const found: Outside[] = [];
  if (usesTheTime(statements, new Set(kept), clockNames)) found.push("clock");
  if (touches("network") || runs.some((run) => (run?.network ?? []).length > 0))
    found.push("network");
  const startsPrograms = runs.some((run) =>
    (run?.subprocesses ?? []).some((command) => !COUNTS_CORES.has(command)),
  );
  if (touches("subprocess") || startsPrograms) found.push("subprocess");
  return found;
}

function usesTheTime(
  statements: readonly StatementFacts[],
  kept: ReadonlySet<string>,
  clockNames: ReadonlySet<string>,
): boolean {
  const timed = new Set(clockNames);
  for (const statement of statements) {
    if (!readsClock(statement) && !statement.reads.some((name) => timed.has(name))) continue;
    const showsOnly = statement.ambient.every(({ resource }) => SHOWS.has(resource));
    if (!showsOnly || mutatesAnything(statement)) return true;
    // A function of the notebook may record a metric, too.
    if (statement.calls.some((call) => isMetric(call) || call.callee?.startsWith(".") === true))
      return true;
    for (const name of statement.mayWrite) {
      if (kept.has(name)) return true;
      timed.add(name);
    }
  }
  return false;
}

function readsClock(statement: StatementFacts): boolean {
  return (
    statement.ambient.some(({ resource }) => resource === "clock") ||
    statement.calls.some(callReadsClock)
  );
}
