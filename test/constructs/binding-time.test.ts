/** Families 9 and 10: what a function looks up when it is called, and what is taken when it is defined. */
import { keep, testConstructs } from "../support/construct-cases.ts";

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
    name: "functions that are made in a loop and read its variable",
    cells: [
      "fs = []\nfor i in range(3):\n    fs.append(lambda: i)",
      "i = 100",
      "r = [f() for f in fs]",
      keep("r"),
    ],
    steps: 2,
    merged: /fs \(builtins.list\) cannot be stored/,
  },
  {
    name: "a generator that runs later",
    cells: ["n = [2]\ng = (x * n[0] for x in range(3))", "n[0] = 10", "r = list(g)", keep("r")],
    steps: 2,
    merged: /g \(builtins.generator\) cannot be stored/,
  },
  {
    name: "a function that calls itself by a name that is bound anew",
    cells: [
      "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)",
      "g = fact",
      "def fact(n):\n    return 100",
      "r = g(3)",
      keep("r"),
    ],
    steps: 2,
    merged: /g needs fact, which only one process has because it is defined again in cell 3/,
  },
  {
    name: "a class whose methods read a variable that is bound anew",
    cells: [
      "rate = [2]",
      "class Tax:\n    base = 1\n    def of(self, v):\n        return v * rate[0] + self.base",
      "a = Tax().of(3)",
      "rate = [5]",
      "b = Tax().of(3)",
      keep("(a, b)"),
    ],
    steps: 5,
  },
  {
    name: "an instance of such a class",
    cells: [
      "rate = [2]",
      "class Tax:\n    def of(self, v):\n        return v * rate[0]",
      "t = Tax()",
      "a = t.of(3)",
      keep("a"),
    ],
    steps: 3,
    merged:
      /t needs Tax, which only one process has because it is a class that reads the notebook's rate/,
  },
]);

testConstructs("what is taken when a function is defined", [
  {
    name: "a default whose variable is bound anew",
    cells: ["k = 2", "def f(x, k=k):\n    return x * k", "k = 3", "r = f(10)", keep("(r, k)")],
    steps: 3,
    merged: /f is a function that takes k when it is defined/,
  },
  {
    name: "a default that stays what it is",
    cells: [
      "k = [2]",
      "MISSING = object()\ndef f(x, k=k, d=MISSING):\n    return x * len(k), d is MISSING",
      "a = f(10)",
      "b = f(20, d=None)",
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
    merged: /scale is a function that takes df when it is defined/,
  },
  {
    name: "a dictionary that is a default and is counted in",
    cells: [
      "base = {'n': 0}",
      "def hit(d=base):\n    d['n'] += 1\n    return d['n']",
      "a = hit()",
      "base = {'n': 100}",
      "b = hit()",
      keep("(a, b, base)"),
    ],
    merged: /hit has state of its own \(`default of hit\(…\)` in cell 3 may change it\)/,
  },
  {
    name: "the argument of a decorator",
    cells: [
      "n = 2\ndef repeat(times):\n    def wrap(f):\n        def inner(x):\n            return [f(x)] * times\n        return inner\n    return wrap",
      "@repeat(n)\ndef f(x):\n    return x",
      "n = 5",
      "r = f(1)",
      keep("(r, n)"),
    ],
    merged: /f is a function that takes n when it is defined/,
  },
  {
    name: "a class body that binds the name it reads",
    cells: ["k = [1]", "class C:\n    k = k", "k = [5]", "r = (C.k, k)", keep("r")],
    refused: { code: "class-body-name", cell: 2 },
  },
]);
