/** Family 6: functions and methods that change what they are given, however deep. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a callee that changes its argument", [
  {
    name: "through a chain of functions",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\ndef inner(t):\n    t['c'] = t['a'] * 2\ndef outer(t):\n    inner(t)",
      "outer(df)",
      "s = df['c'].tolist()",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "by keyword",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\ndef add(*, table, name):\n    table[name] = 1",
      "add(name='z', table=df)",
      "s = list(df.columns)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "out of gathered keywords",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\ndef add(**options):\n    options['table']['z'] = 1",
      "add(table=df)",
      "s = list(df.columns)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "out of gathered arguments",
    cells: [
      "def push(*lists):\n    for l in lists:\n        l.append(1)",
      "a, b = [], []",
      "push(a, b)",
      keep("(a, b)"),
    ],
    steps: 3,
  },
  {
    name: "out of a dictionary of keywords",
    cells: [
      "def push(x, y):\n    x.append(y)",
      "a = []\nkw = {'x': a, 'y': 3}",
      "push(**kw)",
      keep("a"),
    ],
    steps: 3,
  },
  {
    name: "recursively",
    cells: [
      "def down(n, log):\n    if n:\n        log.append(n)\n        down(n - 1, log)",
      "log = []",
      "down(3, log)",
      keep("log"),
    ],
    steps: 3,
  },
  {
    name: "through a partial",
    cells: [
      "from functools import partial\ndef push(x, y):\n    x.append(y)",
      "a = []\nto_a = partial(push, a)",
      "to_a(3)",
      "to_a(4)",
      keep("a"),
    ],
    steps: 4,
  },
  {
    name: "through a table of functions",
    cells: [
      "def one(x): x.append(1)\ndef two(x): x.append(2)\nsteps = {'one': one, 'two': two}",
      "a = []",
      "for s in steps.values():\n    s(a)",
      "steps['one'](a)",
      keep("a"),
    ],
    steps: 5,
  },
  {
    name: "through pipe",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\ndef add(t):\n    t['c'] = 1\n    return t",
      "out = df.pipe(add)",
      "s = list(df.columns)",
      keep("(s, list(out.columns))"),
    ],
    steps: 4,
  },
  {
    name: "in a lambda that is mapped",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "seen = []",
      "df['a'].map(lambda v: seen.append(v))",
      keep("seen"),
    ],
    steps: 4,
  },
  {
    name: "behind a decorator",
    cells: [
      "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner\n@logged\ndef push(x):\n    x.append(1)",
      "a = []",
      "push(a)",
      keep("a"),
    ],
    merged: /push has state of its own/,
  },
  {
    name: "in a method",
    cells: [
      "class Prep:\n    def run(self, t):\n        self._clean(t)\n        return self\n    def _clean(self, t):\n        t.append(1)\nprep = Prep()",
      "a = []",
      "prep.run(a)",
      keep("a"),
    ],
    steps: 4,
  },
  {
    name: "in an inherited method",
    cells: [
      "class Base:\n    def fit(self, t):\n        self.learn(t)\n        return self\nclass Child(Base):\n    def learn(self, t):\n        t.append(2)\nc = Child()",
      "a = []",
      "c.fit(a)",
      keep("a"),
    ],
    steps: 4,
  },
  {
    name: "in a transformer of a pipeline",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\nfrom sklearn.base import BaseEstimator, TransformerMixin\nfrom sklearn.pipeline import make_pipeline\nclass Add(BaseEstimator, TransformerMixin):\n    def fit(self, X, y=None):\n        return self\n    def transform(self, X):\n        X['c'] = 1\n        return X",
      "p = make_pipeline(Add())",
      "out = p.fit_transform(df)",
      "s = list(df.columns)",
      keep("s"),
    ],
    steps: 5,
  },
  {
    name: "in a function that a transformer calls",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\nfrom sklearn.preprocessing import FunctionTransformer\ndef add(X):\n    X['c'] = 1\n    return X",
      "p = FunctionTransformer(add)",
      "out = p.fit_transform(df)",
      "s = list(df.columns)",
      keep("s"),
    ],
    steps: 5,
  },
  {
    name: "through a method that was registered",
    cells: [
      "class Bus:\n    def __init__(self):\n        self.hooks = {}\n    def on(self, n, f):\n        self.hooks.setdefault(n, []).append(f)\n    def fire(self, n, x):\n        for f in self.hooks.get(n, []):\n            f(x)\nbus = Bus()",
      "log = []",
      "bus.on('x', log.append)",
      "bus.fire('x', 5)",
      keep("log"),
    ],
    steps: 5,
  },
  {
    name: "gives back a part of it",
    cells: [
      "def inner(d):\n    return d['x']\ndef outer(d):\n    return inner(d)",
      "d = {'x': [1]}",
      "y = outer(d)",
      "y.append(2)",
      keep("d"),
    ],
    steps: 4,
  },
  {
    name: "stores one in another",
    cells: [
      "def put(d, x):\n    d['k'] = x",
      "d = {}\nx = [1]",
      "put(d, x)",
      "x.append(2)",
      keep("d"),
    ],
    steps: 4,
  },
  {
    name: "stores it in a list of the notebook",
    cells: [
      "reg = []\ndef put(x):\n    reg.append(x)",
      "x = [1]",
      "put(x)",
      "x.append(2)",
      keep("reg"),
    ],
    steps: 3,
  },
  {
    name: "of tables in a dictionary",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\nframes = {'x': df, 'y': df.copy()}\ndef clean(t):\n    t.drop(columns='b', inplace=True)",
      "for name, t in frames.items():\n    clean(t)",
      "s = list(df.columns), list(frames['y'].columns)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "binds its parameter anew",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})\ndef clean(t):\n    t = t.dropna()\n    t['z'] = 1\n    return t",
      "out = clean(df)",
      "s = list(df.columns), len(df)",
      keep("s"),
    ],
    steps: 4,
  },
]);
