import { answeredNo, defineCommand, succeeded } from "../../command.ts";

/** `mlops models verify` */
export const modelsVerifyCommand = defineCommand({
  name: "models verify",
  group: "models",
  summary: "Check the bytes of model versions, the event log and the lock file",
  description:
    "Reads every file of the versions from the store and compares it with the digest in the registry; checks the event log as mlops models audit --verify does; checks that what mlops.lock.yaml names was approved as .mlopsrc.yaml asks, and is what this registry says. Exit code 1 when something is missing, damaged, changed or not approved.",
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
    const { runVerifyModels } = await import("./run-verify-models.ts");
    const { isIntact } = await import("../../../app/verify-models.ts");
    const report = await runVerifyModels(context, input.model);
    return isIntact(report) ? succeeded(report) : answeredNo(report);
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderModelsVerify(result, style),
});
