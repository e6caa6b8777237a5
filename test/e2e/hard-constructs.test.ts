/**
 * Never silently wrong: constructs that most tools get wrong, promoted for real, mostly with the finest cut.
 * A case is right when the pipeline is verified and leaves the files that the plain program leaves, or is refused with the place.
 */
import { beforeAll, expect, test } from "vitest";
import { type PromotedCells, promoteCells } from "../support/promote-cells.ts";
import { pythonForTests } from "../support/python-environment.ts";

let python: string;
beforeAll(async () => {
  python = await pythonForTests();
});

/** Writes what the case is about, so that a plain program can be compared with. */
const keep = (expression: string): string => `open("out.txt", "w").write(repr(${expression}))`;

interface Case {
  readonly name: string;
  readonly cells: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly cut?: "role" | "cell";
  /** Part of the reason why steps were joined. */
  readonly merged?: RegExp;
  /** Steps at least: a case about crossing must not pass by being one step. */
  readonly steps?: number;
}

async function checkPromotion({
  cells,
  files,
  cut = "cell",
  merged,
  steps = 1,
}: Case): Promise<PromotedCells> {
  const promoted = await promoteCells({
    cells,
    cut,
    python,
    ...(files === undefined ? {} : { files }),
  });
  expect(promoted.refused).toBeUndefined();
  expect(promoted.broken).toBe("");
  expect(promoted.differences).toEqual([]);
  expect(promoted.result?.certificate?.verdict).toBe("verified");
  expect(promoted.ran).toEqual(promoted.plain);
  expect(promoted.result?.plan.steps.length).toBeGreaterThanOrEqual(steps);
  const reasons = (promoted.result?.diagnostics ?? []).filter(
    ({ code }) => code === "steps-merged",
  );
  expect(reasons.map(({ message }) => message).join("\n")).toMatch(merged ?? /^/);
  return promoted;
}

