/** What stays possible, and what is told apart, after statements that bind anew, branch, loop or store. */
import { test } from "vitest";
import { checkSlice, type SliceCase } from "../../support/slices.ts";

const CASES: readonly SliceCase[] = [
  {
    name: "what a function keeps and gives back is one thing",
    cells: [
      "import library\nlog = library.open()",
      "def keep(x):\n    log['x'] = x\n    return x",
      "y = keep(library.make())",
      "y.append(1)",
    ],
    of: "log",
    without: [],
  },
  {
    name: "the parts of a tuple in a long list stay apart",
    cells: [
      "import library\npair = (library.a(), library.b())\nrows = []",
      ...Array.from({ length: 9 }, (_, at) => `rows.append(library.a(${String(at)}))`),
      "rows.append(pair)\nleft, right = pair",
      "left.append(1)",
      "right.append(1)",
    ],
    of: "left",
    without: ["right.append(1)"],
  },
  {
    name: "what a loop has bound anew is no longer what it was before",
    cells: ["a = [1]\nx = a", "for item in [[2], [3]]:\n    x = item\n    x.append(1)"],
    of: "a",
    without: ["x = a", "for item in [[2], [3]]:\n    x = item\n    x.append(1)"],
  },
  {
    name: "until a loop binds it anew it may be what it was before",
    cells: ["a = [1]\nx = a", "for i in range(2):\n    x.append(i)\n    x = [i]"],
    of: "a",
    without: [],
  },
  {
    name: "what an inner loop binds in one round is there in the next",
    cells: [
      "a = [1]\nx = a",
      "for i in range(2):\n    x = [i]\n    for j in range(2):\n        x.append(j)\n        x = a",
    ],
    of: "a",
    without: [],
  },
  {
    name: "what every branch binds anew is no longer what it was before",
    cells: ["a = [1]\nx = a", "try:\n    x = [2]\nexcept ValueError:\n    x = [3]", "x.append(1)"],
    of: "a",
    without: ["x = a", "try:\n    x = [2]\nexcept ValueError:\n    x = [3]", "x.append(1)"],
  },
  {
    name: "where a try may stop before it binds, its handler changes what was there before",
    cells: [
      "import library\na = [1]\nx = a",
      "try:\n    x = library.load()\nexcept ValueError:\n    x.append(1)",
    ],
    of: "a",
    without: [],
  },
  {
    name: "the last value of a name may be older than a loop that may not have run, though nobody reads it in between",
    cells: ["a = [1]\np = [a]\nq = [2]", "for _ in range(0):\n    p = q", "a.append(3)"],
    of: "p",
    without: [],
  },
  {
    name: "a function may read what was bound before a loop",
    cells: [
      "a = [1]\nx = a\ndef grow():\n    x.append(2)",
      "for item in []:\n    x = item",
      "grow()",
    ],
    of: "a",
    without: [],
  },
  {
    name: "a lazy expression may read what was bound before a loop",
    cells: [
      "a = [1]\nx = a\nlazy = (x.append(n) for n in range(3))",
      "for item in []:\n    x = item",
      "list(lazy)",
    ],
    of: "a",
    without: [],
  },
  {
    name: "the label of a group shares nothing with the table",
    cells: [
      "import pandas as pd\nfrom library import note\ndf = pd.DataFrame()",
      "for label, part in df.groupby('kind'):\n    note(label)",
    ],
    of: "df",
    without: [
      "from library import note",
      "for label, part in df.groupby('kind'):\n    note(label)",
    ],
  },
  {
    name: "a group may be a slice of the table",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame()",
      "for label, part in df.groupby('kind'):\n    part['x'] = 1",
    ],
    of: "df",
    without: [],
  },
];

test.each(CASES)("$name", checkSlice);
