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
    format: {
      kind: "choice",
      choices: ["mlflow", "skops", "onnx"],
      summary:
        "all of the version as an MLflow model (default), or its estimator alone, read back and compared before anything is kept",
    },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter that converts (default as in .mlopsrc.yaml)",
    },
  },
  examples: [
    {
      line: "mlops models export churn@v3 --out churn-v3",
      shows: "the version's files and what the registry knows of it",
    },
    {
      line: "mlops models export churn --out churn-onnx --format onnx",
      shows: "the estimator on its feature matrix, for runtimes without Python",
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
    const { exportConverted, exportModel } = await import("../../../app/export-model.ts");
    const state = await openState(context);
    const version = findModel(input.model, state.registry.models);
    const here = await context.wiring.files(context.workingDirectory);
    const folder = here.absolute(input.out);
    if (input.format === undefined || input.format === "mlflow")
      return succeeded({ ...(await exportModel(version, folder, state)), folder: input.out });
    const { prepareModel } = await import("../prepare-model.ts");
    const { format } = input;
    const servable = await prepareModel(context, input);
    const report = await exportConverted({ version, folder, format, servable }, state);
    return succeeded({ ...report, folder: input.out });
  },
  render: async ({ result }, style) =>
    (await import("../../render/model-transfer.ts")).renderExport(result, style),
});
