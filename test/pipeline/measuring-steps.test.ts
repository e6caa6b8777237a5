import { expect, test } from "vitest";
import { measuringSteps } from "../../src/pipeline/measuring-steps.ts";
import type { Step } from "../../src/pipeline/plan.ts";

type Part = Partial<Step> & { readonly name: string };

const serve = {
  model: "model",
  modelVariable: "model",
  raw: undefined,
  entity: undefined,
  time: undefined,
  unseen: "other" as const,
};

function stepOf(part: Part): Step {
  return {
    role: "evaluate",
    summary: "",
    cells: [],
    statements: [],
    inputs: [],
    outputs: [],
    params: [],
    metrics: [],
    reads: [],
    writes: [],
    random: "none",
    ...part,
  };
}

const TRAIN: Part = { name: "train", inputs: ["x"], outputs: ["model"] };

test.each([
  {
    name: "takes the step that measures, and none that only keeps the model",
    steps: [
      TRAIN,
      { name: "evaluate", inputs: ["model"], metrics: ["f1"] },
      { name: "save", inputs: ["model"] },
    ],
    found: /^evaluate$/,
  },
  {
    name: "takes the steps between the model and its metrics",
    steps: [
      TRAIN,
      { name: "predict", inputs: ["model"], outputs: ["predictions"] },
      { name: "plot", inputs: ["predictions"] },
      { name: "evaluate", inputs: ["predictions"], metrics: ["f1"] },
    ],
    found: /^predict, evaluate$/,
  },
  {
    name: "leaves out metrics of other models",
    steps: [
      TRAIN,
      { name: "first", inputs: ["other"], metrics: ["score"] },
      { name: "evaluate", inputs: ["model"], metrics: ["f1"] },
    ],
    found: /^evaluate$/,
  },
  {
    name: "says when the model is fitted and measured in one step",
    steps: [{ ...TRAIN, metrics: ["f1"] }],
    found: /step train fits the model and computes its metrics; .* mlops promote --interactive/,
  },
  {
    name: "says when there is no metric",
    steps: [TRAIN],
    found: /the pipeline computes no metric/,
  },
  {
    name: "says when no metric asks the model",
    steps: [TRAIN, { name: "first", inputs: ["other"], metrics: ["score"] }],
    found: /no metric of the pipeline is computed from the model/,
  },
  {
    name: "does not repeat what uses the network",
    steps: [TRAIN, { name: "post", inputs: ["model"], metrics: ["f1"], outside: ["network"] }],
    found: /step post uses the network or other processes/,
  },
  {
    name: "repeats what reads the clock",
    steps: [TRAIN, { name: "time", inputs: ["model"], metrics: ["f1"], outside: ["clock"] }],
    found: /^time$/,
  },
] as const)("$name", ({ steps, found }) => {
  const measuring = measuringSteps({ serve, steps: steps.map(stepOf) });
  const told =
    "because" in measuring ? measuring.because : measuring.steps.map(({ name }) => name).join(", ");
  expect(told).toMatch(found);
});
