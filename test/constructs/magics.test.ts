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
    name: "lines that a program prints, whose program nobody knows",
    cells: ["a = 1", "files = !some-tool --list", keep("(a, files)")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
  {
    name: "a cell of another language",
    cells: ["a = 1", "%%bash\nrm -rf out", keep("a")],
    refused: { code: "magic-unsupported", cell: 2 },
  },
]);
