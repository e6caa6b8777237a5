import { expect, test } from "vitest";
import { chooseWorker, restartDelayMs } from "../../src/serving/worker-policy.ts";

test.each([
  { name: "takes the least busy", inFlight: [3, 1, 2], previous: 0, chosen: 1 },
  { name: "goes round among equals", inFlight: [0, 0, 0], previous: 0, chosen: 1 },
  { name: "starts again after the last", inFlight: [0, 0, 0], previous: 2, chosen: 0 },
  { name: "starts with the first", inFlight: [0, 0], previous: -1, chosen: 0 },
  { name: "survives that there are fewer than before", inFlight: [5], previous: 7, chosen: 0 },
  { name: "chooses none of none", inFlight: [], previous: -1, chosen: undefined },
])("$name", ({ inFlight, previous, chosen }) => {
  expect(chooseWorker(inFlight, previous)).toBe(chosen);
});

test("waits longer after each death in a row, up to half a minute", () => {
  expect([1, 2, 3, 4, 6, 7, 50].map(restartDelayMs)).toEqual([
    0, 1000, 2000, 4000, 16_000, 30_000, 30_000,
  ]);
});
