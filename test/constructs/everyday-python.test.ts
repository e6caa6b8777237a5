/** Constructs outside the families of which each is easy to get wrong. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("everyday Python", [
  {
    name: "names that hide builtins, and names that begin with underscores",
    cells: [
      "list = [1, 2]\n_ = 3\n__y = 2",
      "list.append(_)",
      "def f(input, max=3):\n    return max + len(input)",
      "r = (f(list), max([4, 5]), __y)",
      keep("(r, list)"),
    ],
    steps: 4,
  },
  {
    name: "names in keys, slices and format specifications",
    cells: [
      "key = 'a'\nwidth = 8\nlo = 1\nd = {'a': [1], 'b': [2]}",
      "d[key].append(5)",
      "key = 'b'",
      "s = f'{d[key]!r:>{width + 1}}'",
      keep("(s, d, 'abcdefghijk'[lo:width])"),
    ],
    steps: 5,
  },
  {
    name: "statements on one line",
    cells: [
      "xs = []",
      "for i in range(3): xs.append(i)",
      "if xs: n = len(xs); m = n * 2\nelse: n = m = 0",
      "while n: n -= 1; xs.append(-n)",
      keep("(xs, n, m)"),
    ],
    steps: 5,
  },
  {
    name: "functions that call each other, and count in the notebook",
    cells: [
      "limit = 4\ncalls = []",
      "def even(n):\n    calls.append(n)\n    return True if n == 0 else odd(n - 1)\ndef odd(n):\n    return False if n == 0 else even(n - 1)",
      "r = even(limit)",
      keep("(r, calls)"),
    ],
    steps: 3,
  },
  {
    name: "an instance of a data class, and a named tuple",
    cells: [
      "from collections import namedtuple\nfrom dataclasses import dataclass\nimport pickle\nP = namedtuple('P', ['x', 'y'])\n@dataclass\nclass Q:\n    x: int\n    y: list",
      "p = P(1, [2])\nq = Q(1, p.y)",
      "q.y.append(3)",
      "r = pickle.loads(pickle.dumps((p, q)))",
      keep("(r, p, q)"),
    ],
    steps: 4,
  },
  {
    name: "a coroutine that is run",
    cells: [
      "import asyncio\nlog = []",
      "async def work(n):\n    await asyncio.sleep(0)\n    log.append(n)\n    return n * 2",
      "r = asyncio.run(work(3))",
      keep("(r, log)"),
    ],
    steps: 3,
  },
  {
    name: "empty cells, text alone, an assertion that changes something",
    cells: ["", "# nothing", "'''just text'''", "x = [1, 2]", "assert x.pop() == 2", keep("x")],
    steps: 3,
  },
  {
    name: "a cell that is no Python",
    cells: ["x = 1", "y = = 2", keep("x")],
    refused: { code: "python-syntax-error", cell: 2 },
  },
  {
    name: "a place of its own, which a notebook has not",
    cells: [
      "x = [1]",
      "try:\n    here = __file__\nexcept NameError:\n    here = '.'",
      keep("(x, here)"),
    ],
    refused: { code: "own-place", cell: 2 },
  },
]);
