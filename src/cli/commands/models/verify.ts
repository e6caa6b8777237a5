import { answeredNo, defineCommand, succeeded } from "../../command.ts";

/** `mlops models verify` */
export const modelsVerifyCommand = defineCommand({
  name: "models verify",
  group: "models",
  summary: "Check the bytes of model versions and the event log",
  description:
    "Reads every file of the versions from the store and compares it with the digest in the registry; recomputes the hash chain of the event log. Exit code 1 when something is missing, damaged or changed.",
  arguments: {
    model: {
      summary: "churn, churn@v3 or churn@champion; everything when left out",
      count: "optional",
    },
  },
  options: {},
  examples: [
    {
      line: "mlops models verify",
      shows: "whether everything that was registered is still what it was",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsVerifyReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelsVerifyReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { findModel } = await import("../../../app/find-model.ts");
    const { isIntact, verifyModels } = await import("../../../app/verify-models.ts");
    const { registry, artifacts } = await openState(context);
    const versions =
      input.model === undefined
        ? registry.models.list()
        : [findModel(input.model, registry.models)];
    const report = await verifyModels(versions, { registry, artifacts });
    return isIntact(report) ? succeeded(report) : answeredNo(report);
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderModelsVerify(result, style),
});