test.each<Case>([
  {
    name: "aliases, containers and in-place addition cross together",
    cells: [
      "a = [1]\nb = a\nd = {'k': a}\nx = [0]\ny = x",
      "b.append(2)\nx += [5]",
      "total = sum(d['k'])",
      "a.append(total)",
      keep("(a, b, d, total, x, y)"),
    ],
    steps: 4,
  },
  {
    name: "loops, branches, deletions and rebinding keep their order",
    cells: [
      "total = 0\nn = 3\nflag = bool(0)\nx = 1; y = 2",
      "for i in range(4):\n    total += i\nwhile n:\n    n -= 1",
      "if flag:\n    x = 100\nz = x",
      "del y\ntotal = total * 2\nseen = [last := v for v in (3, 1)]",
      "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    text = str(error)",
      keep("(total, n, i, x, z, last, seen, text)"),
    ],
  },
  {
    name: "builtins that get another meaning later, and names of generated modules",
    cells: [
      "xs = [1, 5]\nm = max(xs)",
      "max = 10\nload = 1\ntrain = 2\nmetric = 3\nhelpers = [4]\napply_settings = 6",
      "sum = sum(xs)",
      "n = max + m",
      keep("(m, n, sum, load, train, metric, helpers, apply_settings)"),
    ],
    steps: 4,
  },
  {
    name: "literals that parameters cannot carry stay as they are written",
    cells: [
      "A = 1.0\nB = 1e-3\nC = -1\nD = None\nF = 123456789012345678901234567890\nG = 'a\"b\\n\\u2028 ü'\nI = 1e400\nL = -0.0",
      "r = repr((A, B, C, D, F, G, I, L)).encode()",
      keep("r"),
    ],
    steps: 3,
  },
  {
    name: "strings, comments and blank lines between and inside statements",
    cells: [
      "# above\ns = '''one\n# no comment\n    deep\n\n\n\nend'''\n\n# between\nq = f\"\"\"{s}\n  tail\"\"\"",
      "def h():\n    '''doc\n\n\n\n\n    text'''\n    return '''a\n\n\n\n\n b'''\nk = h()",
      "    t = 1\n    u = 'a' \\\n      'b'",
      keep("(s, q, k, h.__doc__, t, u)"),
    ],
    steps: 3,
  },
  {
    name: "definitions with a state of their own live in one process",
    cells: [
      "import functools\nclass Config:\n    rate = 1\n    made = 0\n    def __init__(self):\n        type(self).made += 1",
      "Config.rate = 5\ndef f(x, seen=[]):\n    seen.append(x)\n    return list(seen)\n@functools.lru_cache(maxsize=None)\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)",
      "one = Config()\na = f(1)\nc = fib(9)",
      "two = Config()\nb = f(2)\nmisses = fib.cache_info().misses",
      keep("(Config.rate, Config.made, a, b, c, misses)"),
    ],
    merged: /has state of its own/,
  },
  {
    name: "values of classes made at run time, conditional functions and registries",
    cells: [
      "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\nREGISTRY = {}\ndef register(fn):\n    REGISTRY[fn.__name__] = fn\n    return fn",
      "p = Point(1, 2)\nif len('ab') > 1:\n    def g(): return 'yes'\nelse:\n    def g(): return 'no'",
      "@register\ndef one():\n    return 1",
      "r = (p.x, g(), {name: fn() for name, fn in REGISTRY.items()}, isinstance(p, Point))",
      keep("(p, r)"),
    ],
    merged: /REGISTRY needs one, which only one process has/,
  },
  {
    name: "closures, generators, locks and open files stay with who uses them",
    cells: [
      "import threading\ndef counter(n):\n    def add(x):\n        nonlocal n\n        n += x\n        return n\n    return add\nacc = counter(10)\ng = (i * i for i in range(5))\nlock = threading.Lock()",
      "a = acc(5)\nfirst = next(g)",
      "with lock:\n    b = acc(6)\nwith open('log.txt', 'a') as f:\n    f.write('x')",
      "with open('log.txt') as f:\n    text = f.read()\nrest = list(g)",
      keep("(a, b, first, rest, text)"),
    ],
    files: { "log.txt": "0" },
    merged: /cannot be stored/,
  },
  {
    name: "settings nobody told us about, and modules of the project, hold for the steps after them",
    cells: [
      "import decimal\nimport own\nx = own.value(1)",
      "decimal.getcontext().prec = 5",
      "third = str(decimal.Decimal(1) / 3)\nown.SEEN.append(x)",
      "seen = list(own.SEEN)",
      keep("(third, seen, x)"),
    ],
    files: { "own.py": "SEEN = []\ndef value(x):\n    return x + 1\n" },
    merged: /was seen to change module own/,
  },
  {
    name: "imports behind a change of the module path, and imports that may fail",
    cells: [
      "try:\n    import surely_not_there as json\nexcept ImportError:\n    import json",
      "import sys\nsys.path.append('li' + 'b')",
      "import extra\nv = extra.V",
      "text = json.dumps({'v': v})",
      keep("text"),
    ],
    files: { "lib/extra.py": "V = 9\n" },
    merged: /module path/,
  },
  {
    name: "modules of the project that change what they are given, and whose objects are stored",
    cells: [
      "import sys\nsys.path.append('lib')\nfrom tidy.clean import Cleaner, double",
      "rows = [1, 2, 3]",
      "double(rows)",
      "cleaner = Cleaner(sum(rows))",
      keep("(rows, cleaner.total, type(cleaner).__module__)"),
    ],
    files: {
      "lib/tidy/clean.py":
        "from .names import FACTOR\n\n\nclass Cleaner:\n    def __init__(self, total):\n        self.total = total\n\n\ndef double(rows):\n    rows[:] = [row * FACTOR for row in rows]\n",
      "lib/tidy/names.py": "FACTOR = 2\n",
    },
  },
  {
    name: "annotations, the name of the main module, display and temporary files",
    cells: [
      "import tempfile\nfrom dataclasses import dataclass, fields\nsize = len('abc')\nwith tempfile.TemporaryDirectory() as place:\n    there = bool(place)",
      "@dataclass\nclass Row:\n    x: int = size",
      "types = [field.type for field in fields(Row)]\nmade = Row().x",
      "done = False\nif __name__ == '__main__':\n    done = True\ndisplay(made)\nmade += 1",
      keep("(types, made, done, there)"),
    ],
    steps: 2,
  },
  {
    name: "global generators go on from step to step",
    cells: [
      "import random\nrandom.seed(4)",
      "a = random.random()",
      "b = [random.random() for _ in range(2)]\nown = random.Random(3)",
      "c = own.random()\nd = random.choice(b)",
      keep("(a, b, c, d)"),
    ],
    steps: 4,
  },
  {
    name: "versions of a table that travel in groups, and columns changed in place",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3], 'b': [1.5, None, 2.5]})\nraw = df",
      "df['c'] = df['a'] * 2\ncol = df['b']\ncol.fillna(0, inplace=True)",
      "raw.loc[0, 'a'] = 99",
      "df = df.rename(columns={'a': 'A'})",
      "raw.to_csv('raw.csv')\ndf.to_csv('df.csv')",
      keep("(list(col), list(df['A']), raw.shape)"),
    ],
    steps: 5,
  },
  {
    name: "saved figures are drawn, each with its own cell's lines",
    cells: [
      "import matplotlib.pyplot as plt\nxs = [1, 2, 3]",
      "plt.plot(xs)\nplt.savefig('a.png')",
      "plt.plot([x * x for x in xs])\nplt.savefig('b.png')\nplt.show()",
      "fig, ax = plt.subplots()\nax.plot(xs)\nax.set_title('t')\nfig.savefig('c.png')",
    ],
    cut: "role",
  },
])("$name", async (row) => {
  await checkPromotion(row);
});

