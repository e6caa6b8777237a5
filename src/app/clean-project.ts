/**
 * Frees what nothing refers to: blobs of the store, and folders that killed commands left in `.mlops/tmp`.
 *
 * Only bytes go, one blob at a time, and no record is changed: whoever misses a value of an old run makes it again. So a
 * command that is killed here leaves a store that is as right as before. What is younger than the grace period stays,
 * because a command may be about to refer to it (a blob that is stored again counts as young), and nothing goes while a
 * pipeline runs; a run that begins meanwhile ends the cleaning.
 */
import { ConflictError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { Registry } from "../ports/registry.ts";
import type { CleanReport } from "./clean-schema.ts";
import { keptRuns, reachableFrom, rootDigests } from "./reachable-blobs.ts";

const HOUR_MS = 3_600_000;

/** A blob this young may belong to a command that has not recorded it yet. */
const GRACE_MS = HOUR_MS;

/** A scratch folder that nothing was written into for so long belongs to no command that still works. */
const SCRATCH_GRACE_MS = 24 * HOUR_MS;

const SCRATCH = ".mlops/tmp";

/** How many blobs go between two looks at whether a run began. */
const BATCH = 64;

export interface CleanOptions {
  /** Newest runs of each pipeline whose values stay. */
  readonly keepRuns: number;
  readonly dryRun: boolean;
  /** Folder of the pipelines, relative to the root. */
  readonly pipelines: string;
  readonly signal: AbortSignal;
}

export interface CleanPorts {
  readonly files: Files;
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly processes: ProcessTable;
  readonly clock: Clock;
}

/** @throws ConflictError `run-in-progress` while a pipeline runs, or when one begins meanwhile. */
export async function cleanProject(options: CleanOptions, ports: CleanPorts): Promise<CleanReport> {
  const { registry, artifacts, clock } = ports;
  refuseWhileRunning(ports);
  // The list comes before the roots: what is referred to afterwards is in neither, or young.
  const blobs = await artifacts.list();
  const runs = registry.runs.list({});
  const modelRuns = new Set(registry.models.list().map(({ runId }) => String(runId)));
  const kept = keptRuns(runs, modelRuns, options.keepRuns);
  const roots = await rootDigests(kept, options.pipelines, ports);
  const reachable = await reachableFrom(roots, blobs, artifacts);
  const youngMs = clock.nowMs() - GRACE_MS;
  const garbage = blobs.filter(
    ({ digest, writtenAtMs }) => !reachable.has(digest) && writtenAtMs < youngMs,
  );
  const scratch = await oldScratch(ports);
  const stayed = new Set<string>();
  if (!options.dryRun) {
    for (const [at, { digest }] of garbage.entries()) {
      if (options.signal.aborted) throw new Error("interrupted");
      if (at % BATCH === 0) refuseWhileRunning(ports);
      if (!(await artifacts.removeOlder(digest, youngMs))) stayed.add(digest);
    }
    await artifacts.removeLeftovers(youngMs);
    for (const folder of scratch) await ports.files.remove(`${SCRATCH}/${folder}`);
  }
  const freed = garbage.filter(({ digest }) => !stayed.has(digest));
  const gone = new Set(freed.map(({ digest }) => digest));
  return {
    dryRun: options.dryRun,
    blobs: total(freed),
    kept: total(blobs.filter(({ digest }) => !gone.has(digest))),
    scratch: scratch.length,
    runsKept: kept.length,
    runs: runs.length,
  };
}

function refuseWhileRunning({ registry, processes, clock }: CleanPorts): void {
  registry.runs.markInterrupted(processes.isAlive, clock.nowMs());
  const running = registry.runs.list({}).find(({ status }) => status === "running");
  if (running === undefined) return;
  throw new ConflictError(
    `Run ${running.id.slice(0, 8)} of ${running.pipeline} is in progress; its values are not all on record yet.`,
    { code: "run-in-progress", hint: "clean when it has ended" },
  );
}

/** Names of folders below `.mlops/tmp` whose files are all old. */
async function oldScratch({ files, clock }: CleanPorts): Promise<readonly string[]> {
  const newest = new Map<string, number>();
  // Behind a symlink lies what is not ours.
  const root = await files.realPath(".");
  if (root === undefined || (await files.realPath(SCRATCH)) !== `${root}/${SCRATCH}`) return [];
  for (const path of await files.list(SCRATCH)) {
    const folder = path.split("/")[0] ?? path;
    for (const each of [`${SCRATCH}/${folder}`, `${SCRATCH}/${path}`]) {
      const at = (await files.modifiedMs(each)) ?? 0;
      newest.set(folder, Math.max(newest.get(folder) ?? 0, at));
    }
  }
  const before = clock.nowMs() - SCRATCH_GRACE_MS;
  return [...newest].filter(([, at]) => at < before).map(([folder]) => folder);
}

function total(blobs: readonly { readonly bytes: number }[]): {
  readonly count: number;
  readonly bytes: number;
} {
  return { count: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) };
}
