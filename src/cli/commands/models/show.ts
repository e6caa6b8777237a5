import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models show` */
export const modelsShowCommand = defineCommand({
  name: "models show",
  group: "models",
  summary: "Show a model version, its evidence and its files",
  arguments: { model: { summary: "churn (the newest), churn@v3 or churn@champion" } },
  options: {},
  examples: [
    {
      line: "mlops models show churn@champion",
      shows: "what the champion is and where it comes from",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelShowReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelShowReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { findModel } = await import("../../../app/find-model.ts");
    const { showModel } = await import("../../../app/report-models.ts");
    const state = await openState(context);
    const version = findModel(input.model, state.registry.models);
    const nowMs = (await context.wiring.clock()).nowMs();
    return succeeded(await showModel(version, nowMs, state));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderModelShow(result, style),
});