test("what only one process can tell joins the steps that it connects, after the difference was seen", async () => {
  const promoted = await checkPromotion({
    name: "identity",
    cells: [
      "t = (1, 2)\nu = t\nn = 0",
      "n = n + 1",
      "same = t is u\nn = n + same",
      "total = n * 2",
      keep("(same, total)"),
    ],
    steps: 3,
  });
  const note = (promoted.result?.diagnostics ?? []).find(
    ({ code }) => code === "steps-merged-to-verify",
  );
  expect(note?.message).toMatch(/are one step: .* differed/);
});

test("what the notebook does not repeat is left out of the comparison, with everything made of it", async () => {
  const promoted = await promoteCells({
    cut: "cell",
    python,
    cells: [
      "import time\nstarted = time.perf_counter()",
      "kept = [1, 2, 3]",
      "took = [started, sum(kept)]",
      "text = str(took)",
      "open('took.txt', 'w').write(text)",
      "open('kept.txt', 'w').write(str(kept))",
    ],
  });
  const certificate = promoted.result?.certificate;
  expect(promoted.differences).toEqual([]);
  expect(certificate?.verdict).toBe("verified-with-exclusions");
  expect(certificate?.coverage.files).toEqual({ compared: 1, total: 2 });
  expect(certificate?.excluded.map(({ name }) => name)).toContain("took.txt");
  for (const { evidence } of certificate?.excluded ?? []) expect(evidence).not.toBe("");
});

test("scores in loops, helpers and f-strings are computed and compared", async () => {
  const promoted = await checkPromotion({
    name: "scores",
    cut: "role",
    cells: [
      "import numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.tree import DecisionTreeClassifier\nfrom sklearn.metrics import accuracy_score, f1_score",
      "rng = np.random.default_rng(0)\nX = rng.random((60, 3))\ny = (X[:, 0] > 0.5).astype(int)",
      "models = {'lr': LogisticRegression(), 'tree': DecisionTreeClassifier(max_depth=2)}\nscores = {}\nfor name, model in models.items():\n    model.fit(X, y)\n    scores[name] = accuracy_score(y, model.predict(X))",
      "def report(m):\n    s = f1_score(y, m.predict(X))\n    print('f1', s)\n    return s\nreport(models['tree'])\nf1 = report(models['lr'])",
      "from sklearn.model_selection import cross_val_score\nfrom sklearn.metrics import classification_report, precision_score\nfolds = cross_val_score(models['tree'], X, y, cv=3)\ntable = classification_report(y, models['lr'].predict(X), output_dict=True)",
      "print(f\"both {f'{precision_score(y, X[:, 0] > 0.3):.2f}'}\")",
      "print(f\"final {accuracy_score(y, models['tree'].predict(X)):.3f}\")",
      keep("(scores, f1)"),
    ],
  });
  const metrics = (promoted.result?.certificate?.comparisons ?? []).filter(
    ({ kind }) => kind === "metric",
  );
  const names = metrics.map(({ name }) => name);
  for (const name of ["f1", "cross-val", "precision"]) expect(names).toContain(name);
  expect(names).toContain("classification-report.macro-avg.f1-score");
  expect(names.filter((name) => name.startsWith("accuracy")).length).toBe(2);
});

test.each<{
  readonly name: string;
  readonly cells: readonly string[];
  readonly code: string;
  readonly cell: number;
}>([
  {
    name: "a global statement past a variable of the function around",
    cells: [
      "n = 0\ndef up():\n    n = 5\n    def more():\n        global n\n        n += 1\n    more()",
      "up()",
      keep("n"),
    ],
    code: "global-write",
    cell: 1,
  },
  {
    name: "text run as code",
    cells: ["x = 0", "exec('x = ' + '1')", keep("x")],
    code: "dynamic-code",
    cell: 2,
  },
  {
    name: "the namespace as a dictionary",
    cells: ["a = 1", "d = dict(vars())", keep("d['a']")],
    code: "dynamic-code",
    cell: 2,
  },
  {
    name: "a changed library",
    cells: ["import math", "math.floor = lambda value: 5", keep("math.floor(1.5)")],
    code: "dynamic-code",
    cell: 2,
  },
])("$name is refused with its place", async ({ cells, code, cell }) => {
  const { refused } = await promoteCells({ cells, cut: "cell", python });
  expect(refused).toMatchObject({ code, cell });
});
