import { defineCommand, succeeded } from "../../command.ts";

/** `mlops datasets show` */
export const datasetsShowCommand = defineCommand({
  name: "datasets show",
  group: "build",
  summary: "Show a recorded file: its versions, where they are kept, and what lies there now",
  arguments: { dataset: { summary: "its path, as mlops datasets list has it" } },
  options: {},
  examples: [
    { line: "mlops datasets show data/churn.csv", shows: "every version, and the way back to it" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { DatasetShowReport } = await import("../../../app/datasets-schema.ts");
    return toJsonSchema(DatasetShowReport);
  },
  run: async (context, input) => {
    const { openDatasets } = await import("./open-datasets.ts");
    const { showDataset } = await import("../../../app/list-datasets.ts");
    const { ports, fromTyped, diagnostics } = await openDatasets(context, "if-there");
    return succeeded(await showDataset(fromTyped(input.dataset), context, ports), diagnostics);
  },
  render: async ({ result }, style) =>
    (await import("../../render/recorded-data.ts")).renderDatasetShow(result, style),
});
