import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models list` */
export const modelsListCommand = defineCommand({
  name: "models list",
  group: "models",
  summary: "List model versions",
  arguments: { model: { summary: "only this model's", count: "optional" } },
  options: {},
  examples: [
    { line: "mlops models list churn", shows: "versions, aliases and metrics of one model" },
    { line: "mlops models list --csv", shows: "every version, for a spreadsheet" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsListReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelsListReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { listModels, notHere } = await import("../../../app/report-models.ts");
    const { readModelsLock } = await import("../../../app/models-lock.ts");
    const { registry, files } = await openState(context);
    const diagnostics = notHere(await readModelsLock(files), registry.models);
    return succeeded(listModels(input.model, registry.models), diagnostics);
  },
  table: async (result) => (await import("../../render/models.ts")).modelsTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderModelsList(result, style),
});
