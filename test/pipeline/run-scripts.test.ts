/** `%run` of a script beside the notebook: followed where importing it is the same, else refused with the place. */
import { expect, test } from "vitest";
import { loadNotebook } from "../../src/app/load-notebook.ts";
import { MlopsError } from "../../src/base/errors.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

interface Story {
  readonly name: string;
  readonly cells: readonly string[];
  /** `undefined`: there is no such file. */
  readonly script: string | undefined;
  readonly files?: Readonly<Record<string, string>>;
  /** Python of the first cell, or the error: its place and a word of its message. */
  readonly is: string | { readonly at: string; readonly why: RegExp };
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
    name: "no other folder after chdir",
    cells: ["%run helpers.py", "import os\nos.chdir('data')"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", why: /folder/ },
  },
  {
    name: "no second copy by import",
    cells: ["%run helpers.py", "import helpers"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", why: /imports the same file/ },
  },
  {
    name: "no file that the notebook writes",
    cells: ["%run helpers.py", "open('helpers.py', 'w')"],
    script: TIDY,
    is: { at: "notebooks/story.ipynb 1:1", why: /may change it/ },
  },
  {
    name: "no folder of the same name",
    cells: ["%run helpers.py"],
    script: TIDY,
    files: { "notebooks/helpers/__init__.py": "" },
    is: { at: "notebooks/story.ipynb 1:1", why: /folder/ },
  },
  {
    name: "no name of a standard module",
    cells: ["%run random.py"],
    script: undefined,
    files: { "notebooks/random.py": TIDY },
    is: { at: "notebooks/story.ipynb 1:1", why: /module random/ },
  },
  ...(
    [
      [
        "a statement that computes",
        "import pandas as pd\nraw = pd.read_csv('a.csv')\n",
        2,
        /does more/,
      ],
      ["a list that could change", "COLUMNS = ['a']\n", 1, /does more/],
      ["a script that raises", "raise ValueError('no')\n", 1, /does more/],
      ["a main guard", `${TIDY}if __name__ == "__main__":\n    tidy(1)\n`, 3, /__name__/],
      ["its own place", "def f():\n    return __file__\n", 2, /__file__/],
      ["arguments", "import sys\ndef f():\n    return sys.argv\n", 3, /argv/],
      ["a class", "class A:\n    pass\n", 1, /class A/],
      ["a decorator", "@cache\ndef f():\n    return 1\n", 1, /decorator/],
      ["a default that is computed", "def f(x=g()):\n    return x\n", 1, /head of f/],
      ["a default that can change", "def f(x=[]):\n    return x\n", 1, /head of f/],
      ["a global statement", "n = 1\ndef f():\n    global n\n    n = 2\n", 2, /changes a variable/],
      ["a star import", "from math import *\n", 1, /text/],
      ["a name bound twice", "a = 1\na = 2\n", 2, /twice/],
    ] as const
  ).map(
    ([name, script, line, why]): Story => ({
      name: `no script with ${name}`,
      cells: ["%run helpers.py"],
      script,
      is: { at: `notebooks/helpers.py undefined:${String(line)}`, why },
    }),
  ),
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
          typeof is !== "string" && is.why.test(error.message) ? undefined : error.message,
      };
    },
  );
  expect(outcome).toEqual(
    typeof is === "string"
      ? { python: is, carries: [`helpers.py: ${script ?? ""}`] }
      : { code: "run-not-followed", at: is.at },
  );
});
