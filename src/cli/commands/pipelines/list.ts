import { defineCommand, succeeded } from "../../command.ts";

/** `mlops pipelines list` */
export const pipelinesListCommand = defineCommand({
  name: "pipelines list",
  group: "build",
  summary: "List pipelines, or all revisions of one, newest first",
  arguments: { pipeline: { summary: "all revisions of this one", count: "optional" } },
  options: {},
  examples: [
    { line: "mlops pipelines list", shows: "each pipeline with its newest revision" },
    { line: "mlops pipelines list churn", shows: "every revision of churn" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { PipelinesListReport } = await import("../../../app/pipelines-schema.ts");
    return toJsonSchema(PipelinesListReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { listPipelineRevisions } = await import("../../../app/report-pipelines.ts");
    return succeeded(await listPipelineRevisions(input.pipeline, await openState(context)));
  },
  table: async (result) => (await import("../../render/pipelines.ts")).pipelinesTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/pipelines.ts")).renderPipelinesList(result, style),
});
