/** Family 16: one name for several functions, modules or classes, or for one of those and data. */
import { keep, testConstructs } from "../support/construct-cases.ts";

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
    name: "a function whose name its result gets",
    cells: [
      "from sklearn.metrics import accuracy_score\nk = [1, 0]\ndef score(p):\n    return accuracy_score(k, p)",
      "a = score([1, 1])",
      "score = score([1, 0])",
      "accuracy_score = accuracy_score(k, k)",
      "b = (score, accuracy_score)",
      keep("(a, b)"),
    ],
    steps: 6,
  },
  {
    name: "a module whose name data gets, and data whose name a module gets",
    cells: [
      "import json\nos = 'linux'",
      "a = json.dumps([os])",
      "json = {'x': 1}",
      "import os",
      "b = (json['x'], os.path.basename('/x/y'))",
      keep("(a, b)"),
    ],
    steps: 5,
  },
  {
    name: "a function that is wrapped in one of its own name",
    cells: [
      "def f(x):\n    return x",
      "old = f",
      "def f(x):\n    return old(x) + 1",
      "r = f(1)",
      keep("r"),
    ],
    merged: /old needs f, which only one process has because it is defined again in cell 3/,
  },
  {
    name: "a class, with instances of both",
    cells: [
      "class C:\n    def v(self):\n        return 1",
      "c = C()",
      "class C:\n    def v(self):\n        return 2",
      "d = C()",
      keep("(c.v(), d.v(), isinstance(c, C))"),
    ],
    merged: /c needs C, which only one process has because it is defined again in cell 3/,
  },
  {
    name: "a class of which no instance is kept",
    cells: [
      "class C:\n    def v(self):\n        return 1",
      "a = C().v()",
      "class C:\n    def v(self):\n        return 2",
      "b = C().v()",
      keep("(a, b)"),
    ],
    steps: 3,
  },
  {
    name: "two functions that change places",
    cells: [
      "def a():\n    return 'a'\ndef b():\n    return 'b'",
      "a, b = b, a",
      "r = (a(), b())",
      keep("r"),
    ],
    merged: /a \(builtins.function\) cannot be stored/,
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
  {
    name: "a builtin that one branch hides and the other gives back",
    cells: [
      "max = len\nc = [True]",
      "if c:\n    max = min\nelse:\n    del max",
      "y = max([4, 2])",
      keep("y"),
    ],
    steps: 2,
    merged: /max is deleted where/,
  },
]);
