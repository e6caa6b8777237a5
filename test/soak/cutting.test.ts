/** `MLOPS_CUTTING_SEED` is where to begin, `MLOPS_CUTTING_MINUTES` how long to go on; what was tried is printed. */
import { expect, test } from "vitest";
import { startCuttingPython } from "../support/cut-programs.ts";
import { tryPrograms } from "../support/cutting.ts";

const seed = Number(process.env["MLOPS_CUTTING_SEED"] ?? 1000);
const minutes = Number(process.env["MLOPS_CUTTING_MINUTES"] ?? 15);

test("thousands of programs cut anywhere leave in steps what they leave whole", async () => {
  await using python = await startCuttingPython();
  const end = Date.now() + minutes * 60_000;
  const totals = await tryPrograms(
    python,
    seed,
    ({ wrong }) => Date.now() < end && wrong.length < 10,
  );
  const { wrong, ...numbers } = totals;
  process.stdout.write(`${JSON.stringify(numbers)}\n`);
  expect(wrong).toEqual([]);
});
