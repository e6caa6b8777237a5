/** Families 7, 9, 10 and 16: functions that change or read the notebook's variables, when they look them up, and names for several things. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a function that changes the notebook's variables", [
  {
    name: "a function that appends to a list",
    cells: ["log = []", "def note(x):\n    log.append(x)", "note(1)", "note(2)", keep("log")],
    steps: 4,
  },
  {
    name: "a column through apply, and what the function noted meanwhile",
    cells: [
      "import pandas as pd",
      "df = pd.DataFrame({'a': [1, 2, 3]})",
      "seen = []",
      "def f(v):\n    seen.append(int(v))\n    return v + len(seen)",
      "df['b'] = df['a'].apply(f)",
      keep("(seen, df['b'].tolist())"),
    ],
    steps: 4,
  },
  {
    name: "a list that the function keeps as a default",
    cells: [
      "def add(x, acc=[]):\n    acc.append(x)\n    return list(acc)",
      "a = add(1)",
      "b = add(2)",
      keep("(a, b)"),
    ],
    merged: /add is a definition/,
  },
]);

testConstructs("when a function looks up what it reads", [
  {
    name: "a variable that is bound anew after the definition, and a function that is",
    cells: [
      "w = {'a': 1}",
      "def weigh(k):\n    return w.get(k, 0)\ndef run(ks):\n    return [weigh(k) for k in ks]",
      "a = run('ab')",
      "w = {'a': 5, 'b': 6}",
      "def weigh(k):\n    return -w[k]",
      "b = run('ab')",
      keep("(a, b)"),
    ],
    steps: 4,
  },
  {
    name: "a default that was computed",
    cells: [
      "import pandas as pd",
      "df = pd.DataFrame({'a': [1, 2]})",
      "def scale(x, m=df['a'].mean()):\n    return x / m",
      "df['a'] = df['a'] * 100",
      "r = float(scale(3))",
      keep("r"),
    ],
    merged: /scale is a definition/,
  },
  {
    name: "a class body that binds the name it reads",
    cells: ["k = [1]", "class C:\n    k = k", "k = [5]", "r = (C.k, k)", keep("r")],
    refused: { code: "class-body-name", cell: 2 },
  },
]);

testConstructs("one name for several functions or modules", [
  {
    name: "a function and a module that are bound anew",
    cells: [
      "import math as lib\ndef f():\n    return 1",
      "a = [f(), lib.sqrt(4)]",
      "import cmath as lib\ndef f():\n    return 2",
      "b = [f(), lib.sqrt(-4)]",
      keep("(a, b)"),
    ],
    steps: 3,
  },
  {
    name: "an import with a substitute",
    cells: [
      "try:\n    import simplejson as json\nexcept ImportError:\n    import json",
      "a = json.dumps([1])",
      "b = json.dumps([a])",
      keep("b"),
    ],
    steps: 3,
  },
  {
    name: "a builtin that is hidden for a while",
    cells: [
      "a = sum([1, 2])",
      "sum = 5",
      "b = sum + 1",
      "del sum",
      "c = sum([3])",
      keep("(a, b, c)"),
    ],
    steps: 5,
  },
]);
