import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { atOnce } from "../../src/adapters/at-once.ts";

/** Nothing else is heard meanwhile, as while files are looked at. */
function block(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

// A machine that does something else for a while between two looks makes the second one a long one.
test("whoever looks for long waits for the next turn, in which others are heard", {
  retry: 3,
}, async () => {
  await nextTurn();
  const heard: string[] = [];
  setImmediate(() => heard.push("another"));
  await atOnce(() => heard.push("first"));
  await atOnce(() => heard.push("second"));
  block(30);
  await atOnce(() => heard.push("third"));
  await atOnce(() => heard.push("fourth"));
  expect(heard).toEqual(["first", "second", "another", "third", "fourth"]);
});

test("an error of a look is that of the promise", async () => {
  const failing = atOnce(() => {
    throw new Error("there is nothing");
  });
  await expect(failing).rejects.toThrow("there is nothing");
});

const LOOKS = Array.from({ length: 1000 }, () => () => atOnce(() => block(0.2)));

test.each([
  [
    "one after the other",
    async () => {
      for (const look of LOOKS) await look();
    },
  ],
  ["all at once", async () => Promise.all(LOOKS.map((look) => look()))],
])("a thousand looks, %s, leave room for a timer", async (_how, look) => {
  let heard = 0;
  const timer = setInterval(() => {
    heard += 1;
  }, 1);
  await look();
  clearInterval(timer);
  expect(heard).toBeGreaterThan(2);
});
