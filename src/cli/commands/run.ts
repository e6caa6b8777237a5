import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops run` */
export const runCommand = defineCommand({
  name: "run",
  group: "build",
  summary: "Run what changed of a pipeline and register its model",
  description:
    "Decides for each step whether its outputs are still good, and says why where they are not. Steps share one warm Python process. A run that was stopped is resumed by the next one. A model that is new becomes a version.",
  arguments: {
    pipeline: { summary: "pipeline to run; the only one when left out", count: "optional" },
  },
  options: {
    param: {
      kind: "texts",
      placeholder: "name=value",
      summary: "override a value of params.yaml for this run",
    },
    from: {
      kind: "text",
      placeholder: "step",
      summary: "run this step and all that depends on it, changed or not",
    },
    only: {
      kind: "texts",
      placeholder: "step",
      summary: "run nothing else; what it needs must be there",
    },
    force: {
      kind: "optional-texts",
      placeholder: "step",
      summary: "run every step, or --force=STEP that one, changed or not",
    },
    jobs: {
      kind: "whole-number",
      short: "j",
      placeholder: "n",
      min: 1,
      max: 64,
      summary: "independent steps to run at the same time (default: one a core, at most 4)",
    },
    retries: {
      kind: "whole-number",
      placeholder: "n",
      min: 0,
      max: 100,
      summary: "start a step again that raised or whose process was lost",
    },
    register: { kind: "switch", default: true, summary: "do not make a model version" },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter to run the steps with",
    },
    timeout: { kind: "number", placeholder: "seconds", min: 0.1, summary: "time for one step" },
  },
  examples: [
    { line: "mlops run churn", shows: "each step with its reason, metrics, the model version" },
    { line: "mlops run churn --param n-estimators=200", shows: "runs the steps that depend on it" },
    { line: "mlops run churn --from train", shows: "train and what needs it, changed or not" },
    { line: "mlops run churn --force=train --jobs 2", shows: "train again, two steps at a time" },
    { line: "mlops run churn --only split", shows: "one step, from what is stored" },
  ],
  resultSchema: async () => (await import("../run-schema.ts")).runResultSchema(),
  run: async (context, input) => {
    const { runRun } = await import("./run-run.ts");
    const { result, diagnostics } = await runRun(context, input);
    return result.run.status === "succeeded"
      ? succeeded(result, diagnostics)
      : answeredNo(result, diagnostics);
  },
  render: async ({ result }, style) => (await import("../render/run.ts")).renderRun(result, style),
});
