import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models import` */
export const modelsImportCommand = defineCommand({
  name: "models import",
  group: "models",
  summary: "Make a model version of a folder from elsewhere",
  description:
    "Takes what mlops models export wrote, or any MLflow model with the flavor python_function or sklearn. Its bytes are stored under their digests and compared with version.json where there is one; what its pickles look up is read from their opcodes, and nothing is deserialized. Names that are neither known to be harmless nor its own are refused until they are trusted one by one. Python files that it brings run when it is served.",
  arguments: { folder: { summary: "folder with an MLmodel file" } },
  options: {
    model: {
      kind: "text",
      placeholder: "name",
      summary: "name of the model (default the one it was exported as)",
    },
    trust: {
      kind: "texts",
      placeholder: "module:name",
      summary: "a name that loading may look up although nothing else vouches for it",
    },
    dryRun: { kind: "switch", summary: "check everything, store and register nothing" },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter that reads the pickles' opcodes (default as in .mlopsrc.yaml)",
    },
  },
  examples: [
    {
      line: "mlops models import churn-v3",
      shows: "an exported version becomes the next version of churn here",
    },
    {
      line: "mlops models import downloads/model --model churn --dry-run",
      shows: "whether an MLflow model would be accepted, and what loading it looks up",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelImportReport } = await import("../../../app/model-transfer-schema.ts");
    return toJsonSchema(ModelImportReport);
  },
  run: async (context, input) => {
    const { runImport } = await import("./run-import.ts");
    return succeeded(await runImport(context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/model-transfer.ts")).renderImport(result, style),
});
