/** Family 2: an object inside another one, changed directly. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("an object held in a container and mutated directly", [
  {
    name: "a list in a dictionary",
    cells: [
      "items = [1]",
      "d = {'items': items}",
      "items.append(2)",
      "n = len(d['items'])",
      keep("(d, items, n)"),
    ],
    steps: 4,
  },
  {
    name: "a table in a dictionary",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})",
      "d = {'train': df}",
      "df['b'] = 1",
      "cols = list(d['train'].columns)",
      keep("cols"),
    ],
    steps: 4,
  },
  {
    name: "a list in a dictionary in a list",
    cells: [
      "inner = {'n': [0]}",
      "outer = [{'x': [inner]}]",
      "inner['n'].append(1)",
      "outer[0]['x'][0]['n'].append(2)",
      keep("(inner, outer)"),
    ],
    steps: 4,
  },
  {
    name: "a dictionary that grows when it is read",
    cells: [
      "from collections import defaultdict\nd = defaultdict(list)",
      "x = d['a']",
      "x.append(1)",
      "d['a'].append(2)",
      keep("(dict(d), x)"),
    ],
    steps: 4,
  },
  {
    name: "a scaler in a pipeline",
    cells: [
      "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import StandardScaler\nfrom sklearn.linear_model import LogisticRegression\nscaler = StandardScaler()",
      "pipe = Pipeline([('s', scaler), ('m', LogisticRegression())])",
      "pipe.fit([[0.], [1.]], [0, 1])",
      "mean = scaler.mean_.tolist()",
      keep("mean"),
    ],
    steps: 4,
  },
  {
    name: "a row that stands several times in a grid",
    cells: ["row = [0]", "grid = [row] * 3", "grid[0].append(1)", keep("(row, grid)")],
    steps: 4,
  },
  {
    name: "what a copy shares",
    cells: ["import copy\na = {'x': [1]}", "b = copy.copy(a)", "b['x'].append(2)", keep("(a, b)")],
    steps: 4,
  },
  {
    name: "what a slice shares",
    cells: ["a = [[1], [2]]", "b = a[:1]", "b[0].append(3)", "b.append(4)", keep("(a, b)")],
    steps: 4,
  },
  {
    name: "what a full queue loses",
    cells: [
      "from collections import deque\nq = deque([[1]], maxlen=2)",
      "first = q[0]",
      "first.append(2)",
      "q.append([3])\nq.append([4])",
      keep("(list(q), first)"),
    ],
    steps: 4,
  },
  {
    name: "an attribute of an attribute",
    cells: [
      "import types\nns = types.SimpleNamespace(cfg={'l': [1]})",
      "l = ns.cfg['l']",
      "l.append(2)",
      "ns.cfg['l'].append(3)",
      keep("(l, ns.cfg)"),
    ],
    steps: 4,
  },
]);
