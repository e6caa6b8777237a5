/** Family 15: one name for many things, one after the other. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a name that is bound anew", [
  {
    name: "a table, cleaned step by step",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "n0 = len(df)\ndf = df.dropna()",
      "n1 = len(df)\ndf = df[df['a'] > 2]",
      "n2 = len(df)\ndf = df.rename(columns={'a': 'x'})",
      "c = list(df.columns)",
      keep("(n0, n1, n2, c)"),
    ],
    steps: 6,
  },
  {
    name: "an older version under another name",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "raw = df\ndf = df.dropna()",
      "df['z'] = 1",
      "c = list(raw.columns), list(df.columns)",
      keep("c"),
    ],
    steps: 5,
  },
  {
    name: "a list and what was made of it",
    cells: [
      "x = [1, 2]",
      "y = x\nx = [v * 2 for v in x]",
      "y.append(9)\nx.append(8)",
      "z = x\nx = x + z",
      "z.append(7)",
      keep("(x, y, z)"),
    ],
    steps: 6,
  },
  {
    name: "a function sees the last one",
    cells: [
      "x = 1\ndef f():\n    return x",
      "a = f()\nx = 2",
      "b = f()\nx = 3",
      "c = f()",
      keep("(a, b, c)"),
    ],
  },
  {
    name: "to another type each time",
    cells: [
      "r = [1]",
      "n = len(r)\nr = {'a': n}",
      "m = r['a']\nr = 'text'",
      "t = r.upper()\nr = (t, m)",
      keep("(r, n, m)"),
    ],
    steps: 5,
  },
  {
    name: "the variable of two loops",
    cells: [
      "i = 10\nt = 0",
      "for i in range(3):\n    t += i",
      "u = i",
      "for i in 'ab':\n    t += len(i)",
      keep("(i, t, u)"),
    ],
    steps: 5,
  },
  {
    name: "a builtin's name, until it is deleted",
    cells: ["list = [3]", "n = len(list)", "del list", "m = list((1, 2))", keep("(n, m)")],
    steps: 5,
  },
  {
    name: "a class, with an older instance",
    cells: [
      "class A:\n    def v(self): return 1",
      "a = A()",
      "class A:\n    def v(self): return 2",
      "b = A()",
      keep("(a.v(), b.v())"),
    ],
    merged: /a needs A, which only one process has because it is defined again in cell 3/,
  },
]);
