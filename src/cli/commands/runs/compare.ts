import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops runs compare` */
export const runsCompareCommand = defineCommand({
  name: "runs compare",
  group: "build",
  summary: "Show runs side by side: parameters and metrics that differ",
  arguments: { runs: { summary: "two or more runs, by id or first digits", count: "many" } },
  options: { all: { kind: "switch", summary: "show what is the same, too" } },
  examples: [
    { line: "mlops runs compare 4f2a9c 81bb03", shows: "what was changed and what came of it" },
    { line: "mlops runs compare 4f2a9c 81bb03 --md", shows: "the same, for a pull request" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { RunsCompareReport } = await import("../../../app/runs-schema.ts");
    return toJsonSchema(RunsCompareReport);
  },
  run: async (context, input) => {
    if (input.runs.length < 2) {
      throw new UsageError("Comparing needs at least two runs.", {
        code: "usage-missing-argument",
        hint: "mlops runs list shows their ids",
      });
    }
    const { openState } = await import("../../open-state.ts");
    const { findRun } = await import("../../../app/find-run.ts");
    const { reportComparison } = await import("../../../app/report-runs.ts");
    const { registry } = await openState(context);
    return succeeded(reportComparison(input.runs.map((id) => findRun(id, registry.runs))));
  },
  table: async (result, input) =>
    (await import("../../render/runs.ts")).comparisonTable(
      result,
      input.all ? "everything" : "differences",
    ),
  render: async ({ result }, style, input) =>
    (await import("../../render/runs.ts")).renderComparison(
      result,
      style,
      input.all ? "everything" : "differences",
    ),
});
