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
  { name: "refuses to uninstall", cell: "!pip uninstall -y a", python: "", means: ["refuse"] },
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
  { name: "refuses to change the folder", cell: "%cd data", python: "", means: ["refuse"] },
  {
    name: "refuses to change the folder without a percent sign",
    cell: "cd ..",
    python: "",
    means: ["refuse"],
  },
  {
    name: "refuses to fetch",
    cell: "!wget https://example.org/a.csv",
    python: "",
    means: ["refuse"],
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
    name: "refuses to write a file",
    cell: "%%writefile a.py\nx = 1\n",
    python: "\n\n",
    means: ["refuse"],
  },
  { name: "refuses another language", cell: "%%R\nx <- 1", python: "\n", means: ["refuse"] },
  { name: "refuses a database", cell: "%%sql\nselect 1", python: "\n", means: ["refuse"] },
  { name: "refuses pylab", cell: "%pylab inline", python: "", means: ["refuse"] },
  { name: "refuses to delete variables", cell: "%reset -f", python: "", means: ["refuse"] },
  {
    name: "refuses what it does not know",
    cell: "%frobnicate x\n%%frob",
    python: "\n",
    means: ["refuse", "refuse"],
  },
  { name: "refuses an unknown cell", cell: "%%frobnicate\nx = 1", python: "\n", means: ["refuse"] },
  {
    name: "refuses a variable of captured text",
    cell: "%%capture out\nprint(1)",
    python: "\n",
    means: ["refuse"],
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
    name: "refuses timing of a call",
    cell: "%timeit -n 10 values.append(1)",
    python: "",
    means: ["refuse"],
  },
  {
    name: "refuses timing that may consume",
    cell: "%timeit [*rows]",
    python: "",
    means: ["refuse"],
  },
  { name: "refuses timing of a cell", cell: "%%timeit\nx = f()", python: "\n", means: ["refuse"] },
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
