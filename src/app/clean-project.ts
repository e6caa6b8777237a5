/**
 * Frees what nothing refers to: blobs of the store, and beside it in `.mlops/` what killed commands left and what was not
 * used for long and is made again when it is missed. Nothing goes while a pipeline runs; a run that begins meanwhile ends
 * the cleaning. What is not ours is named and stays.
 */
import type { CleanReport } from "./clean-schema.ts";
import { findLeftovers, hasFreshScratch, type Leftover, measureState } from "./leftovers.ts";
import {
  findGarbage,
  freeBlobs,
  GRACE_MS,
  refuseWhileRunning,
  type StorePorts,
  totalOf,
} from "./store-garbage.ts";

/** While a command may be at work: it may have stored something long ago that it records at its end. */
const LONG_GRACE_MS = 24 * GRACE_MS;

export interface CleanOptions {
  /** Newest runs of each pipeline whose values stay. */
  readonly keepRuns: number;
  readonly dryRun: boolean;
  /** Folder of the pipelines, relative to the root. */
  readonly pipelines: string;
  /** Interpreter that the settings name. */
  readonly python: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws ConflictError `run-in-progress` while a pipeline runs, or when one begins meanwhile. */
export async function cleanProject(options: CleanOptions, ports: StorePorts): Promise<CleanReport> {
  const { files, artifacts, clock } = ports;
  refuseWhileRunning(ports);
  const isBusy = await hasFreshScratch(files, clock);
  const youngMs = clock.nowMs() - (isBusy ? LONG_GRACE_MS : GRACE_MS);
  // Old cache entries go first: what only they refer to is garbage then.
  const leftovers = await findLeftovers(options.python, ports);
  if (!options.dryRun) for (const { remove } of leftovers) await remove();
  const found = await findGarbage({ ...options, youngMs }, ports);
  const { signal } = options;
  const freed = options.dryRun
    ? found.garbage
    : await freeBlobs(found.garbage, { youngMs, signal }, ports);
  if (!options.dryRun) await artifacts.removeLeftovers(youngMs);
  const gone = new Set(freed.map(({ digest }) => digest));
  return {
    dryRun: options.dryRun,
    blobs: totalOf(freed),
    kept: totalOf(found.blobs.filter(({ digest }) => !gone.has(digest))),
    leftovers: byKind(leftovers),
    runsKept: found.runsKept,
    runs: found.runs,
    ...(await measureState(files, artifacts)),
  };
}

function byKind(leftovers: readonly Leftover[]): CleanReport["leftovers"] {
  const kinds = [...new Set(leftovers.map(({ kind }) => kind))];
  return kinds.map((kind) => ({
    kind,
    ...totalOf(leftovers.filter((leftover) => leftover.kind === kind)),
  }));
}
