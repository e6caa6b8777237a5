/** What a statement changes in place, seen from its text alone. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { mutatedNames } from "../../src/python/mutated-names.ts";
import { pythonParser } from "../support/python-parser.ts";

interface ChangeCase {
  readonly name: string;
  /** Statements; the last one is asked. */
  readonly text: string;
  readonly changes: readonly string[];
}

/** A class whose instances note everything that they are asked. */
const NOSY = `class Nosy:
    def __init__(self):
        self.seen = []
    def __len__(self):
        self.seen.append("len")
        return 1
    def __getitem__(self, key):
        self.seen.append(key)
    def __getattr__(self, name):
        self.seen.append(name)
    def __add__(self, other):
        self.seen.append(other)
        return self
    def __radd__(self, other):
        self.seen.append(other)
    def __eq__(self, other):
        self.seen.append(other)
    def __contains__(self, item):
        self.seen.append(item)
    def __neg__(self):
        self.seen.append("neg")
    def __str__(self):
        self.seen.append("str")
        return ""
    def __iter__(self):
        self.seen.append("iter")
        return iter(self.seen)
    def __enter__(self):
        self.seen.append("in")
        return self
    def __exit__(self, *_):
        self.seen.append("out")
    def note(self, value):
        self.seen.append(value)
nosy = Nosy()
`;
const ARRAY = "import numpy as np\nx = np.arange(6.0)\ny = np.zeros(6)\n";

