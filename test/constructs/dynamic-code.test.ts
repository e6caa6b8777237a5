/** Family 22: code, names and attributes that are texts: supported where the text says all, else refused with the place. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("variables that a query names", [
  {
    name: "by a constant, an f-string, and a text made elsewhere",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3, 4]})",
      "least = 1 + len('a')\nmost = [4]",
      "small = df.query('a >= @least')",
      "how = 'a < @most' + '[0]'",
      "smaller = small.query(how)\ndf.eval('b = a * @least', inplace=True)",
      keep("(smaller, df)"),
    ],
    steps: 4,
  },
  {
    name: "in a function, among its own and what every module has",
    cells: [
      "import numpy as np\nimport pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3, 4]})\nMOST = 4",
      "def between(table, least):\n    shift = 1\n    return table.query('a > @least - @shift and a < @MOST and a < @np.inf')",
      "got = between(df, len('ab'))",
      keep("got"),
    ],
    steps: 2,
  },
  {
    name: "in a function, although they are data",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3, 4]})\nleast = len('ab')",
      "pick = lambda table: table.query('a > @least')",
      "got = pick(df)",
      keep("got"),
    ],
    refused: { code: "dynamic-code", cell: 3 },
  },
  {
    name: "by pandas.eval",
    cells: [
      "import pandas as pd\none = pd.Series([1, 2])",
      "other = pd.Series([3, len('xx')])",
      "total = pd.eval('one + other')",
      keep("total"),
    ],
    steps: 3,
  },
]);

testConstructs("attributes set by name", [
  {
    name: "of an object, in a loop over an estimator's, and of a plain dictionary",
    cells: [
      "from sklearn.linear_model import Ridge\nclass Box:\n    pass\nbox = Box()\nmodel = Ridge()",
      "setattr(box, 'size', [3])\nsizes = box.size",
      "for name, value in {'alpha': 2.0, 'copy_X': False}.items():\n    setattr(model, name, value)",
      "sizes.append(4)\nvars(box).update(width=3)",
      keep("(model.get_params(), box.size, box.width)"),
    ],
    steps: 3,
  },
  {
    name: "a method for tables, and a constant of a module",
    cells: [
      "import csv\nimport pandas as pd\ndef doubled(table):\n    table['b'] = table['a'] * 2\npd.DataFrame.doubled = doubled\nsetattr(csv, 'QUOTE_MOST', 7)",
      "df = pd.DataFrame({'a': [1, 2]})",
      "df.doubled()",
      keep("(list(df['b']), csv.QUOTE_MOST)"),
    ],
    steps: 3,
  },
  {
    name: "functions and modules taken by name",
    cells: [
      "import sklearn.linear_model as lm\nmodel = getattr(lm, 'Ridge')(alpha=1.0)",
      "getattr(model, 'fit')([[1.0], [2.0]], [1.0, 2.0])",
      keep("round(float(model.coef_[0]), 6)"),
    ],
    steps: 2,
  },
]);

testConstructs("imports of everything", [
  {
    name: "of NumPy, whose functions stand before Python's of the same name",
    cells: [
      "total = sum([1, 2])\nfrom numpy import *",
      "table = array([[1, 2], [3, 4]])",
      "sums = sum(table, axis=0)\nmost = max(table, axis=1)",
      "max = 3\nleft = abs(-max)",
      keep("(total, sums.tolist(), most.tolist(), max, left)"),
    ],
    steps: 2,
  },
  {
    name: "of a module beside the notebook and one that Python brings",
    cells: [
      "from cleaning import *\nfrom math import *",
      "values = cleaned([4, None, 9])",
      "roots = [sqrt(value) for value in values]\ntop = LIMIT * floor(pi)",
      keep("(roots, top)"),
    ],
    files: {
      "cleaning.py":
        "LIMIT = 3\n_hidden = 4\n\ndef cleaned(values):\n    return [value for value in values if value is not None]\n",
    },
    steps: 2,
  },
  {
    name: "of a module that says nothing certain",
    cells: ["from making import *", "a = made + 1", keep("a")],
    files: { "making.py": "globals()['made'] = 1\n" },
    refused: { code: "dynamic-code", cell: 1 },
  },
]);

testConstructs("code whose text says all", [
  {
    name: "statements and expressions",
    cells: [
      "exec('x = [1]\\ny = len(x)')",
      'exec("""\nfor i in range(2):\n    x.append(i)\n""")',
      "z = eval('x + [y]')",
      keep("(x, y, z)"),
    ],
    steps: 4,
  },
  {
    name: "variables by their names",
    cells: [
      "globals()['x'] = [5]",
      "vars()['y'] = globals()['x'] + [1]",
      "globals()['x'].append(2)",
      keep("(x, locals()['y'])"),
    ],
    steps: 4,
  },
  {
    name: "coroutines that are waited for",
    cells: [
      "import asyncio\nseen = []\nasync def work(x):\n    await asyncio.sleep(0)\n    seen.append(x)\n    return [x]",
      "a = await work(1)",
      "b = a + await work(2)",
      keep("(a, b, seen)"),
    ],
    plain: [
      "import asyncio\nseen = []\nasync def work(x):\n    await asyncio.sleep(0)\n    seen.append(x)\n    return [x]",
      "a = asyncio.run(work(1))",
      "b = a + asyncio.run(work(2))",
      keep("(a, b, seen)"),
    ],
    steps: 4,
  },
  {
    name: "coroutines of others",
    cells: ["import asyncio", "a = await asyncio.sleep(0, 'done')", keep("a")],
    refused: { code: "dynamic-code", cell: 2 },
  },
]);

testConstructs("code that no plan can carry", [
  {
    name: "names that a text binds",
    cells: ["for i in range(3):\n    exec(f'v{i} = {i}')", "x = v0 + v1", keep("x")],
    refused: { code: "dynamic-code", cell: 1 },
  },
  {
    name: "a function of a library that is replaced",
    cells: ["import math", "math.floor = lambda value: 5", keep("math.floor(1.5)")],
    refused: { code: "dynamic-code", cell: 2 },
  },
  {
    name: "a method that depends on data",
    cells: [
      "import pandas as pd\nmany = [2]",
      "pd.DataFrame.times = lambda table: table * many[0]",
      "df = pd.DataFrame({'a': [1]})\nmany.append(3)",
      keep("df.times()"),
    ],
    refused: { code: "dynamic-code", cell: 2 },
  },
]);
