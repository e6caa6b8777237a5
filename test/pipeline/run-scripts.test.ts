/** `%run`: an import where that is the same, else the text in its place, else refused with the place. */
import { expect, test } from "vitest";
import { loadNotebook, loadNotebooks } from "../../src/app/load-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

interface Story {
  readonly name: string;
  readonly cells: readonly string[];
  /** `undefined`: there is no such file. */
  readonly script: string | undefined;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Python of the first cell with what is carried, the text that stands in its place, or the error: its place and a word of its message. */
  readonly is:
    | string
    | { readonly text: string; readonly carries?: true }
    | { readonly at: string; readonly code?: string; readonly why: RegExp };
}

const TIDY = "def tidy(frame):\n    return frame.dropna()\n";

const STORIES: readonly Story[] = [
  {
    name: "functions, constants and imports",
    cells: ["%run helpers.py\nprint(tidy)"],
    script: `"""Shared."""\nfrom __future__ import annotations\nimport pandas as pd\nfrom math import (\n    pi,\n    e,\n)\nLIMIT = 3\n${TIDY}`,
    is: "import pandas as pd; from math import ( pi, e, ); from helpers import LIMIT, tidy\nprint(tidy)",
  },
  {
    name: "names that the notebook binds again",
    cells: ["%run helpers.py\nLIMIT = 5"],
    script: "LIMIT = 3\ndef limit():\n    return LIMIT\n",
    is: "from helpers import LIMIT, limit\nLIMIT = 5",
  },
  {
    name: "the same script twice",
    cells: ["%run helpers.py\n%run helpers.py"],
    script: TIDY,
    is: "from helpers import tidy\nfrom helpers import tidy",
  },
  {
    name: "a script without the percent sign",
    cells: ["run helpers.py"],
    script: TIDY,
    is: "from helpers import tidy",
  },
  {
    name: "no missing file",
    cells: ["x = 1\n%run helpers.py"],
    script: undefined,
    is: { at: "notebooks/story.ipynb 1:2", why: /no such file/ },
  },
  {
    name: "no loop",
    cells: ["for i in range(2):\n    %run helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:2", why: /block/ },
  },
  {
    name: "no block behind another magic",
    cells: ["if True:\n    %time %run helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:2", why: /block/ },
  },
  {
    name: "no function",
    cells: ["def f():\n    %run helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:2", code: "magic-unsupported", why: /inside a function/ },
  },
  {
    name: "no other folder after chdir",
    cells: ["%run helpers.py", "import os\nos.chdir('data')"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 2:2", why: /folder/ },
  },
  {
    name: "no file that the notebook writes",
    cells: ["%run helpers.py", "open('helpers.py', 'w')"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 2:1", why: /may be changed/ },
  },
  {
    name: "no file outside the project",
    cells: ["%run ../../helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", why: /outside the project/ },
  },
  {
    name: "no file in somebody's home",
    cells: ["%run ~/helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", why: /outside the project/ },
  },
  {
    name: "no file that a variable names",
    cells: ["%run {name}.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", code: "magic-unsupported", why: /braces/ },
  },
  {
    name: "no debugger",
    cells: ["%run -d helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", code: "magic-unsupported", why: /waits for a person/ },
  },
  {
    name: "no profiler",
    cells: ["%run -p helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", code: "magic-unsupported", why: /profiler/ },
  },
  {
    name: "no script several times",
    cells: ["%run -t -N5 helpers.py"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", code: "magic-unsupported", why: /several times/ },
  },
  {
    name: "no notebooks in a circle",
    cells: ["%run other.ipynb"],
    script: undefined,
    files: {
      "notebooks/other.ipynb": notebookText(["x = 1", "y = 2\n%run third.ipynb"]),
      "notebooks/third.ipynb": notebookText(["%run other.ipynb"]),
    },
    is: {
      at: "notebooks/third.ipynb 1:1",
      why: /notebooks\/other.ipynb runs notebooks\/third.ipynb runs notebooks\/other.ipynb$/,
    },
  },
  {
    name: "no two modules of one name",
    cells: ["import tools\n%run parts/prepare.py"],
    script: undefined,
    files: {
      "notebooks/tools.py": "A = 1\n",
      "notebooks/parts/tools.py": "A = 2\n",
      "notebooks/parts/prepare.py": "import tools\nx = [tools.A]\n",
    },
    is: { at: "notebooks/tools.py undefined:undefined", why: /modules of one name/ },
  },
  {
    name: "no script in another encoding",
    cells: ["%run prepare.py"],
    script: undefined,
    files: { "notebooks/prepare.py": Uint8Array.of(0x78, 0x3d, 0x31, 0x0a, 0x23, 0xe9) },
    is: { at: "notebooks/prepare.py undefined:2", code: "local-module-not-utf8", why: /UTF-8/ },
  },
  ...(
    [
      ["a statement that computes", "import pandas as pd\nraw = pd.read_csv('a.csv')\n"],
      ["a list that could change", "COLUMNS = ['a']\n"],
      ["what else runs as __main__", `${TIDY}if __name__ != "__main__":\n    tidy(1)\n`],
      ["a class", "class A:\n    pass\n"],
      ["a decorator", "@cache\ndef f():\n    return 1\n"],
      ["a default that is computed", "def f(x=g()):\n    return x\n"],
      ["a default that can change", "def f(x=[]):\n    return x\n"],
      ["a global statement", "n = 1\ndef f():\n    global n\n    n = 2\n"],
      ["a name bound twice", "a = 1\na = 2\n"],
    ] as const
  ).map(
    ([name, script]): Story => ({
      name: `not as an import but by its text: ${name}`,
      cells: ["%run helpers.py"],
      script,
      is: { text: script },
    }),
  ),
  {
    name: "not as an import but by its text: what the notebook imports too",
    cells: ["%run helpers.py", "import helpers"],
    script: TIDY,
    is: { text: TIDY, carries: true },
  },
  {
    name: "not as an import but by its text: what a notebook that is run imports too",
    cells: ["%run helpers.py", "%run other.ipynb"],
    script: TIDY,
    files: { "notebooks/other.ipynb": notebookText(["import helpers"]) },
    is: { text: TIDY, carries: true },
  },
  {
    name: "not as an import but by its text: what another script imports too",
    cells: ["%run helpers.py", "%run prepare.py"],
    script: TIDY,
    files: { "notebooks/prepare.py": "import helpers\nx = [1]\n" },
    is: { text: TIDY, carries: true },
  },
  {
    name: "no file that another script is told of",
    cells: ["%run helpers.py", "%run prepare.py helpers.py"],
    script: TIDY,
    files: { "notebooks/prepare.py": "import sys\nx = [sys.argv[1]]\n" },
    is: { at: "notebooks/prepare.py undefined:2", why: /may be changed/ },
  },
  {
    name: "not as an import but by its text: a folder of the same name",
    cells: ["%run helpers.py"],
    script: TIDY,
    files: { "notebooks/helpers/__init__.py": "" },
    is: { text: TIDY },
  },
  {
    name: "not as an import but by its text: a name of a standard module",
    cells: ["%run random.py"],
    script: undefined,
    files: { "notebooks/random.py": TIDY },
    is: { text: TIDY },
  },
  ...(
    [
      ["its own place", "def f():\n    return __file__\n", 2, /__file__/],
      ["a star import", "from somewhere import *\n", 1, /not known/],
      ["processes", "import multiprocessing\nx = [1]\n", 1, /starts processes/],
      ["its module by name", "import sys\nx = sys.modules[__name__]\n", 2, /reaches names by text/],
      ["a changed sys.argv", "import sys\nsys.argv.append('a')\n", 2, /changes sys.argv/],
      ["an assigned sys.argv", "import sys\nsys.argv[1] = 'a'\n", 2, /changes sys.argv/],
      ["argv from sys", "from sys import argv\n", 1, /takes argv out of sys/],
      ["argv in a text", 'import sys\nx = f"{sys.argv[0]}"\n', 2, /inside an f-string/],
      ["argv handed on", "import sys\nx = sys.argv\ny = sys.argv[0]\n", 2, /as a whole/],
      ["a command line library", "import click\nx = [1]\n", 1, /command line/],
      ["its name in a function", "x = [1]\ndef f():\n    return __name__\n", 3, /takes away/],
    ] as const
  ).map(
    ([name, script, line, why]): Story => ({
      name: `no script with ${name}`,
      cells: ["%run helpers.py"],
      script,
      is: { at: `notebooks/helpers.py undefined:${String(line)}`, why },
    }),
  ),
  {
    name: "no script that changes its name with -n",
    cells: ["%run -n helpers.py"],
    script: "x = [__name__]\n",
    is: { at: "notebooks/helpers.py undefined:1", why: /-n changes __name__/ },
  },
];

test.each(STORIES)("follows $name", async ({ cells, script, files, is }) => {
  const ports = {
    parser: await pythonParser(),
    files: memoryFiles({
      "notebooks/story.ipynb": notebookText(cells),
      ...(script === undefined ? {} : { "notebooks/helpers.py": script }),
      ...files,
    }),
  };
  const outcome = await loadNotebook("notebooks/story.ipynb", ports, {
    pipeline: "story",
    environment: {},
  }).then(
    ({ program }) => ({
      python: program.cells[0]?.python,
      carries: program.modules.map(({ path, text }) => `${path}: ${text}`),
    }),
    (error: unknown) => {
      if (!(error instanceof MlopsError)) throw error;
      const { path, cell, line } = error.where ?? { path: "" };
      return {
        code: error.code,
        at: `${path} ${String(cell)}:${String(line)}`,
        unexpected:
          typeof is !== "string" && "why" in is && is.why.test(error.message)
            ? undefined
            : error.message,
      };
    },
  );
  expect(outcome).toEqual(expectedOf(is, [`helpers.py: ${script ?? ""}`]));
});

test("follows by its text what a notebook beside it imports", async () => {
  const ports = {
    parser: await pythonParser(),
    files: memoryFiles({
      "notebooks/story.ipynb": notebookText(["%run helpers.py"]),
      "notebooks/other.ipynb": notebookText(["import helpers"]),
      "notebooks/helpers.py": TIDY,
    }),
  };
  const surroundings = { pipeline: "story", environment: {} };
  const { program } = await loadNotebooks(
    ["notebooks/story.ipynb", "notebooks/other.ipynb"],
    ports,
    surroundings,
  );
  expect(program.cells.map(({ python }) => python)).toEqual([TIDY, "import helpers"]);
});

function expectedOf(is: Story["is"], helpers: readonly string[]): unknown {
  if (typeof is === "string") return { python: is, carries: helpers };
  if ("text" in is) return { python: is.text, carries: is.carries === true ? helpers : [] };
  return { code: is.code ?? "run-not-followed", at: is.at };
}
