/**
 * Blobs of the store that nothing refers to, and how they go.
 *
 * Only bytes go, one blob at a time, and no record is changed: whoever misses a value of an old run makes it again. So a
 * command that is killed here leaves a store that is as right as before. What is younger than the grace period stays,
 * because a command may be about to refer to it: a blob that is stored or used again counts as young, and its age is
 * looked at when it goes, so that a run that begins meanwhile finds either a value or none, and never loses one it found.
 */
import { ConflictError } from "../base/errors.ts";
import type { Artifacts, StoredBlob } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { Registry } from "../ports/registry.ts";
import { keptRuns, reachableFrom, rootDigests } from "./reachable-blobs.ts";

/** A blob this young may belong to a command that has not recorded it yet. */
export const GRACE_MS = 3_600_000;

/** How many blobs go between two looks at whether a run began. */
const BATCH = 64;

export interface StorePorts {
  readonly files: Files;
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly processes: ProcessTable;
  readonly clock: Clock;
}

export interface GarbageQuery {
  /** Newest runs of each pipeline whose values stay. */
  readonly keepRuns: number;
  /** Folder of the pipelines, relative to the root. */
  readonly pipelines: string;
  /** Blobs that were used since then stay. */
  readonly youngMs: number;
}

export interface Garbage {
  /** Every blob, from the one used longest ago. */
  readonly blobs: readonly StoredBlob[];
  /** Those that may go, in the same order. */
  readonly garbage: readonly StoredBlob[];
  readonly runs: number;
  readonly runsKept: number;
}

/** What may go. Reads everything that stays, because a reference is whatever looks like one. */
export async function findGarbage(query: GarbageQuery, ports: StorePorts): Promise<Garbage> {
  const { registry, artifacts } = ports;
  // The list comes before the roots: what is referred to afterwards is in neither, or young.
  const listed = await artifacts.list();
  const blobs = listed.toSorted((left, right) => left.writtenAtMs - right.writtenAtMs);
  const runs = registry.runs.outlines();
  const modelRuns = new Set(registry.models.list().map(({ runId }) => String(runId)));
  const kept = keptRuns(runs, modelRuns, query.keepRuns);
  // A run that is gone by now was forgotten meanwhile, and refers to nothing any more.
  const records = kept.flatMap(({ id }) => registry.runs.find(id) ?? []);
  const roots = await rootDigests(records, query.pipelines, ports);
  const reachable = await reachableFrom(roots, blobs, artifacts);
  const garbage = blobs.filter(
    ({ digest, writtenAtMs }) => !reachable.has(digest) && writtenAtMs < query.youngMs,
  );
  return { blobs, garbage, runs: runs.length, runsKept: kept.length };
}

/** Those that went. @throws ConflictError `run-in-progress` when a pipeline begins to run meanwhile. */
export async function freeBlobs(
  garbage: readonly StoredBlob[],
  { youngMs, signal }: { readonly youngMs: number; readonly signal: AbortSignal },
  ports: StorePorts,
): Promise<readonly StoredBlob[]> {
  const freed: StoredBlob[] = [];
  for (const [at, blob] of garbage.entries()) {
    signal.throwIfAborted();
    if (at % BATCH === 0) refuseWhileRunning(ports);
    if (await ports.artifacts.removeOlder(blob.digest, youngMs)) freed.push(blob);
  }
  return freed;
}

/** @throws ConflictError `run-in-progress`. */
export function refuseWhileRunning({ registry, processes, clock }: StorePorts): void {
  registry.runs.markInterrupted(processes.isAlive, clock.nowMs());
  const [running] = registry.runs.running();
  if (running === undefined) return;
  throw new ConflictError(
    `Run ${running.id.slice(0, 8)} of ${running.pipeline} is in progress; its values are not all on record yet.`,
    { code: "run-in-progress", hint: "clean when it has ended" },
  );
}

/** How many, and how many bytes they have. */
export function totalOf(blobs: readonly { readonly bytes: number }[]): {
  readonly count: number;
  readonly bytes: number;
} {
  return { count: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) };
}
