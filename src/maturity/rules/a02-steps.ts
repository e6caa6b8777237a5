/** A2: training is a graph of at least three steps that can run alone. A step counts when its function does something and its result is read, or it is a result of the pipeline. */
import type { PipelineStep } from "../../pipeline/schema.ts";
import { completeRuns, type RealStep, realSteps } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfRun, unusableReason } from "./items.ts";
import { lineageGaps } from "./lineage.ts";

const LEAST_STEPS = 3;

export const a02: Rule = {
  id: "A2",
  section: "A",
  level: 1,
  gate: 1,
  question:
    "Is training a graph of at least 3 separately runnable steps with declared inputs and outputs?",
  how: ["S", "X"],
  weight: 4,
  earn: { command: "mlops promote NOTEBOOK.ipynb", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.file === undefined)
      return partial(
        1,
        unusableReason(pipeline, "pipeline.yaml") ?? "pipeline.yaml cannot be read",
      );
    const { steps } = pipeline.file;
    const dangling = danglingInput(steps);
    if (dangling !== undefined)
      return fail(dangling, [
        { text: "pipeline.yaml", path: `${pipeline.folder}/pipeline.yaml`, line: 1 },
      ]);
    const counting = realSteps(pipeline).filter((real) => isUsed(real.step, steps));
    const evidence = counting.slice(0, 3).map(itemOfStep);
    if (counting.length < LEAST_STEPS) {
      return partial(
        2,
        `${String(counting.length)} of ${String(steps.length)} declared steps do something that is used; ${String(LEAST_STEPS)} are needed`,
        evidence,
      );
    }
    const run = completeRuns(project, pipeline)[0];
    if (run !== undefined && lineageGaps(project, run).every((gap) => !gap.startsWith("step "))) {
      return pass(
        4,
        `${String(counting.length)} steps; a recorded run passed their artifacts on by digest`,
        [itemOfRun(run), ...evidence],
      );
    }
    return pass(3, `${String(counting.length)} steps with bodies whose results are used`, evidence);
  },
};

function danglingInput(steps: readonly PipelineStep[]): string | undefined {
  const made = new Set<string>();
  for (const step of steps) {
    const missing = step.inputs.find((input) => !made.has(input));
    if (missing !== undefined)
      return `step ${step.name} reads ${missing}, which no earlier step makes`;
    for (const output of step.outputs) made.add(output);
  }
  return undefined;
}

/** Its output is another step's input, or it takes something and ends in a result: a metric, a written file, an artifact nobody else reads. */
function isUsed(step: PipelineStep, steps: readonly PipelineStep[]): boolean {
  const read = new Set(steps.filter((other) => other !== step).flatMap((other) => other.inputs));
  if (step.outputs.some((output) => read.has(output))) return true;
  return (
    step.inputs.length > 0 &&
    (step.metrics.length > 0 || step.writes.length > 0 || step.outputs.length > 0)
  );
}

function itemOfStep({ step, module, function: body }: RealStep): {
  readonly text: string;
  readonly path: string;
  readonly line: number;
} {
  const makes = [...step.outputs, ...step.metrics, ...step.writes].slice(0, 4).join(", ");
  return {
    text: `${step.name}: ${String(body.statements)} statements, makes ${makes}`,
    path: module.path,
    line: body.line,
  };
}
