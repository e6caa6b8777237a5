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
    force: { kind: "switch", summary: "run every step, changed or not" },
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
  ],
  resultSchema: async () => (await import("../run-schema.ts")).runResultSchema(),
  run: async (context, input) => {
    const { runRun } = await import("./run-run.ts");
    const result = await runRun(context, input);
    return result.run.status === "succeeded" ? succeeded(result) : answeredNo(result);
  },
  render: async ({ result }) => (await import("../render/run.ts")).renderRun(result),
});
