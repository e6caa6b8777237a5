/** Functions that read the notebook's variables, and imports that come late, stand in every step that uses them. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const WRITE = "open('out.txt', 'w').write(repr(r))";

interface RepeatCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** Cells of each step. */
  readonly steps: readonly (readonly number[])[];
}

async function checkRepeats({ cells, steps }: RepeatCase): Promise<void> {
  const { plan, diagnostics } = await planOf(cells, { cut: "cell" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(plan?.steps.map((step) => step.cells)).toEqual(steps);
}

test.each<RepeatCase>([
  {
    name: "a function that fills a list stands where it is called",
    cells: ["log = [0]", "def f(x):\n    log.append(x)", "f(1)", "f(2)\nr = log", WRITE],
    steps: [[1], [2, 3], [2, 4], [5]],
  },
  {
    name: "so does what it calls",
    cells: ["k = [0]", "def g():\n    return k\ndef f():\n    return g()", "r = f()", WRITE],
    steps: [[1], [2, 3], [4]],
  },
  {
    name: "a function that a constant chooses stands where it is called",
    cells: [
      "k = [0]",
      "FAST = True\nif FAST:\n    def f(x):\n        return [x, k]\nelse:\n    def f(x):\n        return [k, x]",
      "r = f(1)",
      "r = f(r)",
      WRITE,
    ],
    steps: [[1], [2, 3], [2, 4], [5]],
  },
  {
    name: "one that is defined in case an import fails, and what asks whether it did",
    cells: [
      "try:\n    import quick\n    HAS = True\nexcept ImportError:\n    HAS = False",
      "if HAS:\n    f = quick.f\nelse:\n    def f(x):\n        return [x]",
      "if not HAS:\n    def g(x):\n        return [x, x]\nelse:\n    def g(x):\n        return x",
      "r = [g(1)]",
      "r = g(r)",
      WRITE,
    ],
    steps: [[1, 3, 4], [1, 3, 5], [6]],
  },
  {
    name: "one that a condition may replace, with what it replaces",
    cells: [
      "FAST = True",
      "def f(x):\n    return [x]",
      "if FAST:\n    def f(x):\n        return [x, x]",
      "r = f(1)",
      "r = f(r)",
      WRITE,
    ],
    steps: [[2, 3, 4], [2, 3, 5], [6]],
  },
  {
    name: "one that data chooses is made once",
    cells: [
      "k = [0]",
      "if k:\n    def f(x):\n        return [x]\nelse:\n    def f(x):\n        return x",
      "k.append(1)",
      "r = f(k)",
      "r = f(r)",
      WRITE,
    ],
    steps: [[1], [2], [3], [4], [5], [6]],
  },
  {
    name: "one that what comes by chance chooses is made once",
    cells: [
      "import random",
      "if random.random() < 2:\n    def f(x):\n        return [x]\nelse:\n    def f(x):\n        return x",
      "r = f(1)",
      "r = f(r)",
      WRITE,
    ],
    steps: [[2], [3], [4], [5]],
  },
  {
    name: "what a booster trains on stands where it is used, since nothing can store it",
    cells: [
      "import xgboost as xgb\nimport numpy as np",
      "x, y = np.arange(8.0).reshape(4, 2), np.arange(4)",
      "table = xgb.DMatrix(x, label=y)",
      "model = xgb.train({'seed': 1}, table, 3)",
      "r = model.predict(table)",
      WRITE,
    ],
    steps: [[2], [3, 4], [3, 5], [6]],
  },
  {
    name: "of arrays that change it is made once",
    cells: [
      "import lightgbm as lgb\nimport numpy as np",
      "x, y = np.arange(8.0).reshape(4, 2), np.arange(4)",
      "table = lgb.Dataset(x, label=y)\nx[0] = 7",
      "model = lgb.train({'seed': 1}, table, 3)",
      "r = model.predict(x)",
      WRITE,
    ],
    steps: [[2], [3], [4], [5], [6]],
  },
  {
    name: "and so is one that is changed",
    cells: [
      "import xgboost as xgb\nimport numpy as np",
      "x, y = np.arange(8.0).reshape(4, 2), np.arange(4)",
      "table = xgb.DMatrix(x, label=y)",
      "table.set_weight(y)",
      "model = xgb.train({'seed': 1}, table, 3)",
      "r = model.predict(table)",
      WRITE,
    ],
    steps: [[2], [3], [4], [5], [6], [7]],
  },
  {
    name: "a lambda is a function",
    cells: ["k = [0]", "f = lambda: k", "r = f()", WRITE],
    steps: [[1], [2, 3], [4]],
  },
  {
    name: "each use has the definition before it",
    cells: [
      "k = [0]",
      "def f():\n    return k",
      "a = f()",
      "def f():\n    return k + k",
      "r = [a, f()]",
      WRITE,
    ],
    steps: [[1], [2, 3], [4, 5], [6]],
  },
  {
    name: "a default that changes is made once",
    cells: [
      "k = [0]",
      "def f(x=k):\n    return x",
      "r = f()",
      "k.append(1)",
      "r = [r, f()]",
      WRITE,
    ],
    steps: [[1], [2, 3, 4, 5], [6]],
  },
  {
    name: "a default that something else gets the name of is made once",
    cells: ["k = [0]", "def f(x=k):\n    return x", "r = f()", "k = [r, f()]", "r = k", WRITE],
    steps: [[1], [2, 3, 4], [5], [6]],
  },
  {
    name: "a default that stays what it is can be had again",
    cells: ["k = [0]", "def f(x=k):\n    return len(x)", "r = f()", "r = [r, f()]", WRITE],
    steps: [[1], [2, 3], [2, 4], [5]],
  },
  {
    name: "a class of methods that read data stands where it is used",
    cells: [
      "k = [0]",
      "class C:\n    'Doc.'\n    unit = 1\n    def v(self):\n        return len(k) * self.unit",
      "r = C().v()",
      "r = [r, C().v()]",
      WRITE,
    ],
    steps: [[1], [2, 3], [2, 4], [5]],
  },
  {
    name: "a class whose attribute changes is data",
    cells: [
      "k = [0]",
      "class C:\n    unit = 1\n    def v(self):\n        return len(k) * C.unit",
      "r = C().v()",
      "C.unit = 2",
      "r = [r, C().v()]",
      WRITE,
    ],
    steps: [[1], [2, 3, 4, 5, 6]],
  },
  {
    name: "a class that makes something in its body is data",
    cells: [
      "k = [0]",
      "class C:\n    unit = []\n    def v(self):\n        return len(k)",
      "r = C().v()",
      "r = [r, C().v()]",
      WRITE,
    ],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a function that gives its name to what it returns is one until then",
    cells: [
      "k = [0]",
      "def score():\n    return len(k)",
      "r = [score()]",
      "score = score()",
      "r = [r, score]",
      WRITE,
    ],
    steps: [[1], [2, 3], [2, 4], [5], [6]],
  },
  {
    name: "a module whose name is given to data is one until then",
    cells: [
      "k = [4]",
      "import json",
      "r = json.dumps(k)",
      "json = {'x': r}",
      "r = json['x']",
      WRITE,
    ],
    steps: [[1], [2, 3], [4], [5], [6]],
  },
  {
    name: "a function with attributes is data",
    cells: ["k = [0]", "def f():\n    return k", "f.n = 1", "r = [f(), f.n]", WRITE],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a decorated function may be anything",
    cells: [
      "from functools import lru_cache",
      "k = [0]",
      "@lru_cache\ndef f():\n    return len(k)",
      "r = [f()]",
      "r = [r, f()]",
      WRITE,
    ],
    steps: [[2], [3, 4, 5], [6]],
  },
  {
    name: "a name that is also something else is not repeated",
    cells: ["k = [0]", "def f():\n    return k", "if k:\n    f = f", "r = f()", WRITE],
    steps: [[1], [2, 3, 4], [5]],
  },
  {
    name: "a module that another one stands in for is imported where it is used",
    cells: [
      "try:\n    import simplejson as json\nexcept ImportError:\n    import json",
      "k = [0]\nr = json.dumps(k)",
      "r = r + json.dumps(k)",
      WRITE,
    ],
    steps: [[1, 2], [1, 3], [4]],
  },
  {
    name: "a name for two modules means each where it stands",
    cells: [
      "import math as lib",
      "k = [4]\na = [lib.sqrt(k[0])]",
      "import cmath as lib",
      "r = [a, lib.sqrt(-4)]",
      WRITE,
    ],
    steps: [[1, 2], [3, 4], [5]],
  },
  {
    name: "a module that may be missing is looked for again where it is used",
    cells: [
      "try:\n    import simplejson\nexcept ImportError:\n    pass",
      "k = [0]",
      "try:\n    r = simplejson.dumps(k)\nexcept NameError:\n    r = 'none'",
      WRITE,
    ],
    steps: [[2], [1, 3], [4]],
  },
])("$name", async (row) => {
  await checkRepeats(row);
});
test("a named tuple that is made of literals is shared by all modules", async () => {
  const { plan } = await planOf(
    [
      "from collections import namedtuple\nPoint = namedtuple('Point', ['x', 'y'])",
      "p = Point(1, [2])",
      "r = p.x",
      WRITE,
    ],
    { cut: "cell" },
  );
  expect(plan?.helpers.map(({ cell }) => cell)).toEqual([1]);
  expect(plan?.steps.map((step) => step.cells)).toEqual([[2], [3], [4]]);
});

test("a booster is trained by a function, and cross-validation of one measures", async () => {
  const { plan } = await planOf([
    "import pandas as pd\nimport xgboost as xgb\nfrom sklearn.metrics import accuracy_score",
    'df = pd.read_csv("data.csv")\nX, y = df[["a", "b"]], df["y"]',
    "table = xgb.DMatrix(X, label=y)",
    'model = xgb.train({"max_depth": 2}, table, 5)',
    "folds = xgb.cv({'max_depth': 2}, table, 5)\nprint(folds['test-rmse-mean'].min())",
    "acc = accuracy_score(y, model.predict(table) > 0.5)\nprint(acc)",
  ]);
  expect(plan?.steps.map(({ name, cells }) => [name, cells])).toEqual([
    ["load", [2]],
    ["prepare", [2]],
    ["train", [3, 4]],
    ["evaluate", [3, 5, 6]],
  ]);
});
