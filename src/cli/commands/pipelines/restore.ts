import { defineCommand, succeeded } from "../../command.ts";

/** `mlops pipelines restore` */
export const pipelinesRestoreCommand = defineCommand({
  name: "pipelines restore",
  group: "build",
  summary: "Bring the files of a revision back, as a new revision",
  description:
    "Edits made by hand meanwhile are stored before they are written over; --before brings them back. Files of your own that no promotion made stay as they are.",
  arguments: {
    revision: { summary: "churn:r2; churn alone takes back all edits since the newest" },
  },
  options: {
    before: {
      kind: "switch",
      summary: "the folder as it was just before that revision was written, your edits included",
    },
    dryRun: { kind: "switch", summary: "show what would change, write no file" },
  },
  examples: [
    { line: "mlops pipelines restore churn:r2 --dry-run", shows: "which files would change" },
    { line: "mlops pipelines restore churn:r2 --yes", shows: "brings r2 back without asking" },
    {
      line: "mlops pipelines restore churn:r3 --before",
      shows: "undoes the third promotion, with your edits of then",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { PipelineRestoreReport } = await import("../../../app/pipelines-schema.ts");
    return toJsonSchema(PipelineRestoreReport);
  },
  run: async (context, input) => {
    const { openProject } = await import("../../open-project.ts");
    const { restorePipeline } = await import("../../../app/restore-pipeline.ts");
    const result = await restorePipeline(
      {
        reference: input.revision,
        before: input.before,
        dryRun: input.dryRun,
        // Without edits nothing is written over that is not on record already.
        confirm: async ({ restored, saved }) =>
          saved.length === 0 ||
          context.yes ||
          (await context.prompts.confirm({
            message: `Write ${restored} over your edits of ${saved.join(", ")}? They are stored first.`,
            flag: "--yes",
          })),
      },
      await openProject(context),
    );
    return succeeded(result);
  },
  render: async ({ result }, style) =>
    (await import("../../render/pipelines.ts")).renderPipelineRestore(result, style),
});
