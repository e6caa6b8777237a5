import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models lineage` */
export const modelsLineageCommand = defineCommand({
  name: "models lineage",
  group: "models",
  summary: "Follow a model version back to its data and cells, and forward to every use",
  description:
    "Back: run, steps, parameters, data, pipeline revision, notebook cells, commit, environment, certificate. Forward: aliases now and before, requests and decisions, deployments, lock file, exports. What is not known any more is said. Of a data file, a folder or a digest it says which versions were trained on it.",
  arguments: {
    of: { summary: "churn@v3, churn@champion; or data/churn.csv, or sha256:…" },
  },
  options: {},
  examples: [
    { line: "mlops models lineage churn@champion", shows: "where the champion comes from" },
    { line: "mlops models lineage data/churn.csv", shows: "which versions were trained on it" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsLineageReport } = await import("../../../app/lineage-schema.ts");
    return toJsonSchema(ModelsLineageReport);
  },
  run: async (context, input) => {
    const { runLineage } = await import("./run-lineage.ts");
    return succeeded(await runLineage(context, input.of));
  },
  render: async ({ result }, style) =>
    (await import("../../render/lineage.ts")).renderLineage(result, style),
});
