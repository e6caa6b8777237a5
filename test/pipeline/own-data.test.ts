/** Data that stands in the notebook is loaded by a step of its own, where nothing is read. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const IMPORTS = "import numpy as np\nimport pandas as pd";
const MEAN = "mean = np.mean(hours)\nspread = np.std(hours)";

async function rolesOf(cells: readonly string[]): Promise<string> {
  const { plan, diagnostics } = await planOf([IMPORTS, ...cells]);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return plan.steps.map(({ role }) => role).join(" ");
}

test.each<[string, readonly string[]]>([
  ["a list", ["hours = [1.13, 1.55, 1.43, 0.92, 1.25, 1.36]", MEAN]],
  ["an array in another form", ["hours = np.array([1.5, 2.0, 4.5]).reshape(-1, 1)", MEAN]],
  ["numbers that are drawn", ["np.random.seed(1)\nhours = np.random.rand(9)", MEAN]],
  [
    "a table made of lists, and how many there are",
    [
      "said = [1, 2, 3]\ntable = pd.DataFrame({'h': said})\nn = len(said)",
      "hours = table['h'] / n",
      MEAN,
    ],
  ],
])("data of the notebook's own is loaded: %s", async (_what, cells) => {
  expect(await rolesOf(cells)).toBe("load features");
});

test.each<[string, readonly string[]]>([
  ["nothing but a number", ["alpha = 0.05\nhours = alpha * 3", "mean = hours / 2"]],
  ["nothing but data", ["hours = np.array([1.5, 2.0, 4.5])"]],
  ["a list that is hardly data", ["hours = [1.5, 2.0]", MEAN]],
])("there is nothing to load: %s", async (_what, cells) => {
  expect(await rolesOf(cells)).toBe("features");
});

test("what is read is loaded, and data in front of it with it", async () => {
  const cells = [
    "names = ['h']",
    'table = pd.read_csv("t.csv", names=names)',
    "hours = table['h']",
  ];
  expect(await rolesOf([...cells, MEAN])).toBe("load features");
});
