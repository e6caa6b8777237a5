import { defineCommand, succeeded } from "../../command.ts";

/** `mlops datasets list` */
export const datasetsListCommand = defineCommand({
  name: "datasets list",
  group: "build",
  summary: "List recorded data: changed or missing, and which store has it",
  description:
    "What datasets.lock.yaml records, against the files that are there now. Nothing is written.",
  arguments: {
    datasets: { summary: "recorded paths or folders; all when left out", count: "many" },
  },
  options: {},
  examples: [
    { line: "mlops datasets list", shows: "every recorded file with its state" },
    { line: "mlops datasets list data/raw --csv", shows: "those of one folder, for scripts" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { DatasetsListReport } = await import("../../../app/datasets-schema.ts");
    return toJsonSchema(DatasetsListReport);
  },
  run: async (context, input) => {
    const { openDatasets } = await import("./open-datasets.ts");
    const { listDatasets } = await import("../../../app/list-datasets.ts");
    const { ports, fromTyped, diagnostics } = await openDatasets(context, "if-there");
    const wanted = input.datasets.map(fromTyped);
    return succeeded(await listDatasets(wanted, { signal: context.signal }, ports), diagnostics);
  },
  table: async (result) => (await import("../../render/recorded-data.ts")).datasetsTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/recorded-data.ts")).renderDatasetsList(result, style),
});
