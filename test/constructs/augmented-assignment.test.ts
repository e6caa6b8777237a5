/** Family 3: `+=` and its kind, on what somebody else holds, too. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("augmented assignment to what has another name", [
  {
    name: "an array",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "y = x",
      "y += 1",
      "s = float(x.sum())",
      keep("(s, y.tolist())"),
    ],
    steps: 4,
  },
  {
    name: "a list, a dictionary and what an attribute holds, in functions and loops",
    cells: [
      "class Box:\n    pass\nbox = Box()\nbox.n = xs = [1]\nd = e = {'x': xs}",
      "def more(ys):\n    ys += [2]\nmore(xs)",
      "box.n += [3]",
      "e |= {'y': 2}",
      "for part in [xs]:\n    part *= 2",
      keep("(xs, d, box.n)"),
    ],
    steps: 6,
  },
  {
    name: "tables and columns, which are bound anew or written",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nother = df",
      "s = df['a']\ns += 10",
      "df['a'] += 1",
      "df += 100",
      keep("(df['a'].tolist(), other['a'].tolist(), s.tolist())"),
    ],
    steps: 5,
  },
  {
    name: "what a class says",
    cells: [
      "class V:\n    def __init__(self, x):\n        self.x = x\n    def __iadd__(self, o):\n        return V(self.x + o)\n    def __ior__(self, o):\n        self.x += o\n        return self\nv = w = V(1)",
      "w += 5",
      "u = w\nu |= 7",
      keep("(v.x, w.x, u.x)"),
    ],
    steps: 4,
  },
]);
