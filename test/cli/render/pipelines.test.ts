import { expect, test } from "vitest";
import type { PipelineShowReport } from "../../../src/app/pipelines-schema.ts";
import { renderPipelineShow } from "../../../src/cli/render/pipelines.ts";
import { plainStyle } from "../../../src/cli/style.ts";

type Step = PipelineShowReport["stepDetails"][number];

function step(name: string, cell: number, sides: Partial<Step>): Step {
  const notebooks = [{ path: "churn.ipynb", cells: [cell] }];
  return { name, cells: [cell], notebooks, inputs: [], outputs: [], metrics: [], ...sides };
}

const REPORT: PipelineShowReport = {
  pipeline: "churn",
  revision: 1,
  verdict: "verified",
  steps: ["load", "train", "greet"],
  notebook: "churn.ipynb",
  folder: "pipelines/churn",
  gitCommit: null,
  gitDirty: null,
  createdAt: "2026-01-02T03:04:05.000Z",
  stepDetails: [
    step("load", 1, { outputs: ["raw"] }),
    step("train", 2, { inputs: ["raw"], outputs: ["model"], metrics: ["auc"] }),
    step("greet", 3, {}),
  ],
  parameters: [],
  files: [],
  editedThen: [],
  onDisk: [],
};

test("an arrow stands only between what a step takes and what it makes", () => {
  const lines = renderPipelineShow(REPORT, plainStyle).split("\n");
  expect(lines.slice(lines.indexOf("steps") + 1, -2)).toEqual([
    "  load   cell 1  raw",
    "  train  cell 2  raw → model  auc",
    "  greet  cell 3",
  ]);
});
