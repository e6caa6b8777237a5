/** Which worker takes the next request, and when a dead one is started again. */

/** The worker with the fewest requests in flight; among equals the one after `previous`, so that ties go round. `undefined` when there is none. */
export function chooseWorker(inFlight: readonly number[], previous: number): number | undefined {
  let best: number | undefined;
  for (let step = 1; step <= inFlight.length; step += 1) {
    const index = (previous + step) % inFlight.length;
    if (best === undefined || (inFlight[index] ?? 0) < (inFlight[best] ?? 0)) best = index;
  }
  return best;
}

/** Milliseconds to wait before the next start after `failures` deaths in a row: 0, 1 s, 2 s, 4 s … at most 30 s. */
export function restartDelayMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(30_000, 1000 * 2 ** (failures - 2));
}

/** A worker that lived this long had no trouble starting: its death counts as the first again. */
export const STEADY_LIFE_MS = 60_000;
