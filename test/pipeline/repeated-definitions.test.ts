/** Functions that read the notebook's variables, and imports that come late, stand in every step that uses them. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const WRITE = "open('out.txt', 'w').write(repr(r))";

interface RepeatCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** Cells of each step. */
  readonly steps: readonly (readonly number[])[];
}

async function checkRepeats({ cells, steps }: RepeatCase): Promise<void> {
  const { plan, diagnostics } = await planOf(cells, { cut: "cell" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(plan?.steps.map((step) => step.cells)).toEqual(steps);
}

test.each<RepeatCase>([
  {
    name: "a function that fills a list stands where it is called",
    cells: ["log = [0]", "def f(x):\n    log.append(x)", "f(1)", "f(2)\nr = log", WRITE],
    steps: [[1], [2, 3], [2, 4], [5]],
  },
  {
    name: "so does what it calls",
    cells: ["k = [0]", "def g():\n    return k\ndef f():\n    return g()", "r = f()", WRITE],
    steps: [[1], [2, 3], [4]],
  },
  {
    name: "a lambda is a function",
    cells: ["k = [0]", "f = lambda: k", "r = f()", WRITE],
    steps: [[1], [2, 3], [4]],
  },
  {
    name: "each use has the definition before it",
    cells: [
      "k = [0]",
      "def f():\n    return k",
      "a = f()",
      "def f():\n    return k + k",
      "r = [a, f()]",
      WRITE,
    ],
    steps: [[1], [2, 3], [4, 5], [6]],
  },
  {
    name: "a default is made once",
    cells: ["k = [0]", "def f(x=k):\n    return x", "r = f()", "r = [r, f()]", WRITE],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a function with attributes is data",
    cells: ["k = [0]", "def f():\n    return k", "f.n = 1", "r = [f(), f.n]", WRITE],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a decorated function may be anything",
    cells: [
      "from functools import lru_cache",
      "k = [0]",
      "@lru_cache\ndef f():\n    return len(k)",
      "r = [f()]",
      "r = [r, f()]",
      WRITE,
    ],
    steps: [[2], [3, 4, 5], [6]],
  },
  {
    name: "a name that is also something else is not repeated",
    cells: ["k = [0]", "def f():\n    return k", "if k:\n    f = f", "r = f()", WRITE],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a module that another one stands in for is imported where it is used",
    cells: [
      "try:\n    import simplejson as json\nexcept ImportError:\n    import json",
      "k = [0]\nr = json.dumps(k)",
      "r = r + json.dumps(k)",
      WRITE,
    ],
    steps: [[1, 2], [1, 3], [4]],
  },
  {
    name: "a name for two modules means each where it stands",
    cells: [
      "import math as lib",
      "k = [4]\na = [lib.sqrt(k[0])]",
      "import cmath as lib",
      "r = [a, lib.sqrt(-4)]",
      WRITE,
    ],
    steps: [[1, 2], [3, 4], [5]],
  },
  {
    name: "a module that may be missing is data",
    cells: [
      "try:\n    import simplejson\nexcept ImportError:\n    pass",
      "k = [0]",
      "try:\n    r = simplejson.dumps(k)\nexcept NameError:\n    r = 'none'",
      WRITE,
    ],
    steps: [[1, 2, 3], [4]],
  },
])("$name", async (row) => {
  await checkRepeats(row);
});
