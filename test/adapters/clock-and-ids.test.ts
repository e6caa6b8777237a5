/** The clock and the identifiers of this machine keep the promises that their fakes keep. */
import { expect, test } from "vitest";
import { randomIds } from "../../src/adapters/random-ids.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { countingIds } from "../support/counting-ids.ts";
import { fixedClock } from "../support/fixed-clock.ts";

test.each([
  { name: "random", ids: randomIds },
  { name: "counted", ids: countingIds() },
])("$name run ids are 32 hex digits and never repeat", ({ ids }) => {
  const made = Array.from({ length: 1_000 }, () => ids.runId());
  expect(new Set(made).size).toBe(made.length);
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  { name: "system", clock: systemClock },
  { name: "fixed", clock: fixedClock(1_700_000_000_000) },
])("the $name clock counts whole milliseconds", ({ clock }) => {
  expect(Number.isSafeInteger(clock.nowMs())).toBe(true);
});

test("a fixed clock moves only when it is told to", () => {
  const clock = fixedClock(5);
  clock.advance(10);
  expect([clock.nowMs(), clock.nowMs()]).toEqual([15, 15]);
});
