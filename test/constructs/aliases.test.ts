/** Family 1: one object under several names, changed through one of them in a later cell. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("an alias made in one cell and mutated through the other name later", [
  {
    name: "an alias that is rebound in its own cell",
    cells: ["a = [1]", "b = a\nc = [0]\nb.append(2)\nb = 5", "a.append(3)", keep("(a, b, c)")],
    steps: 4,
  },
  {
    name: "names that are unpacked from a tuple",
    cells: ["a, b = [1], [2]", "c, d = b, a", "c.append(9)\nd.append(8)", keep("(a, b, c, d)")],
    steps: 4,
  },
  {
    name: "names that change places",
    cells: ["a, b = [1], [2]", "a, b = b, a", "a.append(9)", keep("(a, b)")],
    steps: 4,
  },
  {
    name: "what a dictionary gives back",
    cells: ["d = {'k': [1]}", "x = d.get('k')", "x.append(2)", keep("(d, x)")],
    steps: 4,
  },
  {
    name: "one of two lists",
    cells: [
      "a = [1]\nb = [5]\nflag = True",
      "c = a if flag else b",
      "c.append(2)",
      keep("(a, b, c)"),
    ],
    steps: 4,
  },
  {
    name: "whichever is not empty",
    cells: ["a = []\nb = [5]", "c = a or b", "c.append(2)", keep("(a, b, c)")],
    steps: 4,
  },
  {
    name: "the variable of a loop",
    cells: [
      "rows = [[1], [2]]",
      "for row in rows:\n    pass",
      "row.append(3)",
      keep("(rows, row)"),
    ],
    steps: 4,
  },
  {
    name: "the rest of an unpacked list",
    cells: [
      "rows = [[1], [2], [3]]",
      "first, *rest = rows",
      "rest[0].append(9)",
      "rest.append([7])",
      keep("(rows, first, rest)"),
    ],
    steps: 5,
  },
  {
    name: "what a function gives back",
    cells: ["def same(x):\n    return x", "a = [1]", "b = same(a)", "b.append(2)", keep("(a, b)")],
    steps: 4,
  },
  {
    name: "what a function gives back of the notebook's own",
    cells: [
      "store = [1]\ndef get():\n    return store",
      "b = get()",
      "b.append(2)",
      keep("(store, b, get())"),
    ],
    steps: 4,
  },
  {
    name: "an attribute",
    cells: [
      "class Box:\n    def __init__(self, items):\n        self.items = items",
      "items = [1]",
      "box = Box(items)",
      "items.append(2)",
      keep("(items, box.items)"),
    ],
    steps: 4,
  },
  {
    name: "the default of a parameter",
    cells: [
      "log = []",
      "def f(x, into=log):\n    into.append(x)\n    return len(into)",
      "n = f(3)",
      "m = f(4)",
      keep("(log, n, m)"),
    ],
    steps: 3,
    merged: /f has state of its own \(`default of f\(…\)` in cell 3 may change it\)/,
  },
  {
    name: "a method that is kept",
    cells: ["a = [1]", "push = a.append", "push(2)", "push(3)", keep("a")],
    steps: 4,
  },
  {
    name: "what a manager gives back",
    cells: [
      "import contextlib\na = [1]",
      "with contextlib.nullcontext(a) as b:\n    b.append(2)",
      "b.append(3)",
      keep("(a, b)"),
    ],
    steps: 4,
  },
  {
    name: "a name from a try statement",
    cells: [
      "a = [1]",
      "try:\n    b = a\n    raise ValueError(1)\nexcept ValueError as e:\n    b.append(2)",
      "b.append(3)",
      keep("(a, b)"),
    ],
    steps: 4,
  },
  {
    name: "a table that is bound anew in a loop",
    cells: [
      "import pandas as pd\ntrain = pd.DataFrame({'a': [1, None]})\ntest = pd.DataFrame({'a': [3]})",
      "for part in [train, test]:\n    part = part.fillna(0)",
      "n = int(train['a'].isna().sum())",
      keep("n"),
    ],
    steps: 3,
  },
]);
