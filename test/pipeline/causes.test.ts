/** Which calls are blamed for what a notebook does not repeat. */
import { expect, test } from "vitest";
import type { Observation } from "../../src/observation/schema.ts";
import { type Cause, causesOf, unseededCalls } from "../../src/pipeline/causes.ts";
import { programOf } from "../support/notebooks.ts";
import { ranStatement } from "../support/ran-statement.ts";

const CELLS = [
  "import numpy as np\nimport time\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split",
  "a, b = train_test_split(rows)",
  "model = RandomForestClassifier()\nmodel.fit(a, b)",
  "rng = np.random.default_rng()",
  "noise = rng.normal(size=3)",
  "total = noise.sum()\nprint(total)",
  "print('took', time.time())",
];

function said(causes: readonly Cause[]): readonly string[] {
  return causes.map(({ cell, line, call }) => `${String(cell)}:${String(line)} ${call}`);
}

test("what varies is blamed on the call that it comes from, however far it came", async () => {
  const { program } = await programOf(CELLS);
  const causes = causesOf(program);
  expect(said(causes([{ cell: 6, index: 1 }]))).toEqual(["4:1 np.random.default_rng()"]);
  expect(said(causes([{ cell: 7, index: 0 }]))).toEqual(["7:1 time.time()"]);
  // Both sides of a comparison seed the global generators.
  expect(said(causes([{ cell: 3, index: 1 }]))).toEqual([]);
});

test("what draws from a global generator is named where it was set up without a seed", async () => {
  const { program } = await programOf(CELLS);
  const drew = { randomNumpy: true };
  const run: Observation = {
    statements: [
      ranStatement(2, drew),
      ranStatement(3),
      ranStatement(3, { ...drew, index: 1 }),
      ranStatement(4),
    ],
    cells: [],
    captures: [],
    environment: undefined,
  };
  expect(said(unseededCalls(program, run))).toEqual([
    "2:1 train_test_split(rows)",
    "3:1 RandomForestClassifier()",
  ]);
  const still = { ...run, statements: [ranStatement(2), ranStatement(3, { index: 1 })] };
  expect(said(unseededCalls(program, still))).toEqual([]);
  expect(said(unseededCalls(program, undefined))).toEqual([
    "2:1 train_test_split(rows)",
    "3:1 RandomForestClassifier()",
  ]);
});

test("a draw that no table knows is named by its statement", async () => {
  const { program } = await programOf(["from odd import jitter", "x = jitter(3)"]);
  const statements = [ranStatement(1), ranStatement(2, { randomPython: true })];
  const run: Observation = { statements, cells: [], captures: [], environment: undefined };
  expect(unseededCalls(program, run)).toEqual([
    { cell: 2, line: 1, call: "x = jitter(3)", fix: "put random.seed(0) at the top" },
  ]);
});
