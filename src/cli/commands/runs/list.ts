import { defineCommand, succeeded } from "../../command.ts";

/** `mlops runs list` */
export const runsListCommand = defineCommand({
  name: "runs list",
  group: "build",
  summary: "List runs, newest first",
  description:
    "A condition or order names a metric, a parameter, or status, pipeline, revision, started, took (in seconds); metric.NAME and param.NAME where both have the name. A run without the name meets no condition and comes last.",
  arguments: { pipeline: { summary: "only this pipeline's", count: "optional" } },
  options: {
    where: {
      kind: "texts",
      placeholder: "condition",
      summary: 'only runs like this: "roc-auc>0.8", status=failed; several must all hold',
    },
    sort: {
      kind: "text",
      placeholder: "name",
      summary: "by a metric, a parameter, started or took; the greatest first",
    },
    ascending: { kind: "switch", summary: "with --sort: the least first" },
    limit: { kind: "whole-number", placeholder: "n", min: 1, summary: "how many (default 20)" },
    all: { kind: "switch", summary: "all of them" },
  },
  examples: [
    { line: "mlops runs list churn --limit 5", shows: "the last five runs with their metrics" },
    {
      line: 'mlops runs list churn --where "roc-auc>0.8" --sort roc-auc --limit 3',
      shows: "the three best",
    },
    {
      line: "mlops runs list --where status=failed --csv",
      shows: "failed runs, for a spreadsheet",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { RunsListReport } = await import("../../../app/runs-schema.ts");
    return toJsonSchema(RunsListReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { listRuns } = await import("../../../app/report-runs.ts");
    const { registry } = await openState(context);
    const { pipeline, where, sort } = input;
    const order = input.ascending ? "least-first" : "greatest-first";
    const limit = input.all ? undefined : (input.limit ?? 20);
    return succeeded(listRuns({ pipeline, where, sort, order, limit }, registry.runs));
  },
  table: async (result) => (await import("../../render/runs.ts")).runsTable(result),
  render: async ({ result }, style, { pipeline, where }) =>
    (await import("../../render/runs.ts")).renderRunsList(
      result,
      style,
      where.length > 0 || pipeline !== undefined,
    ),
});
