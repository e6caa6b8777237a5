import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { backwardSlice } from "../../src/python/slice.ts";
import { pythonParser } from "../support/python-parser.ts";
import { checkSlice, type SliceCase } from "../support/slices.ts";

/** The slice is the whole program except for the statements listed in `without`. */
const CASES: readonly SliceCase[] = [
  {
    name: "1: a mutation through another name",
    cells: ["a = [1]\nb = a\nc = [2]", "b.append(2)\nc.append(3)"],
    of: "a",
    without: ["c = [2]", "c.append(3)"],
  },
  {
    name: "2: an object held inside a container",
    cells: ['rows = [1]\nheld = {"rows": rows}', "rows.append(2)", 'x = held["rows"]'],
    of: "x",
    without: [],
  },
  {
    name: "2: an object held inside an attribute",
    cells: [
      "class Box:\n    pass\nbox = Box()\nitems = []\nbox.items = items",
      "items.append(1)",
      "n = len(box.items)",
    ],
    of: "n",
    without: [],
  },
  { name: "3: += on an aliased list", cells: ["a = [1]\nb = a", "b += [2]"], of: "a", without: [] },
  {
    name: "3: += on a number leaves the other name alone",
    cells: ["a = 1\nb = a", "b += 2"],
    of: "a",
    without: ["b = a", "b += 2"],
  },
  {
    name: "3: += on an array changes its views",
    cells: ["import numpy as np\na = np.zeros(3)\nb = a", "b += 1"],
    of: "a",
    without: [],
  },
  {
    name: "4: a NumPy view",
    cells: ["import numpy as np\na = np.zeros(3)\nv = a[1:]", "v[0] = 5"],
    of: "a",
    without: [],
  },
  {
    name: "4: a mask copies",
    cells: ["import numpy as np\na = np.zeros(3)\nv = a[a > 0]", "v[0] = 5"],
    of: "a",
    without: ["v = a[a > 0]", "v[0] = 5"],
  },
  {
    name: "4: a column of a frame",
    cells: [
      'import pandas as pd\ndf = pd.read_csv("a.csv")\ns = df["x"]',
      "s.fillna(0, inplace=True)",
    ],
    of: "df",
    without: [],
  },
  {
    name: "4: a selection of columns is a copy",
    cells: ['import pandas as pd\ndf = pd.read_csv("a.csv")\ns = df[["x", "y"]]', 's["z"] = 1'],
    of: "df",
    without: ['s = df[["x", "y"]]', 's["z"] = 1'],
  },
  {
    name: "5: fit changes its receiver",
    cells: [
      "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nrows = [[1], [2]]",
      "scaler.fit(rows)",
      "m = scaler.mean_",
    ],
    of: "m",
    without: [],
  },
  {
    name: "5: df.insert",
    cells: ['import pandas as pd\ndf = pd.read_csv("a.csv")\ndf.insert(0, "x", 1)\ndf.head()'],
    of: "df",
    without: ["df.head()"],
  },
  {
    name: "5: inplace=True",
    cells: [
      'import pandas as pd\ndf = pd.read_csv("a.csv")\ndf.dropna(inplace=True)\ndf.dropna(inplace=False)',
    ],
    of: "df",
    without: ["df.dropna(inplace=False)"],
  },
  {
    name: "6: an argument changed several calls deep",
    cells: [
      "def inner(t):\n    t.append(1)\ndef outer(*, table):\n    inner(table)\nrows = []\nother = []",
      "outer(table=rows)\nouter(table=other)",
    ],
    of: "rows",
    without: ["other = []", "outer(table=other)"],
  },
  {
    name: "6: recursion",
    cells: [
      "def walk(n, seen):\n    if n:\n        seen.append(n)\n        walk(n - 1, seen)\nseen = []",
      "walk(3, seen)",
    ],
    of: "seen",
    without: [],
  },
  {
    name: "7: a function appends to a global",
    cells: ["log = []\ndef note(x):\n    log.append(x)", "note(1)", "n = len(log)"],
    of: "n",
    without: [],
  },
  {
    name: "10: a default that the function changes",
    cells: [
      "log = []\ndef note(x, into=log):\n    into.append(x)\ndef twice(x):\n    note(x)\n    note(x)",
      "twice(1)",
    ],
    of: "log",
    without: [],
  },
  {
    name: "7: a closure over a local list",
    cells: [
      "def make():\n    seen = []\n    def add(x):\n        seen.append(x)\n        return len(seen)\n    return add\nadd = make()",
      "add(1)",
      "n = add(2)",
    ],
    of: "n",
    without: [],
  },
  {
    name: "8: a global counter",
    cells: ["count = 0\ndef tick():\n    global count\n    count += 1", "tick()", "x = count"],
    of: "x",
    without: [],
  },
  {
    name: "9: a free variable is looked up when called",
    cells: ["k = 2\ndef f():\n    return k", "k = 3", "y = f()"],
    of: "y",
    without: ["k = 2"],
  },
  {
    name: "9: also through map and a second function",
    cells: [
      "k = 2\ndef f(x):\n    return g(x)\ndef g(x):\n    return x * k",
      "k = 3",
      "y = list(map(f, [1]))",
    ],
    of: "y",
    without: ["k = 2"],
  },
  {
    name: "10: a default is evaluated at the definition",
    cells: ["k = 2\ndef f(x=k):\n    return x", "k = 3", "y = f()"],
    of: "y",
    without: ["k = 3"],
  },
  {
    name: "10: a class body is evaluated at the definition",
    cells: ["k = 2\nclass C:\n    size = k", "k = 3", "y = C.size"],
    of: "y",
    without: ["k = 3"],
  },
  {
    name: "11: a conditional redefinition keeps the earlier value",
    cells: ["x = 1\nflag = 0", "if flag:\n    x = 2", "y = x"],
    of: "y",
    without: [],
  },
  {
    name: "12: both branches define",
    cells: ["x = 1\nflag = 0", "if flag:\n    x = 2\nelse:\n    x = 3"],
    of: "x",
    without: ["x = 1"],
  },
  {
    name: "12: a try may stop before the definition",
    cells: ["x = 1", "try:\n    x = int('a')\nexcept ValueError:\n    pass"],
    of: "x",
    without: [],
  },
  {
    name: "12: a with that may swallow",
    cells: ["import contextlib\nx = 1", "with contextlib.suppress(ValueError):\n    x = int('a')"],
    of: "x",
    without: [],
  },
  {
    name: "13: accumulation in a loop",
    cells: ["total = 0\nitems = [1, 2]", "for i in items:\n    total += i"],
    of: "total",
    without: [],
  },
  {
    name: "13: a loop may run zero times",
    cells: ["x = 1\nitems = []", "for x in items:\n    pass"],
    of: "x",
    without: [],
  },
  {
    name: "14: a walrus in a comprehension leaks",
    cells: ["data = [1, 2]", "squares = [(last := n) for n in data]"],
    of: "last",
    without: [],
  },
  {
    name: "14: a comprehension variable does not",
    cells: ["n = 1\ndata = [1, 2]", "squares = [n for n in data]"],
    of: "n",
    without: ["data = [1, 2]", "squares = [n for n in data]"],
  },
  {
    name: "15: each reader sees its own version",
    cells: ["df = [1]", "a = len(df)", "df = [2]", "b = len(df)"],
    of: "a",
    without: ["df = [2]", "b = len(df)"],
  },
  {
    name: "16: a function rebound",
    cells: ["def f():\n    return 1", "a = f()", "def f():\n    return 2", "b = f()"],
    of: "b",
    without: ["def f():\n    return 1", "a = f()"],
  },
  {
    name: "17: a seed belongs to the draw",
    cells: [
      "import numpy as np\nimport random",
      "np.random.seed(0)\nrandom.seed(0)",
      "x = np.random.rand(3)",
    ],
    of: "x",
    without: ["import random", "random.seed(0)"],
  },
  {
    name: "17: an unseeded forest draws from the global generator",
    cells: [
      "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nX = [[1], [2]]\ny = [0, 1]",
      "np.random.seed(0)",
      "m = RandomForestClassifier()\nm.fit(X, y)",
    ],
    of: "m",
    without: [],
  },
  {
    name: "17: a seeded forest does not",
    cells: [
      "import numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nX = [[1], [2]]\ny = [0, 1]",
      "np.random.seed(0)",
      "m = RandomForestClassifier(random_state=0)\nm.fit(X, y)",
    ],
    of: "m",
    without: ["import numpy as np", "np.random.seed(0)"],
  },
  {
    name: "18: an iterator is used up",
    cells: ["it = iter([1, 2, 3])", "next(it)", "x = next(it)"],
    of: "x",
    without: [],
  },
  {
    name: "18: a lambda in a list keeps its free variable",
    cells: ["k = 1\nfs = [lambda x: x + k]", "k = 2", "y = fs[0](1)"],
    of: "y",
    without: ["k = 1"],
  },
  {
    name: "18: a generator runs when it is read",
    cells: [
      "log = []\ndef numbers():\n    for n in [1, 2]:\n        log.append(n)\n        yield n",
      "g = numbers()",
      "for x in g:\n    pass",
    ],
    of: "log",
    without: [],
  },
  {
    name: "18: a generator expression draws from an iterator later",
    cells: ["it = iter([1, 2, 3])\ng = (x for x in it)", "y = list(g)", "z = list(it)"],
    of: "z",
    without: [],
  },
  {
    name: "18: a list is not used up by reading it",
    cells: ["rows = [1, 2]", "total = sum(rows)\nfor x in rows:\n    print(x)"],
    of: "rows",
    without: ["total = sum(rows)", "for x in rows:\n    print(x)"],
  },
  {
    name: "an index renamed in place",
    cells: ['import pandas as pd\ndf = pd.read_csv("a.csv")', 'df.index.name = "id"'],
    of: "df",
    without: [],
  },
  {
    name: "19: an option set earlier",
    cells: ["import pandas as pd\nimport os", 'os.environ["A"] = "1"', 'x = os.getenv("A")'],
    of: "x",
    without: ["import pandas as pd"],
  },
  {
    name: "20: the same path written twice",
    cells: [
      'import pandas as pd\nimport json\ndf = pd.DataFrame({"a": [1]})',
      'df.to_csv("t.csv")\nx = pd.read_csv("t.csv")',
      'df.to_csv("u.csv")',
    ],
    of: "x",
    without: ["import json", 'df.to_csv("u.csv")'],
  },
  {
    name: "22: exec may define anything",
    cells: ["a = 1\ncode = 'a = 2'", "exec(code)", "b = a"],
    of: "b",
    without: [],
  },
  {
    name: "a method that mutates an attribute shows in what was passed in",
    cells: [
      "class Log:\n    def __init__(self, rows):\n        self.rows = rows\n    def add(self, x):\n        self.rows.append(x)\nrows = []\nlog = Log(rows)",
      "log.add(1)",
    ],
    of: "rows",
    without: [],
  },
  {
    name: "a mutation during a swap",
    cells: ["a = [1]\nb = [2]\na, b = b, a", "a.append(3)"],
    of: "b",
    without: ["a.append(3)"],
  },
  {
    name: "del then rebinding",
    cells: ["x = [1]\ny = x\ndel x", "x = [2]"],
    of: "x",
    without: ["x = [1]", "y = x", "del x"],
  },
];

test.each(CASES)("slices $name", checkSlice);

test("includes only what comes before a statement", async () => {
  const program = analyzeProgram(
    [{ id: "1", text: "a = 1\nb = a\na = 2\nc = a\n" }],
    await pythonParser(),
  );
  expect([...backwardSlice(program, { statements: [1] })]).toEqual([0, 1]);
});
