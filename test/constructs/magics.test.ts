/** Family 21: magics, shell lines, and what only looks like them. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("magics and shell lines", [
  {
    name: "a timed cell defines its names",
    cells: ["%%time\na = [1, 2]", "%time b = sum(a)", keep("(a, b)")],
    steps: 3,
  },
  {
    name: "a percent sign at the start of a continued line is Python",
    cells: ["a = 17\nb = (a\n% 5)", "c = b \\\n% 2", keep("(a, b, c)")],
    steps: 3,
  },
  {
    name: "magics inside strings are text",
    cells: [
      "a = '''\n%matplotlib inline\n!ls\n'''",
      "b = a.count('%') + len('?x')",
      keep("(a, b)"),
    ],
    steps: 2,
  },
  {
    name: "settings of the notebook's display are dropped",
    cells: [
      "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n%autoreload 2\na = 1",
      "b = a + 1\n?b",
      keep("(a, b)"),
    ],
    steps: 2,
  },
  {
    name: "what a cell prints may be captured and left alone",
    cells: ["%%capture\nprint('noise')\na = 2", "b = a * 2", keep("(a, b)")],
    steps: 2,
  },
  {
    name: "a folder that the shell makes is there for what is written into it",
    cells: [
      "!mkdir -p out/deep\na = 5",
      "with open('out/deep/a.txt', 'w') as file:\n    file.write(str(a))",
      "b = open('out/deep/a.txt').read()",
      keep("b"),
    ],
    steps: 3,
  },
  {
    name: "files that shell lines copy, move and remove",
    cells: [
      "open('a.txt', 'w').write('one')\n!cp a.txt b.txt\n!mkdir out",
      "!mv b.txt out/c.txt\nfirst = open('out/c.txt').read()",
      "!rm -f a.txt\nimport os\nleft = sorted(os.listdir('out')) + [str(os.path.exists('a.txt'))]",
      keep("(first, left)"),
    ],
    plain: [
      "open('a.txt', 'w').write('one')\nimport os, shutil\nshutil.copy('a.txt', 'b.txt')\nos.mkdir('out')",
      "shutil.move('b.txt', 'out/c.txt')\nfirst = open('out/c.txt').read()",
      "os.remove('a.txt')\nleft = sorted(os.listdir('out')) + [str(os.path.exists('a.txt'))]",
      keep("(first, left)"),
    ],
    steps: 2,
  },
  {
    name: "a text that a cell writes to a file",
    cells: [
      "rate = 2",
      '%%writefile notes.txt\nof "quotes" and \\n and """more"""\n% and !ls',
      "notes = open('notes.txt').read()",
      keep("(notes, rate)"),
    ],
    plain: [
      "rate = 2",
      'open(\'notes.txt\', \'w\').write(\'of "quotes" and \\\\n and """more"""\\n% and !ls\\n\')',
      "notes = open('notes.txt').read()",
      keep("(notes, rate)"),
    ],
    steps: 2,
  },
  {
    name: "a module that a cell writes, and another one imports",
    cells: [
      "a = [1, 2]",
      "%%writefile doubling.py\ndef doubled(values):\n    return [2 * value for value in values]",
      "from doubling import doubled\nb = doubled(a)",
      keep("(a, b)"),
    ],
    files: { "doubling.py": "def doubled(values):\n    return 'of an earlier run'\n" },
    plain: [
      "a = [1, 2]",
      "open('doubling.py', 'w').write('def doubled(values):\\n    return [2 * value for value in values]\\n')",
      "from doubling import doubled\nb = doubled(a)",
      keep("(a, b)"),
    ],
    steps: 2,
  },
  {
    name: "a module that two cells write",
    cells: [
      "%%writefile doubling.py\nfactor = 2",
      "import doubling\na = doubling.factor",
      "%%writefile doubling.py\nfactor = 3",
      keep("a"),
    ],
    refused: { code: "written-module", cell: 1 },
  },
  {
    name: "timing changes nothing",
    cells: [
      "a = [3, 1, 2]",
      "%timeit sorted(a)\nb = sum(a)",
      "%timeit -n 2 b + len(a)",
      keep("(a, b)"),
    ],
    plain: ["a = [3, 1, 2]", "b = sum(a)", "pass", keep("(a, b)")],
    steps: 2,
  },
  {
    name: "timing of what changes something",
    cells: ["a = [3, 1, 2]", "%timeit -n 2 -r 1 a.append(1)", keep("a")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
  {
    name: "timing of what draws at random",
    cells: ["import numpy as np", "%timeit np.random.rand(3)", keep("np.random.rand()")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
  {
    name: "a file that is fetched, and is there",
    cells: [
      "!wget -q https://example.org/data.csv",
      "rows = open('data.csv').read().split()",
      "total = sum(int(row) for row in rows)",
      keep("total"),
    ],
    plain: [
      "pass",
      "rows = open('data.csv').read().split()",
      "total = sum(int(row) for row in rows)",
      keep("total"),
    ],
    files: { "data.csv": "1\n2\n" },
    steps: 2,
  },
  {
    name: "a file that is fetched, and is not there",
    cells: ["a = 1", "!wget -q https://example.org/data.csv", keep("open('data.csv').read()")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
  {
    name: "a folder that is worked in from some cell on",
    cells: ["a = 1", "%cd data", "b = int(open('b.txt').read()) + a", keep("b")],
    plain: ["a = 1", "import os; os.chdir('data')", "b = int(open('b.txt').read()) + a", keep("b")],
    files: { "data/b.txt": "4" },
  },
  {
    name: "captured text that nothing reads, and that something reads",
    cells: ["%%capture noise\na = 1\nprint(a)", "b = a + 1", keep("b")],
    plain: ["a = 1\nprint(a)", "b = a + 1", keep("b")],
    steps: 2,
  },
  {
    name: "captured text that something reads",
    cells: ["%%capture noise\nprint(1)", keep("noise.stdout")],
    refused: { code: "magic-unsupported", cell: 1 },
  },
  {
    name: "lines that a program prints, whose program nobody knows",
    cells: ["a = 1", "files = !some-tool --list", keep("(a, files)")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
  {
    name: "a cell of another language",
    cells: ["a = 1", "%%bash\nmake all", keep("a")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
]);
