import { expect, test } from "vitest";
import { programOf } from "../support/notebooks.ts";

interface TimingCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** What is left of the last cell; `undefined` when it is refused. */
  readonly left: string | undefined;
}

const cases: readonly TimingCase[] = [
  {
    name: "drops a call that changes nothing",
    cells: ["import numpy as np\na = np.arange(3)", "%timeit -n 3 np.sum(a)\nb = 1"],
    left: "\nb = 1",
  },
  {
    name: "drops a function of the notebook that changes only what is its own",
    cells: [
      "def halves(values):\n    found = []\n    for value in values:\n        found.append(value / 2)\n    return found",
      "%timeit halves([1, 2])",
    ],
    left: "",
  },
  {
    name: "drops a cell whose names are those of the timing",
    cells: ["a = [1]", "%%timeit\nb = []\nb.append(len(a))"],
    left: "\n\n",
  },
  {
    name: "refuses what changes a value of the notebook",
    cells: ["a = [1]", "%timeit a.sort()"],
    left: undefined,
  },
  {
    name: "refuses a function that changes a value of the notebook",
    cells: ["seen = []\ndef see():\n    seen.append(1)", "%timeit see()"],
    left: undefined,
  },
  {
    name: "refuses what draws at random",
    cells: ["import numpy as np", "%timeit np.random.rand(2)"],
    left: undefined,
  },
  {
    name: "refuses what uses an iterator up",
    cells: ["rows = iter([1, 2])", "%timeit list(rows)"],
    left: undefined,
  },
  {
    name: "refuses what writes a file",
    cells: ["a = 1", "%timeit open('a.txt', 'w').write('a')"],
    left: undefined,
  },
  {
    name: "refuses a function that nobody knows",
    cells: ["import somewhere", "%timeit somewhere.go([1])"],
    left: undefined,
  },
  {
    name: "refuses a profiler that leaves a name behind",
    cells: ["a = [1]", "%memit b = a * 2"],
    left: undefined,
  },
  {
    name: "refuses what is timed in a loop",
    cells: ["a = [1]", "for n in a:\n    %timeit sum(a)"],
    left: undefined,
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
  const { program, diagnostics } = await programOf(each.cells);
  const refused = diagnostics.some(({ code }) => code === "magic-unsupported");
  expect(refused ? undefined : program.cells.at(-1)?.python).toBe(each.left);
});
