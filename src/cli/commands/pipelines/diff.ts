import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops pipelines diff` */
export const pipelinesDiffCommand = defineCommand({
  name: "pipelines diff",
  group: "build",
  summary: "Say what changed between two revisions, or between one and the disk",
  description:
    "First by step, parameter, dependency and served column, then as a unified diff of the files.",
  arguments: { revisions: { summary: "one revision (against the disk) or two", count: "many" } },
  options: { summary: { kind: "switch", summary: "leave the text of the files out" } },
  examples: [
    { line: "mlops pipelines diff churn:r2 churn:r3", shows: "what the third promotion changed" },
    { line: "mlops pipelines diff churn", shows: "what you edited since the last promotion" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { PipelinesDiffReport } = await import("../../../app/pipelines-schema.ts");
    return toJsonSchema(PipelinesDiffReport);
  },
  run: async (context, input) => {
    const [from, to, ...rest] = input.revisions;
    if (from === undefined || rest.length > 0) {
      throw new UsageError("Comparing takes one revision or two.", {
        code: from === undefined ? "usage-missing-argument" : "usage-too-many-arguments",
        hint: "mlops pipelines diff churn:r2 churn:r3",
      });
    }
    const { openState } = await import("../../open-state.ts");
    const { diffRevisions } = await import("../../../app/report-pipelines.ts");
    const result = await diffRevisions(from, to, await openState(context));
    return succeeded(input.summary ? { ...result, text: "" } : result);
  },
  render: async ({ result }, style) =>
    (await import("../../render/pipelines.ts")).renderPipelinesDiff(result, style),
});
