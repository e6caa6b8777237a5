import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models export` */
export const modelsExportCommand = defineCommand({
  name: "models export",
  group: "models",
  summary: "Write a model version into a folder",
  description:
    "The folder is a loadable MLflow model with version.json beside it: digests, metrics, certificate and events of the version. mlops models import takes it elsewhere. The folder appears whole or not at all.",
  arguments: { model: { summary: "churn (the newest), churn@v3 or churn@champion" } },
  options: {
    out: {
      kind: "text",
      placeholder: "folder",
      summary: "where to write; it must not exist",
    },
  },
  examples: [
    {
      line: "mlops models export churn@v3 --out churn-v3",
      shows: "the version's files and what the registry knows of it",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelExportReport } = await import("../../../app/model-transfer-schema.ts");
    return toJsonSchema(ModelExportReport);
  },
  run: async (context, input) => {
    if (input.out === undefined)
      throw new UsageError("mlops models export needs --out FOLDER.", {
        code: "usage-missing-argument",
        hint: "mlops models export churn@v3 --out churn-v3",
      });
    const { openState } = await import("../../open-state.ts");
    const { findModel } = await import("../../../app/find-model.ts");
    const { exportModel } = await import("../../../app/export-model.ts");
    const state = await openState(context);
    const version = findModel(input.model, state.registry.models);
    const here = await context.wiring.files(context.workingDirectory);
    const report = await exportModel(version, here.absolute(input.out), state);
    return succeeded({ ...report, folder: input.out });
  },
  render: async ({ result }, style) =>
    (await import("../../render/model-transfer.ts")).renderExport(result, style),
});