const CASES: readonly ChangeCase[] = [
  {
    name: "a method that was looked up changes its list, whoever calls it",
    text: "b = [1, 2]\ntable = list(b)\nkeep = table.append\nc = list(map(keep, b[:1]))",
    changes: ["keep", "table"],
  },
  {
    name: "what a lambda gives may hold its default",
    text: "rows = [[3]]\nshow = lambda x, y=rows: [x, y]\nmade = show(1)\nrows.append(4)",
    changes: ["made", "rows", "show"],
  },
  {
    name: "a slice of what may be an empty list is a list of its own",
    text: "parts = {'k': []}.setdefault('m', [])\nrest = parts[1:]\nrest[:1] = [8, 9]",
    changes: ["rest"],
  },
  // Names that are bound to parts.
  {
    name: "the rest of an unpacked list holds what the list holds",
    text: "rows = [[1], [2]]\nfirst, *rest = rows\nrest[0].append(3)",
    changes: ["first", "rest", "rows"],
  },
  {
    name: "the rest is a new list",
    text: "rows = [[1], [2]]\nfirst, *rest = rows\nrest.append(3)",
    changes: ["rest"],
  },
  {
    name: "a pattern may stand for the whole subject",
    text: "a = [1]\nmatch a:\n    case list() as b:\n        b.append(2)",
    changes: ["a", "b"],
  },
  {
    name: "a manager may give back what it was made with",
    text: "import contextlib\na = [1]\nwith contextlib.nullcontext(a) as b:\n    b.append(2)",
    changes: ["a", "b"],
  },
  {
    name: "a list that was put into itself",
    text: "a = [1]\na.append(a)\na[1].append(2)",
    changes: ["a"],
  },
  // Methods that are kept or handed on.
  {
    name: "a method that is kept changes what it belongs to",
    text: "a = [1]\npush = a.append\npush(2)",
    changes: ["a", "push"],
  },
  {
    name: "a method that is handed on",
    text: "a = []\nlist(map(a.append, [1, 2]))",
    changes: ["a"],
  },
  {
    name: "a method that only looks is handed on",
    text: "d = {'a': 1}\nbest = max(d, key=d.get)",
    changes: [],
  },
  {
    name: "a method of an own class that is handed on",
    text: `${NOSY}list(map(nosy.note, [1, 2]))`,
    changes: ["nosy"],
  },
  // What own classes do without a call.
  { name: "len", text: `${NOSY}n = len(nosy)`, changes: ["nosy"] },
  { name: "indexing", text: `${NOSY}n = nosy[0]`, changes: ["nosy"] },
  { name: "attributes", text: `${NOSY}n = nosy.anything`, changes: ["nosy"] },
  { name: "an operator", text: `${NOSY}n = nosy + 1`, changes: ["nosy"] },
  { name: "an operator from the right", text: `${NOSY}n = 1 + nosy`, changes: ["nosy"] },
  { name: "augmented assignment", text: `${NOSY}n = 1\nn += nosy`, changes: ["nosy"] },
  { name: "a comparison", text: `${NOSY}n = nosy == 1`, changes: ["nosy"] },
  { name: "identity asks nothing", text: `${NOSY}n = nosy is None`, changes: [] },
  { name: "membership", text: `${NOSY}n = 1 in nosy`, changes: ["nosy"] },
  { name: "a sign", text: `${NOSY}n = -nosy`, changes: ["nosy"] },
  { name: "truth", text: `${NOSY}if nosy:\n    pass`, changes: ["nosy"] },
  { name: "negated truth", text: `${NOSY}n = not nosy`, changes: ["nosy"] },
  { name: "text", text: `${NOSY}n = f"{nosy}"`, changes: ["nosy"] },
  { name: "printing", text: `${NOSY}print(nosy)`, changes: ["nosy"] },
  {
    name: "looking at the type asks nothing",
    text: `${NOSY}n = isinstance(nosy, Nosy)`,
    changes: [],
  },
  { name: "iteration", text: `${NOSY}for n in nosy:\n    pass`, changes: ["nosy"] },
  { name: "with", text: `${NOSY}with nosy:\n    pass`, changes: ["nosy"] },
  {
    name: "storing an item",
    text: "kept = {}\nclass Store:\n    def __setitem__(self, key, value):\n        kept[key] = value\ns = Store()\ns['a'] = 1",
    changes: ["kept", "s"],
  },
  {
    name: "deleting an item",
    text: "kept = {}\nclass Store:\n    def __delitem__(self, key):\n        kept.pop(key, None)\ns = Store()\ndel s['a']",
    changes: ["kept", "s"],
  },
  {
    name: "deriving from a class",
    text: "made = []\nclass Base:\n    def __init_subclass__(cls):\n        made.append(cls)\nclass Child(Base): pass",
    changes: ["made"],
  },
  // The standard library.
  {
    name: "a defaultdict grows when it is read",
    text: "from collections import defaultdict\nd = defaultdict(list)\nn = d['a']",
    changes: ["d"],
  },
  {
    name: "operators as functions",
    text: "import operator\na = [1]\nb = operator.iadd(a, [2])\nb.append(3)",
    changes: ["a", "b"],
  },
  {
    name: "memory seen through a view",
    text: "a = bytearray(b'abc')\nv = memoryview(a)\nv[0] = 65",
    changes: ["a", "v"],
  },
  {
    name: "a copy of a record shares its fields",
    text: "from dataclasses import dataclass, replace\n@dataclass\nclass C:\n    items: list\nc = C([1])\nd = replace(c)\nd.items.append(2)",
    changes: ["c", "d"],
  },
  {
    name: "iterators that came out of one unpacked result",
    text: "import itertools\nx, y = itertools.tee(iter([1, 2]))\nn = list(x)",
    changes: ["x", "y"],
  },
  // NumPy.
  { name: "out=", text: `${ARRAY}np.add(x, 1, out=y)`, changes: ["y"] },
  {
    name: "the place for a result by position",
    text: `${ARRAY}np.multiply(x, 2, y)`,
    changes: ["y"],
  },
  { name: "out= of a method", text: `${ARRAY}x.cumsum(out=y)`, changes: ["y"] },
  {
    name: "what out= gives back is that place",
    text: `${ARRAY}z = np.add(x, 1, out=y)\nz[0] = 5`,
    changes: ["y", "z"],
  },
  { name: "ufunc.at", text: `${ARRAY}np.add.at(x, [0, 0], 1)`, changes: ["x"] },
  { name: "copy=False", text: `${ARRAY}np.nan_to_num(x, copy=False)`, changes: ["x"] },
  { name: "copy=True", text: `${ARRAY}np.nan_to_num(x, copy=True)`, changes: [] },
  {
    name: "a window over an array",
    text: `${ARRAY}w = np.lib.stride_tricks.sliding_window_view(x, 2)\nw[0, 0] = 1`,
    changes: ["w", "x"],
  },
  {
    name: "a masked array",
    text: `${ARRAY}m = np.ma.masked_array(x, copy=False)\nm[0] = 1`,
    changes: ["m", "x"],
  },
  // pandas and scikit-learn.
  {
    name: "mask(inplace=True)",
    text: "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\ndf.mask(df > 5, 0, inplace=True)",
    changes: ["df"],
  },
  {
    name: "a function that a pipeline holds gets what the pipeline gets",
    text: "import pandas as pd\nfrom sklearn.preprocessing import FunctionTransformer\ndf = pd.DataFrame({'a': [1]})\ndef add(X):\n    X['c'] = 1\n    return X\np = FunctionTransformer(add)\nout = p.transform(df)",
    changes: ["df"],
  },
  {
    name: "a function that is piped or applied gets the table",
    text: "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\ndef add(t):\n    t['c'] = 1\n    return t\nout = df.pipe(add)",
    changes: ["df"],
  },
];

test.each(CASES)("$name", async ({ text, changes }) => {
  const { statements } = analyzeProgram([{ id: "1", text }], await pythonParser());
  const last = statements.at(-1);
  expect(last === undefined ? [] : [...mutatedNames(last)].sort()).toEqual([...changes].sort());
});
