import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { atOnce } from "../../src/adapters/at-once.ts";

/** Which of the two ways is taken now. */
async function way(): Promise<string> {
  return atOnce(
    () => "at once",
    async () => "handed over",
  );
}

/** Nothing else is heard meanwhile, as while files are looked at. */
function block(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test("whoever looks for long lets others be heard, and goes on at once in the next turn", async () => {
  await nextTurn();
  expect(await way()).toBe("at once");
  block(30);
  expect(await way()).toBe("handed over");
  await nextTurn();
  expect(await way()).toBe("at once");
});

test("an error of a look is that of the promise", async () => {
  await nextTurn();
  const failing = atOnce(
    () => {
      throw new Error("there is nothing");
    },
    async () => undefined,
  );
  await expect(failing).rejects.toThrow("there is nothing");
});

test("a thousand looks leave room for a timer", async () => {
  await nextTurn();
  let heard = 0;
  const timer = setInterval(() => {
    heard += 1;
  }, 1);
  for (let count = 0; count < 1000; count += 1)
    await atOnce(
      () => {
        block(0.2);
      },
      () => nextTurn(),
    );
  clearInterval(timer);
  expect(heard).toBeGreaterThan(2);
});
