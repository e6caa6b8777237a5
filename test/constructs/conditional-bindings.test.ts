/** Families 11 and 12: names that only some ways bind, with an earlier value and without one. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a variable that only some ways bind anew", [
  {
    name: "branches, a loop without rounds, an error",
    cells: [
      "x = [1]\nn = 1",
      "if len(x) > 5:\n    x = [2]",
      "for i in x[1:]:\n    n = i",
      "try:\n    n = int('no')\nexcept ValueError:\n    pass",
      "y = (x, n)",
      keep("y"),
    ],
    steps: 6,
  },
  {
    name: "an alias of what may be bound anew",
    cells: ["x = [1]", "y = x", "if len(x) > 5:\n    x = [9]", "x.append(2)", keep("(x, y)")],
    steps: 5,
  },
  {
    name: "a case that does not fit, a condition that stops early, an error that is swallowed",
    cells: [
      "from contextlib import suppress\nv = [0]\nn = 1\nz = 1",
      "match v:\n    case [1]:\n        v = [2]\n    case _ if n > 3:\n        v = [3]",
      "n > 3 and (n := 9)",
      "with suppress(ValueError):\n    y = int('no')\n    z = 2",
      keep("(v, n, z)"),
    ],
    steps: 5,
  },
  {
    name: "a function that only some ways define anew",
    cells: [
      "k = [1]\ndef f(x):\n    return x + len(k)",
      "if len(k) > 3:\n    def f(x):\n        return x * 100",
      "r = f(3)",
      keep("r"),
    ],
    steps: 2,
  },
]);

testConstructs("a function that a condition chooses", [
  {
    name: "which is the same in every process",
    cells: [
      "import sys\nFAST = True\nrate = [2]",
      "def f(x):\n    return x - 1\nif FAST and sys.version_info >= (3, 0):\n    def f(x):\n        return x + rate[0]",
      "a = f(1)",
      "rate = [5]",
      "b = f(a)",
      keep("(a, b)"),
    ],
    steps: 5,
  },
  {
    name: "by whether an import fails",
    cells: [
      "try:\n    import nowhere\n    HAS = True\nexcept ImportError:\n    HAS = False",
      "if HAS:\n    f = nowhere.f\nelse:\n    def f(x):\n        return x + 1",
      "a = f(1)",
      "b = f(a)",
      keep("(a, b, HAS)"),
    ],
    steps: 3,
  },
  {
    name: "which is another one later",
    cells: [
      "k = [0]",
      "if len(k) > 0:\n    def f(x):\n        return x + 1\nelse:\n    def f(x):\n        return x - 1",
      "k.clear()",
      "a = f(1)",
      "b = f(a)",
      keep("(a, b, k)"),
    ],
    merged: /f is a function or class made of k/,
  },
  {
    name: "and that binds variables of the notebook",
    cells: [
      "count = 0",
      "if True:\n    def f(x):\n        global count\n        count += x\n        return count",
      "a = f(1)",
      "b = f(a)",
      keep("(a, b, count)"),
    ],
    merged: /f is defined on some paths only/,
  },
]);

testConstructs("a variable that only some ways bind at all", [
  {
    name: "and that what follows needs",
    cells: [
      "flag = [True]",
      "if flag:\n    x = 5",
      "try:\n    y = 6\nexcept Exception:\n    print('no')",
      "for i in flag:\n    z = i",
      keep("(x, y, z, i)"),
    ],
    steps: 5,
  },
  {
    name: "and that what follows may do without",
    cells: ["flag = [True]", "if flag:\n    x = 5", "y = x if flag else 0", keep("y")],
    steps: 3,
    merged: /x is not bound where `flag` does not hold/,
  },
  {
    name: "in every branch",
    cells: ["flag = [True]", "if flag:\n    x = 5\nelse:\n    x = 6", "y = x + 1", keep("y")],
    steps: 4,
  },
  {
    name: "unless it is there",
    cells: [
      "try:\n    counter\nexcept NameError:\n    counter = 0",
      "counter += 1",
      keep("counter"),
    ],
    steps: 3,
  },
  {
    name: "or delete",
    cells: ["x = 1\ny = [2]", "if len(y) > 5:\n    del x", "z = x if y else 0", keep("z")],
    merged: /x is deleted where `len\(y\) > 5` holds/,
  },
  {
    name: "one binds it, another deletes it",
    cells: [
      "x = 0\nc = [True]",
      "if c:\n    x = 1\nelse:\n    del x",
      "y = x if c else 0",
      keep("y"),
    ],
    merged: /x is deleted where `c` does not hold/,
  },
]);
