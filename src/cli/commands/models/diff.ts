import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models diff` */
export const modelsDiffCommand = defineCommand({
  name: "models diff",
  group: "models",
  summary: "Say what is another between two model versions",
  description:
    "Metrics (better or worse where it is known which way is better), parameters, data, pipeline revision, contract, requirements, certificate, what loading looks up, files. Only what differs, unless --all.",
  arguments: {
    before: { summary: "churn@v2, churn@champion" },
    after: { summary: "churn@v3, churn@candidate, or churn for the newest" },
  },
  options: { all: { kind: "switch", short: "a", summary: "also what is the same" } },
  examples: [
    { line: "mlops models diff churn@champion churn", shows: "what the newest changes" },
    { line: "mlops models diff churn@v2 churn@v3 --md", shows: "a table for a pull request" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsDiffReport } = await import("../../../app/models-diff-schema.ts");
    return toJsonSchema(ModelsDiffReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { findModel } = await import("../../../app/find-model.ts");
    const { diffModels } = await import("../../../app/diff-models.ts");
    const state = await openState(context);
    const from = findModel(input.before, state.registry.models);
    const to = findModel(input.after, state.registry.models);
    return succeeded(await diffModels({ from, to, all: input.all }, state));
  },
  table: async (result) => (await import("../../render/models-diff.ts")).modelsDiffTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/models-diff.ts")).renderModelsDiff(result, style),
});
