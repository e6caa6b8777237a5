import type { CleanReport } from "../../app/clean-schema.ts";
import { defineCommand, succeeded } from "../command.ts";
import type { CommandContext } from "../context.ts";

/** `mlops clean` */
export const cleanCommand = defineCommand({
  name: "clean",
  group: "other",
  summary: "Free what nothing refers to any more",
  description:
    "Removes from .mlops the values of old runs, what killed commands left, and copies, caches and environments that were not used for long. Shows what would go and asks; without a terminal it needs --yes. What models, revisions, certificates, recorded data and the newest runs of each pipeline refer to stays, and so does everything younger than an hour. A value that is missed later is computed again.",
  arguments: {},
  options: {
    keepRuns: {
      kind: "whole-number",
      placeholder: "n",
      min: 0,
      summary: "newest runs of each pipeline whose values stay (default keep.runs, which is 10)",
    },
    dryRun: { kind: "switch", summary: "say what would go, remove nothing" },
  },
  examples: [
    { line: "mlops clean --dry-run", shows: "how much could be freed" },
    {
      line: "mlops clean --keep-runs 2 --yes",
      shows: "keeps the values of two runs a pipeline, and does not ask",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { CleanReport } = await import("../../app/clean-schema.ts");
    return toJsonSchema(CleanReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../open-state.ts");
    const { cleanProject } = await import("../../app/clean-project.ts");
    const config = await context.config();
    const options = {
      keepRuns: input.keepRuns ?? config.keep.runs,
      pipelines: config.pipelines,
      python: config.python,
      signal: context.signal,
    };
    const ports = {
      ...(await openState(context)),
      processes: await context.wiring.processTable(),
      clock: await context.wiring.clock(),
    };
    const plan = await cleanProject({ ...options, dryRun: true }, ports);
    if (input.dryRun || !(await isWanted(plan, context))) return succeeded(plan);
    return succeeded(await cleanProject({ ...options, dryRun: false }, ports));
  },
  render: async ({ result }) => (await import("../render/clean.ts")).renderClean(result),
});

/** What is freed is computed again, but perhaps for hours: a person says yes. */
async function isWanted(plan: CleanReport, context: CommandContext): Promise<boolean> {
  const { isNothing, renderClean } = await import("../render/clean.ts");
  // Then there is nothing to be asked about, and half-written files go all the same.
  if (context.yes || isNothing(plan)) return true;
  if (context.prompts.isInteractive)
    context.events.emit({ kind: "noted", text: renderClean(plan) });
  return context.prompts.confirm({ message: "Remove these for good?", flag: "--yes" });
}
