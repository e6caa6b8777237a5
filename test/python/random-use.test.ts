/** Which statements use chance, of which generator, and whether that is the same in every run. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { randomUses } from "../../src/python/random-use.ts";
import { pythonParser } from "../support/python-parser.ts";

interface Case {
  readonly name: string;
  /** One statement a string. */
  readonly statements: readonly string[];
  /** What the last statement uses: `numpy drawn, seeded by 1`. */
  readonly uses: readonly string[];
}

const NUMPY = "import numpy as np";
const SPLIT = "from sklearn.model_selection import train_test_split";
const FOREST = "from sklearn.ensemble import RandomForestClassifier";

const CASES: readonly Case[] = [
  {
    name: "a draw without a seed is not repeatable",
    statements: [NUMPY, "x = np.random.rand(3)"],
    uses: ["numpy drawn, not seeded"],
  },
  {
    name: "a draw is seeded by the last seed before it, whatever was drawn between",
    statements: [NUMPY, "np.random.seed(1)", "x = np.random.rand()", "y = np.random.rand()"],
    uses: ["numpy drawn, seeded by 1"],
  },
  {
    name: "a seed without a number is none",
    statements: [NUMPY, "np.random.seed(1)", "np.random.seed()", "y = np.random.rand()"],
    uses: ["numpy drawn, not seeded"],
  },
  {
    name: "a seed under a condition may not have been set",
    statements: [NUMPY, "if flag:\n    np.random.seed(1)", "y = np.random.rand()"],
    uses: ["numpy drawn, not seeded"],
  },
  {
    name: "each generator has a seed of its own",
    statements: [NUMPY, "import random", "np.random.seed(1)", "y = random.random()"],
    uses: ["python drawn, not seeded"],
  },
  {
    name: "so has each library",
    statements: ["import torch, uuid", "torch.manual_seed(1)", "key = uuid.uuid4()"],
    uses: ["other drawn, not seeded"],
  },
  {
    name: "cross-validation of a booster leaves the generator of NumPy elsewhere",
    statements: [NUMPY, "import xgboost", "np.random.seed(1)", "folds = xgboost.cv({}, table, 3)"],
    uses: ["numpy drawn, seeded by 2"],
  },
  {
    name: "a function of the notebook seeds where it is called",
    statements: [
      NUMPY,
      "def fix():\n    np.random.seed(1)",
      "fix()",
      "y = np.random.permutation(5)",
    ],
    uses: ["numpy drawn, seeded by 2"],
  },
  {
    name: "an estimator without a seed draws when it is fitted",
    statements: [FOREST, "model = RandomForestClassifier()", "model.fit([[1]], [1])"],
    uses: ["numpy drawn, not seeded"],
  },
  {
    name: "a call that is given a number has a state of its own",
    statements: [SPLIT, "parts = train_test_split([1, 2], random_state=7)"],
    uses: ["own drawn, seeded: train_test_split(random_state=7)"],
  },
  {
    name: "so it has with the name of a number",
    statements: [SPLIT, "SEED = 7", "parts = train_test_split([1, 2], random_state=SEED)"],
    uses: ["own drawn, seeded: train_test_split(random_state=SEED)"],
  },
  {
    name: "given None it draws from the shared state",
    statements: [SPLIT, "parts = train_test_split([1, 2], random_state=None)"],
    uses: ["numpy drawn, not seeded"],
  },
  {
    name: "a generator made with a seed is seeded",
    statements: [NUMPY, "rng = np.random.default_rng(7)", "x = rng.normal(size=3)"],
    uses: ["own drawn, seeded: rng.normal(…)"],
  },
  {
    name: "a generator made without one is not",
    statements: [NUMPY, "rng = np.random.default_rng()", "x = rng.normal(size=3)"],
    uses: ["own drawn, not seeded: rng.normal(…)"],
  },
  {
    name: "a generator that is passed along is as it was made",
    statements: [
      NUMPY,
      SPLIT,
      "rng = np.random.RandomState(7)",
      "parts = train_test_split([1, 2], random_state=rng)",
    ],
    uses: ["own drawn, seeded: train_test_split(random_state=rng)"],
  },
  { name: "what computes uses no chance", statements: [NUMPY, "x = np.zeros(3)"], uses: [] },
];

test.each(CASES)("$name", async ({ statements, uses }) => {
  const program = analyzeProgram([{ id: "1", text: statements.join("\n") }], await pythonParser());
  const found = randomUses(program).at(-1) ?? [];
  expect(
    found.map(({ generator, does, seeded, seededBy, because }) => {
      const state =
        seededBy === undefined
          ? seeded
            ? "seeded"
            : "not seeded"
          : `seeded by ${String(seededBy)}`;
      return `${generator} ${does === "draws" ? "drawn" : "seeded"}, ${state}${generator === "own" ? `: ${because}` : ""}`;
    }),
  ).toEqual(uses);
});
