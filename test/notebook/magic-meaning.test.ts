import { expect, test } from "vitest";
import { neutralizeMagics } from "../../src/notebook/magics.ts";
import { checkMagics, type MagicCase } from "./check-magics.ts";

const cases: readonly MagicCase[] = [
  // What installs.
  {
    name: "reads pip",
    cell: "%pip install -q pandas==2.2 'numpy>=2'",
    python: "",
    means: [["pandas==2.2", "numpy>=2"]],
  },
  {
    name: "reads pip in the shell",
    cell: "!pip3 install -U scikit-learn > /dev/null 2>&1",
    python: "",
    means: [["scikit-learn"]],
  },
  {
    name: "reads pip of this interpreter",
    cell: "!{sys.executable} -m pip install --user joblib",
    python: "",
    means: [["joblib"]],
  },
  {
    name: "reads files and addresses",
    cell: "%pip install -r requirements.txt git+https://example.org/a.git",
    python: "",
    means: [["-r requirements.txt", "git+https://example.org/a.git"]],
  },
  {
    name: "reads several commands",
    cell: "!pip install a && pip install b | tail -1; ls",
    python: "",
    means: [["a", "b"]],
  },
  {
    name: "reads conda",
    cell: "%conda install -y -c conda-forge lightgbm=4.1 xgboost",
    python: "",
    means: [["lightgbm==4.1.*", "xgboost"]],
  },
  {
    name: "reads uv",
    cell: "!uv pip install --python 3.11 polars",
    python: "",
    means: [["polars"]],
  },
  {
    name: "reads a shell cell that only installs",
    cell: "%%bash\n# once\npip install a\nls\n",
    python: "\n\n\n\n",
    means: [["a"]],
  },
  {
    name: "reads pip without a percent sign",
    cell: "pip install pandas\n",
    python: "\n",
    means: [["pandas"]],
  },
  { name: "lists packages", cell: "!pip list | grep pandas", python: "", means: ["drop"] },
  {
    name: "refuses a version limit that the shell redirects",
    cell: "!pip install pandas>=2",
    python: "",
    means: ["refuse"],
  },
  {
    name: "refuses a package known only when running",
    cell: "%pip install {package}",
    python: "",
    means: ["refuse"],
  },
  {
    name: "refuses an address with a password",
    cell: "%pip install --index-url https://me:pw@example.org/simple a",
    python: "",
    means: ["refuse"],
  },
  {
    name: "refuses a place of its own",
    cell: "%pip install --target lib a",
    python: "",
    means: ["refuse"],
  },
  { name: "removes no package", cell: "!pip uninstall -y a", python: "", means: ["left-out"] },
  {
    name: "refuses to remove from conda's environment",
    cell: "!conda remove a",
    python: "",
    means: ["refuse"],
  },
  {
    name: "reads a version of TensorFlow",
    cell: "%tensorflow_version 2.x",
    python: "",
    means: [["tensorflow==2.*"]],
  },
  {
    name: "reads pip with its own options first",
    cell: "!pip -q install a",
    python: "",
    means: [["a"]],
  },
  // What could change a value.
  { name: "follows a file beside the notebook", cell: "%run train.py", python: "", means: ["run"] },
  { name: "runs in the notebook's variables", cell: "%run -i a.py", python: "", means: ["run"] },
  { name: "runs with arguments", cell: "%run a.py 3", python: "", means: ["run"] },
  { name: "runs what is elsewhere", cell: "%run ../a.py", python: "", means: ["run"] },
  { name: "runs another notebook", cell: "%run a.ipynb", python: "", means: ["run"] },
  {
    name: "refuses to run what a variable names",
    cell: "%run $path",
    python: "",
    means: ["refuse"],
  },
  {
    name: "changes the folder",
    cell: "%cd data",
    python: 'import os; os.chdir("data")',
    means: ["python"],
  },
  {
    name: "changes the folder without a percent sign",
    cell: "cd ..",
    python: 'import os; os.chdir("..")',
    means: ["python"],
  },
  {
    name: "refuses to change to a folder that the session knows",
    cell: "%cd -\n%cd\n%cd ~/data\n%cd $data",
    python: "\n\n\n",
    means: ["refuse", "refuse", "refuse", "refuse"],
  },
  {
    name: "keeps for another session, and brings nothing from it",
    cell: "%store a b\n%store\n%store -r a\n%store a > a.txt",
    python: "\n\n\n",
    means: ["left-out", "left-out", "refuse", "refuse"],
  },
  {
    name: "refuses a shell value",
    cell: "files = !ls\nn = len(files)",
    python: "files = ...\nn = len(files)",
    means: ["refuse"],
  },
  { name: "refuses a magic's value", cell: "here = %pwd", python: "here = ...", means: ["refuse"] },
  {
    name: "refuses a timed statement as value",
    cell: "x = %time y = f()",
    python: "x = ...",
    means: ["refuse"],
  },
  {
    name: "writes a file that ends in a line break, whatever stands in it",
    cell: '%%writefile a.py\nx = "\\n"\ny = """%time"""',
    python:
      'open("a.py", "w", encoding="utf-8").write("""\\\nx = "\\\\n"\ny = \\"\\"\\"%time\\"\\"\\"\\n""");',
    means: ["write-file"],
  },
  {
    name: "writes more to a file",
    cell: "%%writefile -a notes.txt\n!ls\n",
    python: 'open("notes.txt", "a", encoding="utf-8").write("""\\\n!ls\n""");',
    means: ["write-file"],
  },
  {
    name: "refuses to write a file that a variable names, or nothing",
    cell: "%%writefile {path}\nx = 1",
    python: "\n",
    means: ["refuse"],
  },
  { name: "refuses another language", cell: "%%R\nx <- 1", python: "\n", means: ["refuse"] },
  { name: "refuses a database", cell: "%%sql\nselect 1", python: "\n", means: ["refuse"] },
  {
    name: "brings what pylab brings",
    cell: "%pylab inline",
    python:
      "import numpy, matplotlib; from matplotlib import pylab, mlab, pyplot; np = numpy; plt = pyplot; from matplotlib.pylab import *; from numpy import *; from IPython.core.pylabtools import figsize, getfigs",
    means: ["python"],
  },
  { name: "refuses to delete variables", cell: "%reset -f", python: "", means: ["refuse"] },
  {
    name: "refuses what it does not know",
    cell: "%frobnicate x\n%%frob",
    python: "\n",
    means: ["refuse", "refuse"],
  },
  { name: "refuses an unknown cell", cell: "%%frobnicate\nx = 1", python: "\n", means: ["refuse"] },
  {
    name: "runs a cell whose text is captured",
    cell: "%%capture out\nprint(1)",
    python: "\nprint(1)",
    means: ["python"],
  },
  { name: "refuses a secret", cell: "%env API_TOKEN=abc", python: "", means: ["refuse"] },
  {
    name: "refuses an unknown extension",
    cell: "%load_ext cudf.pandas",
    python: "",
    means: ["refuse"],
  },
  { name: "refuses redirection to a file", cell: "!ls > files.txt", python: "", means: ["refuse"] },
  {
    name: "refuses substitution",
    cell: "!echo $(rm a)\n!echo `rm a`\n!ls {f()}",
    python: "\n\n",
    means: ["refuse", "refuse", "refuse"],
  },
  {
    name: "refuses a timed statement in a function",
    cell: "def f():\n    %time x = 1\n    return x",
    python: "def f():\n    pass\n    return x",
    means: ["refuse"],
  },
  {
    name: "refuses a timed call that goes on below",
    cell: "%time f(1,\n2)",
    python: "\n2)",
    means: ["refuse"],
  },
  // Timing in a loop.
  {
    name: "drops timing that surely changes nothing",
    cell: "%timeit a @ b + 1",
    python: "",
    means: ["drop"],
  },
  {
    name: "leaves what is timed to the analysis",
    cell: "%timeit -n 10 -r3 values.append(1)\n%lprun -f f f(1)\n%memit f(2)",
    python: "values.append(1)\nf(1)\nf(2)",
    means: ["timing", "timing", "timing"],
  },
  {
    name: "leaves a timed cell and what is set up for it to the analysis",
    cell: "%%timeit x = [1]\ny = f(x)",
    python: "x = [1]\ny = f(x)",
    means: ["timing"],
  },
  {
    name: "refuses timing that it does not understand",
    cell: "%timeit --unknown f()\n%timeit f(\n%memit f({x})",
    python: "\n\n",
    means: ["refuse", "refuse", "refuse"],
  },
  {
    name: "refuses timing in a function",
    cell: "def f():\n    %timeit g()\n",
    python: "def f():\n    pass\n",
    means: ["refuse"],
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
  checkMagics(each);
});

test("every refusal says why and what to do", () => {
  for (const { cell } of cases) {
    for (const { meaning } of neutralizeMagics(cell).magics) {
      if (meaning.kind !== "refuse") continue;
      expect(meaning.reason.length).toBeGreaterThan(10);
      expect(meaning.hint.length).toBeGreaterThan(10);
    }
  }
});
