import { defineCommand, succeeded } from "../../command.ts";

/** `mlops runs show` */
export const runsShowCommand = defineCommand({
  name: "runs show",
  group: "build",
  summary: "Show a run: steps with reasons, parameters, metrics, data",
  arguments: { run: { summary: "id of the run, or its first digits (at least 6)" } },
  options: {},
  examples: [
    { line: "mlops runs show 4f2a9c", shows: "what ran, what was taken from the store, and why" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { RunShowReport } = await import("../../../app/runs-schema.ts");
    return toJsonSchema(RunShowReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { findRun } = await import("../../../app/find-run.ts");
    const { showRun } = await import("../../../app/report-runs.ts");
    const { registry } = await openState(context);
    return succeeded(showRun(findRun(input.run, registry.runs)));
  },
  render: async ({ result }, style) =>
    (await import("../../render/runs.ts")).renderRunShow(result, style),
});
