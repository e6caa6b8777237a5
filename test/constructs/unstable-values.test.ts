/** Family 25: values that differ from run to run, or that are hard to compare. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("values that are hard to compare", [
  {
    name: "sets, and what iterating over them gives",
    cells: [
      "words = {'pear', 'fig', 'plum'}\ns = {i * 8 for i in range(5)}",
      "s -= {8, 16}\ns |= {5, 13, 21}",
      "order = list(words)",
      keep("(order, sorted(s))"),
    ],
    steps: 4,
  },
  {
    name: "a set whose order is that of addresses",
    cells: [
      "class P:\n    def __init__(self, n):\n        self.n = n\ns = {P(i) for i in range(5)}",
      "order = [p.n for p in s]",
      "n = len(s)",
      keep("(sorted(order), n)"),
    ],
    steps: 4,
    excluded: ["order"],
  },
  {
    name: "made up names and moments",
    cells: [
      "import uuid\nimport datetime\nrun = uuid.uuid4().hex",
      "year = [datetime.datetime.now().year]",
      "n = len(run) + len(year)",
      keep("n"),
    ],
    steps: 4,
    excluded: ["run"],
  },
  {
    name: "sums of threads, in their order and as they come",
    cells: [
      "from concurrent.futures import ThreadPoolExecutor\nxs = [1.5, 2.25]",
      "def part(i):\n    return xs[0] * i",
      "with ThreadPoolExecutor(4) as pool:\n    parts = list(pool.map(part, range(8)))",
      "total = sum(parts)",
      keep("total"),
    ],
    steps: 4,
  },
]);
