/** A slice is a script: run alone in the notebook's folder it gives the values that the whole notebook gives. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { notebookText } from "../../support/notebooks.ts";
import { pythonForTests } from "../../support/python-environment.ts";
import { sliceOf } from "../../support/slice-of.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

let python: string;
beforeAll(async () => {
  python = await pythonForTests();
});

interface Case {
  readonly name: string;
  readonly cells: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** The name, or the cell after which it is looked at. */
  readonly slice: string;
  /** A Python expression of the value. */
  readonly value: string;
  /** Texts that no slice of it needs. */
  readonly without?: readonly string[];
  /** What the notebook gives; the same as the script where nothing is said. */
  readonly gives: string;
}

const CASES: readonly Case[] = [
  {
    name: "imports are there, those that nothing needs are not",
    cells: ["import math\nimport json", "x = math.sqrt(16)", "y = json.dumps(x)"],
    slice: "x",
    value: "x",
    without: ["json"],
    gives: "4.0",
  },
  {
    name: "a change under another name is there",
    cells: ["a = [1]\nb = a", "b.append(2)", "c = [3]"],
    slice: "a",
    value: "a",
    without: ["c = "],
    gives: "[1, 2]",
  },
  {
    name: "draws come after the same seed and the same draws",
    cells: ["import random\nrandom.seed(5)", "first = random.random()", "second = random.random()"],
    slice: "second",
    value: "round(second, 6)",
    gives: "0.741787",
  },
  {
    name: "a cell comes with all that it needs",
    cells: ["n = 2\nm = 3", "def times(x):\n    return x * n", "n = 5", "y = times(4)\nz = y + 1"],
    slice: "4",
    value: "(y, z)",
    without: ["m = 3", "n = 2"],
    gives: "(20, 21)",
  },
  {
    name: "magics are the Python that they stand for, or are not there",
    cells: ["%matplotlib inline\n!pip install nothing", "%time x = 3", "%%time\ny = x * 2"],
    slice: "y",
    value: "y",
    without: ["%", "!", "pip"],
    gives: "6",
  },
  {
    name: "a file is read after it is written",
    cells: [
      "from pathlib import Path",
      "open('a.txt', 'w').write('one')",
      "before = Path('a.txt').read_text()\nopen('a.txt', 'w').write('two')",
      "after = open('a.txt').read()",
    ],
    slice: "after",
    value: "after",
    gives: "'two'",
  },
  {
    name: "paths mean what they mean in the notebook",
    cells: ["import os", "os.chdir('data')", "text = open('a.txt').read()", "other = 1"],
    files: { "data/a.txt": "inside" },
    slice: "text",
    value: "text",
    without: ["other"],
    gives: "'inside'",
  },
  {
    name: "modules are found where the notebook finds them",
    cells: ["import sys\nsys.path.append('lib')", "from tools import double", "x = double(4)"],
    files: { "lib/tools.py": "def double(x):\n    return 2 * x\n" },
    slice: "x",
    value: "x",
    gives: "8",
  },
  {
    name: "settings that code looks at without a sign are there",
    cells: [
      "import decimal",
      "decimal.getcontext().prec = 3",
      "x = decimal.Decimal(1) / decimal.Decimal(7)",
    ],
    slice: "x",
    value: "str(x)",
    gives: "'0.143'",
  },
  {
    name: "what only later statements need of the future comes first",
    cells: [
      "a = 1",
      "from __future__ import annotations",
      "def f(x: Missing = 2):\n    return x + a\ny = f()",
    ],
    slice: "y",
    value: "y",
    gives: "3",
  },
  {
    name: "statements that share a line are taken apart",
    cells: ["a = 1; b = 2; c = a + 1"],
    slice: "c",
    value: "c",
    without: ["b = 2"],
    gives: "2",
  },
  {
    name: "common indentation goes",
    cells: ["    a = 1\n    if a:\n        a = 2"],
    slice: "a",
    value: "a",
    gives: "2",
  },
];

const ENVIRONMENT = { PATH: process.env["PATH"], MPLBACKEND: "Agg", PYTHONHASHSEED: "0" };

/** What Python prints at the end, run in the project. */
async function printed(project: TempProject, script: string): Promise<string> {
  await project.write("slice_to_run.py", script);
  const { stdout } = await promisify(execFile)(python, ["slice_to_run.py"], {
    cwd: project.path("."),
    env: ENVIRONMENT,
  });
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

test.each(CASES)("$name", async ({ cells, files, slice, value, without, gives }) => {
  await using project = await tempProject({ "story.ipynb": notebookText(cells), ...files });
  const script = await sliceOf(project, "story.ipynb", slice);
  for (const text of without ?? []) expect(script).not.toContain(text);
  expect(await printed(project, `${script}\nprint(repr(${value}))\n`)).toBe(gives);
});
