import fc from "fast-check";
import { expect, test } from "vitest";
import { neutralizeMagics } from "../../src/notebook/magics.ts";
import { checkMagics, type MagicCase } from "./check-magics.ts";

const cases: readonly MagicCase[] = [
  // What only matters in a notebook.
  {
    name: "drops plots inline",
    cell: "%matplotlib inline\nx = 1",
    python: "\nx = 1",
    means: ["drop"],
  },
  {
    name: "drops autoreload",
    cell: "%load_ext autoreload\n%autoreload 2",
    python: "\n",
    means: ["drop", "drop"],
  },
  {
    name: "drops display settings",
    cell: "%config InlineBackend.figure_format = 'retina'",
    python: "",
    means: ["drop"],
  },
  { name: "drops help", cell: "df.head?\nx = 1", python: "\nx = 1", means: ["drop"] },
  {
    name: "drops what only lists",
    cell: "%whos\n!ls -la data | head -5",
    python: "\n",
    means: ["drop", "drop"],
  },
  {
    name: "keeps a body in a block",
    cell: "if x:\n    %who\ny = 1",
    python: "if x:\n    pass\ny = 1",
    means: ["drop"],
  },
  {
    name: "keeps lines of a continued magic",
    cell: "%who \\\n  int\nx = 1",
    python: "\n\nx = 1",
    means: ["drop"],
  },
  {
    name: "drops a cell of markup",
    cell: "%%html\n<b>hello</b>\n",
    python: "\n\n",
    means: ["drop"],
  },
  {
    name: "refuses markup that runs Python",
    cell: "%%javascript\nIPython.notebook.kernel.execute('x = 1')",
    python: "\n",
    means: ["refuse"],
  },
  // What is plain Python without its magic.
  {
    name: "keeps a timed statement",
    cell: "%time model = fit(x)",
    python: "model = fit(x)",
    means: ["python"],
  },
  {
    name: "keeps a timed cell",
    cell: "%%time\nx = 1\n%who\n",
    python: "\nx = 1\n\n",
    means: ["python", "drop"],
  },
  {
    name: "keeps a captured cell",
    cell: "%%capture\n%%time\nx = 1",
    python: "\n\nx = 1",
    means: ["python", "python"],
  },
  {
    name: "keeps a timed value",
    cell: "x = %time f(a=1)",
    python: "x = f(a=1)",
    means: ["python"],
  },
  {
    name: "joins a continued timed statement as IPython does",
    cell: "%time x = f(1, \\\n  2)\ny = 1",
    python: "x = f(1,    2)\n\ny = 1",
    means: ["python"],
  },
  {
    name: "never runs a comment's continuation",
    cell: "%time f() # \\\ng()",
    python: "f() #  g()\n",
    means: ["python"],
  },
  {
    name: "looks into a timed statement",
    cell: "%time !ls",
    python: "",
    means: ["python", "drop"],
  },
  {
    name: "writes auto-calls out",
    cell: "/f a b\n,g a b\n;h a b",
    python: 'f(a, b)\ng("a", "b")\nh("a b")',
    means: ["python", "python", "python"],
  },
  {
    name: "sets the environment",
    cell: "%env MODE=fast run",
    python: 'import os; os.environ["MODE"] = "fast run"',
    means: ["python"],
  },
  {
    name: "makes folders",
    cell: "!mkdir -p data/raw 'my models'\n!mkdir out",
    python:
      'import os; os.makedirs("data/raw", exist_ok=True); os.makedirs("my models", exist_ok=True);\nimport os; os.makedirs("out", exist_ok=True);',
    means: ["python", "python"],
  },
  {
    name: "makes no folder whose place the shell works out",
    cell: "!mkdir $HOME/x\n!mkdir a/b\n!mkdir -m 700 a\n!ls b || mkdir a",
    python: "\n\n\n",
    means: ["refuse", "refuse", "refuse", "refuse"],
  },
  { name: "shows the environment", cell: "%env\n%env HOME", python: "\n", means: ["drop", "drop"] },
  {
    name: "imports what autoreload watches",
    cell: "%aimport a, b.c",
    python: "import a, b.c",
    means: ["python"],
  },
  { name: "profiles nothing", cell: "%prun f()", python: "f()", means: ["python"] },
  // What is Python.
  { name: "leaves modulo alone", cell: "x = (10\n% 3)", python: "x = (10\n% 3)", means: [] },
  {
    name: "leaves strings alone",
    cell: "x = '''\n%ls\n!rm a\n'''",
    python: "x = '''\n%ls\n!rm a\n'''",
    means: [],
  },
  {
    name: "leaves nested quotes of an f-string alone",
    cell: 'x = f"{a["k"]}" \\\n% 3',
    python: 'x = f"{a["k"]}" \\\n% 3',
    means: [],
  },
  {
    name: "leaves a name called like a magic alone",
    cell: "time = 3\ntime",
    python: "time = 3\ntime",
    means: [],
  },
  {
    name: "leaves an expression that starts like a magic alone",
    cell: "ls -l",
    python: "ls -l",
    means: [],
  },
  {
    name: "leaves arithmetic on a magic's name alone",
    cell: "time if a else b",
    python: "time if a else b",
    means: [],
  },
  // Prompts and indentation.
  { name: "takes prompts away", cell: ">>> x = 1\n>>> %who", python: "x = 1\n", means: ["drop"] },
  {
    name: "takes common indentation away",
    cell: "  x = 1\n  %who",
    python: "x = 1\n",
    means: ["drop"],
  },
  {
    name: "keeps Windows line ends",
    cell: "%who\r\nx = 1\r\n",
    python: "\r\nx = 1\r\n",
    means: ["drop"],
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
  checkMagics(each);
});

