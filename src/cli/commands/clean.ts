import { defineCommand, succeeded } from "../command.ts";

/** Enough to go back a few experiments without computing them again. */
const KEEP_RUNS = 10;

/** `mlops clean` */
export const cleanCommand = defineCommand({
  name: "clean",
  group: "other",
  summary: "Free what nothing refers to any more",
  description:
    "Removes from .mlops the values of old runs and what killed commands left. What models, revisions, certificates, recorded data and the newest runs of each pipeline refer to stays, and so does everything younger than an hour. A value that is missed later is computed again.",
  arguments: {},
  options: {
    keepRuns: {
      kind: "whole-number",
      placeholder: "n",
      min: 0,
      summary: `newest runs of each pipeline whose values stay (default ${String(KEEP_RUNS)})`,
    },
    dryRun: { kind: "switch", summary: "say what would go, remove nothing" },
  },
  examples: [
    { line: "mlops clean --dry-run", shows: "how much could be freed" },
    { line: "mlops clean --keep-runs 2", shows: "keeps the values of two runs a pipeline" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { CleanReport } = await import("../../app/clean-schema.ts");
    return toJsonSchema(CleanReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../open-state.ts");
    const { cleanProject } = await import("../../app/clean-project.ts");
    const { value: config } = await context.config();
    const options = {
      keepRuns: input.keepRuns ?? KEEP_RUNS,
      dryRun: input.dryRun,
      pipelines: config.pipelines,
      signal: context.signal,
    };
    const ports = {
      ...(await openState(context)),
      processes: await context.wiring.processTable(),
      clock: await context.wiring.clock(),
    };
    return succeeded(await cleanProject(options, ports));
  },
  render: async ({ result }) => (await import("../render/clean.ts")).renderClean(result),
});
