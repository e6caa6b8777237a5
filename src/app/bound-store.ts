/**
 * Keeps the store below the size that the settings allow: after a command that stored something, the values that were
 * used longest ago and can be made again go. Looking at the sizes is all it costs while the store is small enough.
 *
 * First go values that nothing refers to any more, then those of all but the newest run of each pipeline. Models,
 * revisions with their evidence and recorded data stay, however large they are.
 */
import { MlopsError } from "../base/errors.ts";
import type { StoredBlob } from "../ports/artifacts.ts";
import { BoundNote } from "./clean-schema.ts";
import { hasFreshScratch } from "./leftovers.ts";
import { findGarbage, freeBlobs, GRACE_MS, type StorePorts, totalOf } from "./store-garbage.ts";

export interface StoreBound {
  readonly maxBytes: number;
  /** Newest runs of each pipeline whose values go last. */
  readonly keepRuns: number;
  /** Folder of the pipelines, relative to the root. */
  readonly pipelines: string;
  readonly signal: AbortSignal;
}

/** What was done about a store that had grown too large. */
export interface BoundReport {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly freed: number;
}

/** Below the bound, so that the next command does not have to look again. */
const TARGET = 0.9;

/** What stays although it is too much is looked at again when it has grown by so much. */
const GROWTH = 1.1;

const NOTE = ".mlops/cache/store-bound.json";

/** `undefined` when the store is small enough, or when now is no time to free anything. */
export async function boundStore(
  bound: StoreBound,
  ports: StorePorts,
): Promise<BoundReport | undefined> {
  if (!Number.isFinite(bound.maxBytes)) return undefined;
  const { artifacts, files, clock } = ports;
  const before = totalOf(await artifacts.list()).bytes;
  if (before <= bound.maxBytes || before <= (await lastLeft(ports)) * GROWTH) return undefined;
  // Another command may be at work, and record at its end what it stored long ago.
  if (isAnyRunning(ports) || (await hasFreshScratch(files, clock))) return undefined;
  const youngMs = clock.nowMs() - GRACE_MS;
  let after = before;
  let freed = 0;
  for (const keepRuns of new Set([bound.keepRuns, Math.min(1, bound.keepRuns)])) {
    if (after <= bound.maxBytes) break;
    const { garbage } = await findGarbage({ ...bound, keepRuns, youngMs }, ports);
    const chosen = upTo(after - bound.maxBytes * TARGET, garbage);
    const gone = await unlessRunning(() => freeBlobs(chosen, { ...bound, youngMs }, ports));
    after -= totalOf(gone).bytes;
    freed += gone.length;
  }
  if (after > bound.maxBytes)
    await files.writeAtomic(NOTE, `${JSON.stringify({ leftBytes: after })}\n`);
  return { beforeBytes: before, afterBytes: after, freed };
}

/** From the one used longest ago, until they have this many bytes. */
function upTo(bytes: number, garbage: readonly StoredBlob[]): readonly StoredBlob[] {
  let sum = 0;
  return garbage.filter((blob) => {
    if (sum >= bytes) return false;
    sum += blob.bytes;
    return true;
  });
}

function isAnyRunning({ registry, processes, clock }: StorePorts): boolean {
  registry.runs.markInterrupted(processes.isAlive, clock.nowMs());
  return registry.runs.running().length > 0;
}

/** A run that begins meanwhile ends it; what went until then is not told, which is no harm. */
async function unlessRunning(
  work: () => Promise<readonly StoredBlob[]>,
): Promise<readonly StoredBlob[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MlopsError && error.code === "run-in-progress") return [];
    throw error;
  }
}

async function lastLeft({ files }: StorePorts): Promise<number> {
  try {
    const note = BoundNote.safeParse(JSON.parse((await files.readText(NOTE)) ?? "{}"));
    return note.success ? note.data.leftBytes : 0;
  } catch {
    return 0;
  }
}