test("says where a construct stands in the stored source, prompts and all", () => {
  const cell = "\n  >>> x = 1\n  >>> %cd data\n";
  const [magic] = neutralizeMagics(cell).magics;
  expect(magic).toMatchObject({ line: 3, text: "cd data", form: "line-magic" });
  expect(cell.slice(magic?.span.start, magic?.span.end)).toBe("%cd data");
});

test("says where a construct stands inside a timed cell", () => {
  const cell = "%%time\nx = 1\nfiles = !ls\n";
  const magic = neutralizeMagics(cell).magics.at(-1);
  expect(magic).toMatchObject({ line: 3, text: "ls", form: "assignment" });
  expect(cell.slice(magic?.span.start, magic?.span.end)).toBe("!ls");
});

/** Statements of plain Python that come close to IPython's syntax. */
const statement = fc.constantFrom(
  "x = 1", "x = a % b", "x %= 3", "x = [\n    a\n    % b,\n]", "y = f(a,\n%b)", "x = '%s' % y", "x = '''\n%ls\n!ls\n?x\n'''",
  "x = 10 \\\n% 3", "x = \"it's\"", "x = f'{a!r:>{n}} {b[\"c\"]}'", "# 50% off?", "x = a != b", "x = a / b // c", "def f(a, b=1): return a % b",
  "def g():\n    return (1\n/ 2)", "class C:\n    x: int = 1", "if a:\n    ...\nelse:\n    y = b'\\x00'", "print(a, end='?')",
  "with open(p) as h:\n    rows = [r for r in h]", "x = r'\\d+\\''", "@decorate\ndef h(): pass", "t = a if b else c", "await run()", "x = -1; y = ~x",
  "s = {\n    'a': 1,  # (one\n}", "print('''a'''\n  '%d' % 1)", "", "lambda: (yield)", "x = 1_000.5e-3j", "pip = 1", "x = y = z",
); // biome-ignore format: one list of small statements.

test("a cell of plain Python is returned unchanged", () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 8 }),
      fc.constantFrom("", "\n", "\n\n"),
      (statements, ending) => {
        const cell = statements.join("\n") + ending;
        expect(neutralizeMagics(cell)).toEqual({ python: cell, magics: [] });
      },
    ),
  );
});

const fragment = fc.oneof(
  fc.constantFrom(
    "%ls",
    "%time f()",
    "!ls",
    "x = !ls",
    "?",
    "f?",
    "/f a",
    "%%time",
    "%%bash",
    ">>> ",
    "In [1]: ",
    "\\\n",
    "\n",
    "\n    ",
    "'",
    '"""',
    "(",
    "]",
    "#",
    "f'{",
    "}",
  ),
  fc.string({ maxLength: 5 }),
);

test("any text keeps its number of lines, and spans stay inside it", () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
      const cell = fragments.join("");
      const { python, magics } = neutralizeMagics(cell);
      expect(python.split("\n")).toHaveLength(cell.split("\n").length);
      for (const { span, line } of magics) {
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(cell.length);
        expect(cell.slice(0, span.start).split("\n")).toHaveLength(line);
      }
    }),
    { numRuns: 500 },
  );
});
