import { expect, test } from "vitest";
import type { Decision } from "../../src/pipeline/schema.ts";
import { planOf } from "../support/notebooks.ts";

/** load (2) · prepare (2, 3, 4) · train (5) · evaluate (6, 7), with a file written and read back in cell 7. */
const cells = [
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
  'raw = pd.read_csv("penguins.csv")\nraw = raw.dropna()',
  'lengths = raw[["bill", "flipper"]]',
  'species = raw["species"]',
  "model = LogisticRegression(C=1.0)\nmodel.fit(lengths, species)",
  "accuracy = model.score(lengths, species)\nprint(accuracy)",
  'lengths.to_csv("lengths.csv")',
];

interface Case {
  readonly name: string;
  readonly decisions: readonly Decision[];
  /** `name: cells` of each step, when the plan is made. */
  readonly steps?: readonly string[];
  /** Code and a part of the message of each finding about decisions. */
  readonly findings?: readonly (readonly [string, string])[];
}

const AS_PROPOSED = ["load: 2", "prepare: 2,3,4", "train: 5", "evaluate: 6", "save: 7"];

const cases: readonly Case[] = [
  { name: "proposes steps", decisions: [], steps: AS_PROPOSED },
  {
    name: "merges neighbors under the name of what they are mostly for",
    decisions: [{ kind: "merge", steps: ["prepare", "train"] }],
    steps: ["load: 2", "train: 2,3,4,5", "evaluate: 6", "save: 7"],
  },
  {
    name: "merges under a name of one's own, and goes on with that name",
    decisions: [
      { kind: "merge", steps: ["prepare", "load"], as: "tables" },
      { kind: "rename", step: "tables", as: "inputs" },
    ],
    steps: ["inputs: 2,3,4", "train: 5", "evaluate: 6", "save: 7"],
  },
  {
    name: "refuses to merge across a step",
    decisions: [{ kind: "merge", steps: ["load", "train"] }],
    findings: [["decision-unsound", "prepare runs between them"]],
  },
  {
    name: "splits after a cell and renames the second part",
    decisions: [
      { kind: "split", step: "prepare", "after-cell": 3 },
      { kind: "rename", step: "prepare-2", as: "target" },
    ],
    steps: ["load: 2", "prepare: 2,3", "target: 4", "train: 5", "evaluate: 6", "save: 7"],
  },
  {
    name: "says when a step has nothing on one side of the split",
    decisions: [{ kind: "split", step: "train", "after-cell": 5 }],
    steps: AS_PROPOSED,
    findings: [["decision-no-longer-fits", "nothing on one side of cell 5"]],
  },
  {
    name: "refuses a name that another step or the package has",
    decisions: [
      { kind: "rename", step: "train", as: "load" },
      { kind: "rename", step: "train", as: "features" },
    ],
    findings: [
      ["decision-unsound", "there is another step load"],
      ["decision-unsound", "features is the name of something else"],
    ],
  },
  {
    name: "reports a step that is no longer there, and does the rest",
    decisions: [
      { kind: "rename", step: "cleaning", as: "clean" },
      { kind: "rename", step: "train", as: "fit" },
    ],
    steps: ["load: 2", "prepare: 2,3,4", "fit: 5", "evaluate: 6", "save: 7"],
    findings: [["decision-no-longer-fits", "there is no step cleaning"]],
  },
  {
    name: "drops a cell that nothing needs",
    decisions: [{ kind: "drop", cell: 7 }],
    steps: ["load: 2", "prepare: 2,3,4", "train: 5", "evaluate: 6"],
  },
  {
    name: "refuses to drop what a later cell needs",
    decisions: [{ kind: "drop", cell: 4 }],
    findings: [["decision-unsound", "cell 5 needs species"]],
  },
  {
    name: "refuses to drop the model that is served",
    decisions: [
      { kind: "drop", cell: 5 },
      { kind: "drop", cell: 6 },
    ],
    findings: [["decision-unsound", "it makes model, the model that is served"]],
  },
  {
    name: "never drops another cell than the one that was meant",
    decisions: [{ kind: "drop", cell: 7, source: "000000000000" }],
    steps: AS_PROPOSED,
    findings: [["decision-no-longer-fits", "cell 7 is no longer what it was"]],
  },
];

for (const { name, decisions, steps, findings } of cases) {
  test(name, async () => {
    const planned = await planOf(cells, { decisions });
    expect(planned.plan?.steps.map((step) => `${step.name}: ${step.cells.join()}`)).toEqual(steps);
    const found = planned.diagnostics.filter(({ code }) => code.startsWith("decision-"));
    expect(found.map(({ code }) => code)).toEqual((findings ?? []).map(([code]) => code));
    for (const [at, [, message]] of (findings ?? []).entries())
      expect(found[at]?.message).toContain(message);
  });
}

test("a decision follows its cell when another is put in above", async () => {
  const first = await planOf(cells, { decisions: [{ kind: "drop", cell: 7 }] });
  const noted = first.plan?.decisions ?? [];
  expect(noted).toMatchObject([{ kind: "drop", cell: 7 }]);
  expect(JSON.stringify(noted)).toMatch(/"source":"[0-9a-f]{12}"/);
  const moved = await planOf(["# a note", ...cells], { decisions: noted });
  expect(moved.plan?.decisions).toEqual([{ ...noted[0], cell: 8 }]);
  expect(moved.plan?.steps.flatMap((step) => step.cells)).not.toContain(8);
});

test("what lives in one process is not split apart", async () => {
  const story = [
    "import os\nimport pandas as pd",
    'os.chdir(os.listdir("places")[0])',
    'raw = pd.read_csv("penguins.csv")',
    'raw.to_csv("copy.csv")',
  ];
  const [whole] = (await planOf(story)).plan?.steps ?? [];
  const split: Decision = { kind: "split", step: whole?.name ?? "", "after-cell": 2 };
  const planned = await planOf(story, { decisions: [split] });
  expect(planned.plan).toBeUndefined();
  const last = planned.diagnostics.at(-1);
  expect(last?.code).toBe("decision-unsound");
  expect(last?.message).toMatch(/changes the working directory of the process/);
});
