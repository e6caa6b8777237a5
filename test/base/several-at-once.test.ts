import { expect, test } from "vitest";
import { severalAtOnce } from "../../src/base/several-at-once.ts";

test("answers in the order of the items, with no more at work than asked", async () => {
  let working = 0;
  let most = 0;
  const answers = await severalAtOnce([5, 1, 4, 2, 3], 2, async (turns, index) => {
    working += 1;
    most = Math.max(most, working);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    working -= 1;
    return `${String(index)}:${String(turns)}`;
  });
  expect(answers).toEqual(["0:5", "1:1", "2:4", "3:2", "4:3"]);
  expect(most).toBe(2);
  expect(await severalAtOnce([], 2, () => Promise.resolve(1))).toEqual([]);
  expect(await severalAtOnce([undefined, null], 2, (item) => Promise.resolve(item))).toEqual([
    undefined,
    null,
  ]);
});

test("begins nothing after a failure, and waits for what had begun", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = severalAtOnce([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("no");
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    ended.push(item);
  });
  await expect(work).rejects.toThrow("no");
  expect([begun, ended]).toEqual([[0, 1], [0]]);
});
