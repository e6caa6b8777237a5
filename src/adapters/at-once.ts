/**
 * Short looks at the file system without a detour through the thread pool. To hand one over and to come back takes several times as long
 * as the look itself, and a run that has nothing to do takes hundreds of them.
 *
 * Nobody else is heard meanwhile (Ctrl-C, a child that ends, a request), so that whoever goes on looking for longer than a
 * moment waits for the next turn of the event loop, in which all of them are.
 */

/** Of one turn of the event loop, in milliseconds. */
const AT_MOST_MS = 20;

let since: number | undefined;

/** @param look What never waits: asking for a file's state, reading what is small. Never a pipe or a device. */
export async function atOnce<T>(look: () => T): Promise<T> {
  // All who waited come back in one turn, so that each asks again.
  while (!isTurnYoung()) await nextTurn();
  return look();
}

/** By the clock that Node has ready; `performance` would load ten of its modules. */
function isTurnYoung(): boolean {
  const [seconds, nanoseconds] = process.hrtime();
  const nowMs = seconds * 1e3 + nanoseconds / 1e6;
  if (since === undefined) {
    since = nowMs;
    setImmediate(() => {
      since = undefined;
    });
  }
  return nowMs - since < AT_MOST_MS;
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
