import { defineCommand, succeeded } from "../../command.ts";

/** `mlops runs list` */
export const runsListCommand = defineCommand({
  name: "runs list",
  group: "build",
  summary: "List runs, newest first",
  arguments: { pipeline: { summary: "only this pipeline's", count: "optional" } },
  options: {
    limit: { kind: "whole-number", placeholder: "n", min: 1, summary: "how many (default 20)" },
    all: { kind: "switch", summary: "all of them" },
  },
  examples: [
    { line: "mlops runs list churn --limit 5", shows: "the last five runs with their metrics" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { RunsListReport } = await import("../../../app/runs-schema.ts");
    return toJsonSchema(RunsListReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { reportRun } = await import("../../../app/report-runs.ts");
    const { registry } = await openState(context);
    const filter = input.pipeline === undefined ? {} : { pipeline: input.pipeline };
    const runs = registry.runs.list(input.all ? filter : { ...filter, limit: input.limit ?? 20 });
    return succeeded({ runs: runs.map(reportRun) });
  },
  render: async ({ result }, style) =>
    (await import("../../render/runs.ts")).renderRunsList(result, style),
});
