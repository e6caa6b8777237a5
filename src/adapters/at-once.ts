/**
 * Short looks at the file system without a detour through the thread pool. To hand one over and to come back takes several times as long
 * as the look itself, and a run that has nothing to do takes hundreds of them.
 *
 * Nobody else is heard meanwhile (Ctrl-C, a child that ends, a request), so that looks are made at once only for a moment in each
 * turn of the event loop; whoever goes on looking is handed over as usual, and a new turn begins.
 */

/** Of one turn of the event loop, in milliseconds. */
const AT_MOST_MS = 20;

let since: number | undefined;

/**
 * @param look What never waits: asking for a file's state, reading what is small. Never a pipe or a device.
 * @param handOver The same, leaving the event loop free.
 */
export async function atOnce<T>(look: () => T, handOver: () => Promise<T>): Promise<T> {
  return isTurnYoung() ? look() : handOver();
}

function isTurnYoung(): boolean {
  const nowMs = performance.now();
  if (since === undefined) {
    since = nowMs;
    setImmediate(() => {
      since = undefined;
    });
  }
  return nowMs - since < AT_MOST_MS;
}
