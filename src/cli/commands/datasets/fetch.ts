import { answeredNo, defineCommand, succeeded } from "../../command.ts";

/** `mlops datasets fetch` */
export const datasetsFetchCommand = defineCommand({
  name: "datasets fetch",
  group: "build",
  summary: "Bring recorded data back to its place",
  description:
    "Takes the bytes from the project's store or the shared one (store: in .mlopsrc.yaml), checks their digest, then copies them into place. What comes from the shared store is kept in the project's, too; a transfer that broke off goes on where it ended. A file with other content stays as it is unless --force says otherwise; its bytes are then kept in the project's store first. The exit code is 1 when a file differs or cannot be had.",
  arguments: {
    datasets: {
      summary: "recorded paths or folders, or path@digest for one version; all when left out",
      count: "many",
    },
  },
  options: {
    force: { kind: "switch", summary: "replace files that differ, after keeping them by content" },
    dryRun: { kind: "switch", summary: "say what would be brought, write nothing" },
  },
  examples: [
    { line: "mlops datasets fetch", shows: "brings all recorded data that is missing" },
    {
      line: "mlops datasets fetch data/churn.csv@3f8a21bc --force",
      shows: "goes to an earlier version",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { FetchReport } = await import("../../../app/datasets-schema.ts");
    return toJsonSchema(FetchReport);
  },
  run: async (context, input) => {
    const { openDatasets } = await import("./open-datasets.ts");
    const { fetchDatasets } = await import("../../../app/fetch-datasets.ts");
    const { describeUnfetched } = await import("../../render/datasets.ts");
    const { ports, fromTyped } = await openDatasets(context);
    const { force, dryRun } = input;
    const options = { force, dryRun, signal: context.signal };
    const result = await fetchDatasets(input.datasets.map(fromTyped), options, ports);
    const problems = describeUnfetched(result);
    return problems.length === 0 ? succeeded(result) : answeredNo(result, problems);
  },
  render: async ({ result }, style) =>
    (await import("../../render/datasets.ts")).renderFetch(result, style),
});
