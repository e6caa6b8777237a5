import { defineCommand, succeeded } from "../../command.ts";

/** `mlops pipelines show` */
export const pipelinesShowCommand = defineCommand({
  name: "pipelines show",
  group: "build",
  summary: "Show a revision: steps, parameters, files, and how the disk differs from it",
  arguments: { revision: { summary: "churn, or churn:r2; without a number the newest" } },
  options: {},
  examples: [
    { line: "mlops pipelines show churn", shows: "the newest revision, and your edits since" },
    { line: "mlops pipelines show churn:r2", shows: "what the second promotion made" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { PipelineShowReport } = await import("../../../app/pipelines-schema.ts");
    return toJsonSchema(PipelineShowReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { showPipeline } = await import("../../../app/report-pipelines.ts");
    return succeeded(await showPipeline(input.revision, await openState(context)));
  },
  render: async ({ result }, style) =>
    (await import("../../render/pipelines.ts")).renderPipelineShow(result, style),
});
