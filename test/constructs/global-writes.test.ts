/** Family 8: functions that assign the notebook's variables through `global`. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a global write from a function", [
  {
    name: "a counter, read two cells later",
    cells: [
      "count = 0",
      "def bump():\n    global count\n    count += 1",
      "bump()",
      "bump()",
      keep("count"),
    ],
    steps: 4,
  },
  {
    name: "data that only a function loads, and a model that only a function fits",
    cells: [
      "import numpy as np\nfrom sklearn.linear_model import LinearRegression",
      "def load():\n    global X, y\n    X = np.arange(8.0).reshape(-1, 1)\n    y = X.ravel() * 3 + 1",
      "def train():\n    global model\n    model = LinearRegression().fit(X, y)",
      "load()",
      "train()",
      "score = model.score(X, y)",
      keep("round(float(score), 6)"),
    ],
    steps: 4,
  },
  {
    name: "the best so far, kept on some ways only",
    cells: [
      "best = 0\nmodel = None",
      "def consider(score, name):\n    global best, model\n    if score > best:\n        best = score\n        model = name",
      "for s, n in [(1, 'x'), (3, 'y'), (2, 'z')]:\n    consider(s, n)",
      keep("(best, model)"),
    ],
    steps: 3,
  },
  {
    name: "two calls deep, and through apply",
    cells: [
      "import pandas as pd",
      "total = 0",
      "def add(v):\n    global total\n    total += int(v)\n    return total\ndef run(s):\n    return s.apply(add)",
      "out = run(pd.Series([1, 2, 3]))",
      "t = total",
      keep("(t, out.tolist())"),
    ],
    steps: 4,
  },
  {
    name: "names of the notebook, of an import and of no value in one statement",
    cells: [
      "import math",
      "a = 1\nb = 2\nc = 3",
      "def change():\n    global a, b, c, math, late\n    a = a + c\n    b = int(math.sqrt(16))\n    late = a",
      "change()",
      "s = a + b + c + late",
      keep("(a, b, c, s)"),
    ],
    steps: 4,
  },
  {
    name: "a second name for a list",
    cells: [
      "a = [1]",
      "def alias():\n    global b\n    b = a",
      "alias()",
      "b.append(2)",
      "r = len(a)",
      keep("(a, b, r)"),
    ],
    steps: 5,
  },
  {
    name: "a variable that may be gone",
    cells: [
      "x = 1",
      "def drop():\n    global x\n    del x",
      "drop()",
      "try:\n    x\n    r = 'there'\nexcept NameError:\n    r = 'gone'",
      keep("r"),
    ],
    merged: /x is only bound on some paths/,
  },
  {
    name: "a builtin that is hidden",
    cells: [
      "def f():\n    global max\n    max = 3",
      "a = max([1, 2])",
      "f()",
      "b = max",
      keep("(a, b)"),
    ],
    steps: 4,
  },
  {
    name: "global at the top of a cell and on a name that is only read",
    cells: [
      "LIMIT = 3\nrows = [1, 5]",
      "global rows\nrows = rows + [7]",
      "def over():\n    global LIMIT, rows\n    return [x for x in rows if x > LIMIT]",
      "r = over()",
      keep("r"),
    ],
    steps: 4,
  },
  {
    name: "past a variable of the function around",
    cells: [
      "n = 5",
      "def outer():\n    n = 100\n    def inner():\n        global n\n        n += 1\n    inner()\n    return n",
      "r = outer()",
      keep("(n, r)"),
    ],
    refused: { code: "global-write", cell: 2 },
  },
]);
