/** Families 13 and 14: what loops carry from round to round, and whose the names of loops, clauses and comprehensions are. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("what a loop carries on", [
  {
    name: "a sum, a countdown and the value before",
    cells: [
      "total = 0\nn = 3\nprev = 0\nsteps = []",
      "for i in range(5):\n    total += i",
      "while n > 0:\n    n -= 1\n    steps.append(n - prev)\n    prev = n",
      "y = (total, n, prev)",
      keep("(y, steps)"),
    ],
    steps: 5,
  },
  {
    name: "a table that grows, and one that is written row by row",
    cells: [
      "import pandas as pd\nout = pd.DataFrame()\ntot = 0",
      "for i in range(3):\n    out = pd.concat([out, pd.DataFrame({'i': [i]})], ignore_index=True)",
      "for i, row in out.iterrows():\n    tot += row['i']\n    out.loc[i, 'b'] = tot",
      "n = len(out)",
      keep("(n, out['b'].tolist(), int(tot))"),
    ],
    steps: 5,
  },
  {
    name: "names that change places in each round",
    cells: [
      "a = [1]\nb = [2]",
      "for i in range(3):\n    a, b = b, a\n    a.append(i)",
      keep("(a, b)"),
    ],
    steps: 3,
  },
  {
    name: "a name that the condition binds",
    cells: [
      "data = [3, 2, 1]\nseen = []",
      "while (v := data.pop()) < 3:\n    seen.append(v)",
      keep("(v, seen, data)"),
    ],
    steps: 3,
  },
]);

testConstructs("whose a name is", [
  {
    name: "the variable of a loop is read later",
    cells: [
      "for i in range(4):\n    pass",
      "for n, (c, *rest) in [(1, 'ab'), (2, 'cd')]:\n    pass",
      "y = (i, n, c, rest)",
      keep("y"),
    ],
    steps: 4,
  },
  {
    name: "a comprehension keeps its own, but not what it binds by a walrus",
    cells: ["i = 'keep'", "xs = [last := i for i in range(3)]", "y = (i, last)", keep("(xs, y)")],
    steps: 3,
  },
  {
    name: "the name of an error is gone after its clause",
    cells: [
      "e = 'before'",
      "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    msg = str(e)",
      "try:\n    e\n    r = 'there'\nexcept NameError:\n    r = 'gone'",
      keep("(msg, r)"),
    ],
    steps: 3,
    merged: /e is deleted where `except ZeroDivisionError as e` is taken/,
  },
  {
    name: "a loop binds a part of something",
    cells: [
      "class Box:\n    pass\nb = Box()\nd = {}",
      "for d['k'] in range(3):\n    pass",
      "for b.x in [1, 2]:\n    pass",
      keep("(d, b.x)"),
    ],
    steps: 4,
  },
  {
    name: "the variables of a class are not those of its methods",
    cells: [
      "v = ['global']",
      "class C:\n    v = 'class'\n    def get(self):\n        return v",
      "r = (C().get(), C.v)",
      keep("r"),
    ],
    steps: 3,
  },
  {
    name: "what a pattern captures",
    cells: [
      "p = {'kind': 'pt', 'xy': [1, [2]]}",
      "match p:\n    case {'kind': 'pt', 'xy': [a, b]}:\n        s = a",
      "b.append(9)",
      keep("(a, b, s, p)"),
    ],
    steps: 4,
  },
]);
