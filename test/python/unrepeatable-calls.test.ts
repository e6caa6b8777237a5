/** Which calls another run need not repeat, and what repeats them. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import type { ProgramFacts } from "../../src/python/facts.ts";
import { callsBehind, findUnrepeatable } from "../../src/python/unrepeatable-calls.ts";
import { pythonParser } from "../support/python-parser.ts";

async function analyze(lines: readonly string[]): Promise<ProgramFacts> {
  return analyzeProgram([{ id: "1", text: lines.join("\n") }], await pythonParser());
}

interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  /** `line call` of each. */
  readonly finds: readonly string[];
}

async function check({ lines, finds }: Case): Promise<void> {
  const found = findUnrepeatable(await analyze(lines));
  expect(found.map(({ line, call }) => `${String(line)} ${call}`)).toEqual(finds);
}

const SPLIT = "from sklearn.model_selection import KFold, train_test_split";

test.each<Case>([
  {
    name: "a split without a seed",
    lines: [SPLIT, "a, b = train_test_split(x)", "c, d = train_test_split(x, random_state=1)"],
    finds: ["2 train_test_split(x)"],
  },
  {
    name: "a split whose seed is a name, and one whose seed is None",
    lines: [
      SPLIT,
      "a, b = train_test_split(x, random_state=SEED)",
      "train_test_split(x, random_state=None)",
    ],
    finds: ["3 train_test_split(x, random_state=None)"],
  },
  {
    name: "what only draws with a setting",
    lines: [
      SPLIT,
      "from sklearn.linear_model import LogisticRegression",
      "KFold(5)",
      "KFold(5, shuffle=True)",
      "LogisticRegression()",
      "LogisticRegression(solver='saga')",
      "train_test_split(x, shuffle=False)",
    ],
    finds: ["4 KFold(5, shuffle=True)", "6 LogisticRegression(solver='saga')"],
  },
  {
    name: "models, clusters and samples",
    lines: [
      "import pandas as pd",
      "from sklearn.cluster import KMeans",
      "from sklearn.ensemble import RandomForestClassifier",
      "df = pd.read_csv('a.csv')",
      "KMeans(3)",
      "RandomForestClassifier(n_estimators=10)",
      "df.sample(5)",
      "df.sample(5, random_state=0)",
    ],
    finds: ["5 KMeans(3)", "6 RandomForestClassifier(n_estimators=10)", "7 df.sample(5)"],
  },
  {
    name: "global generators that nobody seeded",
    lines: ["import random", "import numpy as np", "np.random.rand(3)", "random.shuffle(x)"],
    finds: ["3 np.random.rand(3)", "4 random.shuffle(x)"],
  },
  {
    name: "global generators after they were seeded, also in functions that were defined before",
    lines: [
      "import random",
      "import numpy as np",
      "def noise():",
      "    return np.random.rand(3)",
      "random.random()",
      "np.random.seed(0)",
      "noise()",
      "np.random.rand(3)",
    ],
    finds: ["5 random.random()"],
  },
  {
    name: "a seed that the system makes up is none",
    lines: [
      "import numpy as np",
      "np.random.seed()",
      "np.random.rand(3)",
      "np.random.default_rng()",
      "np.random.default_rng(0)",
    ],
    finds: ["2 np.random.seed()", "3 np.random.rand(3)", "4 np.random.default_rng()"],
  },
  {
    name: "clocks and numbers that the system makes up",
    lines: [
      "import time, uuid",
      "from datetime import datetime",
      "time.time()",
      "datetime.now()",
      "uuid.uuid4()",
    ],
    finds: ["3 time.time()", "4 datetime.now()", "5 uuid.uuid4()"],
  },
  {
    name: "the order of a folder, where nobody sorts it",
    lines: ["import os, glob", "os.listdir('.')", "sorted(os.listdir('.'))", "glob.glob('*.csv')"],
    finds: ["2 os.listdir('.')", "4 glob.glob('*.csv')"],
  },
])("$name", check);

test("what takes a value is traced to the call that drew it, not to its neighbors", async () => {
  const facts = await analyze([
    "import numpy as np",
    "noise = np.random.rand(3)",
    "rows = np.random.rand(4)",
    "def double(values):",
    "    return values * 2",
    "total = double(rows).sum()",
  ]);
  const behind = callsBehind(facts, findUnrepeatable(facts));
  expect(behind([4]).map(({ line }) => line)).toEqual([3]);
});
