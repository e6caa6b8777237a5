import { defineCommand, succeeded } from "../../command.ts";

/** `mlops datasets diff` */
export const datasetsDiffCommand = defineCommand({
  name: "datasets diff",
  group: "build",
  summary: "Say which data changed: since the snapshot, a commit, a promotion, or between versions",
  description:
    "By file; within CSV files of up to 32 MB by columns and rows, too: rows are compared by the columns that both have, whatever their order. Without --since it is what datasets.lock.yaml records, without --until what is on disk.",
  arguments: {
    datasets: {
      summary: "recorded paths or folders, or one or two versions of a file as path@digest",
      count: "many",
    },
  },
  options: {
    since: {
      kind: "text",
      placeholder: "revision",
      summary: "a commit, branch or tag, or churn:r2",
    },
    until: { kind: "text", placeholder: "revision", summary: "the same, instead of the disk" },
  },
  examples: [
    { line: "mlops datasets diff", shows: "what changed on disk since the last snapshot" },
    { line: "mlops datasets diff --since main", shows: "since the snapshot that main has" },
    {
      line: "mlops datasets diff data --since churn:r1 --until churn:r2",
      shows: "between two promotions",
    },
    {
      line: "mlops datasets diff data/churn.csv@3f8a21 data/churn.csv@90bb17",
      shows: "between two recorded versions",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { DatasetsDiffReport } = await import("../../../app/datasets-schema.ts");
    return toJsonSchema(DatasetsDiffReport);
  },
  run: async (context, input) => {
    const { openDatasets } = await import("./open-datasets.ts");
    const { diffDatasets } = await import("../../../app/diff-datasets.ts");
    const { ports, fromTyped, diagnostics } = await openDatasets(context, "if-there");
    const { since, until } = input;
    const { signal, wiring } = context;
    const wanted = input.datasets.map(fromTyped);
    const git = await wiring.git();
    const request = { wanted, since, until, signal };
    return succeeded(await diffDatasets(request, { ...ports, git }), diagnostics);
  },
  table: async (result) =>
    (await import("../../render/recorded-data.ts")).datasetsDiffTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/recorded-data.ts")).renderDatasetsDiff(result, style),
});
