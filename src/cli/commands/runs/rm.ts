import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops runs rm` */
export const runsRmCommand = defineCommand({
  name: "runs rm",
  group: "build",
  summary: "Forget runs; mlops clean then frees their values",
  description:
    "Removes the record of these runs: steps, parameters, metrics. A run that a model version came from stays, because the version could not say any more how it was made.",
  arguments: { runs: { summary: "ids, or their first digits (at least 6)", count: "many" } },
  options: { dryRun: { kind: "switch", summary: "say which would go, remove nothing" } },
  examples: [{ line: "mlops runs rm 4f2a9c 81be03", shows: "forgets two runs" }],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { RunsRemoveReport } = await import("../../../app/clean-schema.ts");
    return toJsonSchema(RunsRemoveReport);
  },
  run: async (context, input) => {
    if (input.runs.length === 0)
      throw new UsageError("Say which runs.", {
        code: "usage-missing-argument",
        hint: "mlops runs list shows their ids",
      });
    const { openState } = await import("../../open-state.ts");
    const { removeRuns } = await import("../../../app/remove-runs.ts");
    return succeeded(
      await removeRuns(input.runs, { dryRun: input.dryRun }, await openState(context)),
    );
  },
  render: async ({ result }) => (await import("../../render/clean.ts")).renderRunsRemoved(result),
});
