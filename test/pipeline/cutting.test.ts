import { expect, test } from "vitest";
import { startCuttingPython } from "../support/cut-programs.ts";
import { tryPrograms } from "../support/cutting.ts";

test("programs cut anywhere leave in steps what they leave whole", async () => {
  await using python = await startCuttingPython();
  const totals = await tryPrograms(python, 1, ({ programs }) => programs < 80);
  expect(totals.wrong).toEqual([]);
  // A plan of one step is always right, and says nothing.
  expect(totals.steps).toBeGreaterThan(totals.asked / 2);
});
