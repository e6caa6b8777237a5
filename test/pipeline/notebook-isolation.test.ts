import { expect, test } from "vitest";
import { joinNotebooks } from "../../src/notebook/notebook-parts.ts";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { findWhatPassesBetween } from "../../src/pipeline/notebook-isolation.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const PD = "import pandas as pd";
const NP = "import numpy as np";

/** `code cell:line`, cells counted on; one cell each. */
async function refusedFor(first: readonly string[], second: readonly string[]): Promise<string[]> {
  const [a, b] = [first, second].map((cells, at) => {
    const { value } = readNotebook(notebookText(cells), `${"ab"[at] ?? ""}.ipynb`);
    if (value === undefined) throw new Error("the notebook cannot be read");
    return value;
  });
  if (a === undefined || b === undefined) throw new Error("two notebooks are needed");
  const { value } = buildNotebookProgram(joinNotebooks([a, b]), await pythonParser());
  return findWhatPassesBetween(value).map(
    ({ code, where }) => `${code} ${String(where?.cell)}:${String(where?.line)}`,
  );
}

test.each<[string, string[], string[], string[]]>([
  [
    "names that each notebook sets before it reads them",
    [PD, "df = pd.read_csv('a.csv')", "df.to_csv('b.csv')"],
    [PD, "df = pd.read_csv('b.csv')", "total = df['x'].sum()\nprint(total)"],
    [],
  ],
  [
    "a function whose names are set before it is called",
    ["LIMIT = 3"],
    ["def f():\n    return LIMIT", "LIMIT = 4\nprint(f())"],
    [],
  ],
  [
    "seeds that each notebook sets first",
    [NP, "np.random.seed(1)\nx = np.random.rand(3)"],
    [NP, "np.random.seed(2)\ny = np.random.rand(3)"],
    [],
  ],
  [
    "generators that only one notebook uses",
    [NP, "x = np.ones(3)"],
    [NP, "y = np.random.rand(3)"],
    [],
  ],
])("%s are no reason to refuse", async (_, first, second, expected) => {
  expect(await refusedFor(first, second)).toEqual(expected);
});

test.each<[string, string[], string[], string[]]>([
  [
    "a builtin that an earlier notebook hides",
    ["sum = 3"],
    ["total = sum([1, 2])"],
    ["name-of-another-notebook 2:1"],
  ],
  [
    "a name that is set on some path only",
    ["x = 1"],
    ["flag = False", "if flag:\n    x = 2\nprint(x)"],
    ["name-of-another-notebook 3:3"],
  ],
  ["a name that is never set", ["x = 1"], ["print(x)"], ["name-of-another-notebook 2:1"]],
  [
    "a function that is called before its name is set",
    ["LIMIT = 3"],
    ["def f():\n    return LIMIT", "y = f()", "LIMIT = 4"],
    ["name-of-another-notebook 3:1"],
  ],
  [
    "code that may name anything",
    ["x = 1"],
    ["exec('y = ' + 'x')"],
    ["notebooks-not-separate 2:1"],
  ],
  ["a star import", ["from somewhere import *"], ["y = 1"], ["notebooks-not-separate 1:1"]],
  [
    "another working directory",
    ["import os\nos.chdir('data')"],
    ["y = 1"],
    ["notebooks-not-separate 1:2"],
  ],
  [
    "draws without a seed after draws",
    [NP, "np.random.seed(1)\nx = np.random.rand(3)"],
    [NP, "y = np.random.rand(3)"],
    ["unseeded-after-another-notebook 4:1"],
  ],
  [
    "a seed set on some path only",
    [NP, "x = np.random.rand(3)"],
    [NP, "if x is None:\n    np.random.seed(1)"],
    ["name-of-another-notebook 4:1", "unseeded-after-another-notebook 4:1"],
  ],
])("%s is refused with its place", async (_, first, second, expected) => {
  expect(await refusedFor(first, second)).toEqual(expected);
});

test("a single notebook is never refused", async () => {
  const { value } = readNotebook(notebookText(["exec('x = ' + '1')"]), "a.ipynb");
  if (value === undefined) throw new Error("the notebook cannot be read");
  const program = buildNotebookProgram(value, await pythonParser());
  expect(findWhatPassesBetween(program.value)).toEqual([]);
});
