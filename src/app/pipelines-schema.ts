/** Results of the `pipelines` commands, as `--json` prints them. Times are ISO 8601 in UTC. */
import { z } from "zod";

export const PipelineRow = z.strictObject({
  pipeline: z.string(),
  revision: z.int(),
  /** Of the certificate; null where nothing was verified. */
  verdict: z.string().nullable(),
  createdAt: z.string(),
  notebook: z.string(),
  folder: z.string(),
  /** Null where the store has lost pipeline.yaml of this revision. */
  steps: z.array(z.string()).nullable(),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
});
export type PipelineRow = z.infer<typeof PipelineRow>;

/** Newest revision of each pipeline, or all of one, newest first. */
export const PipelinesListReport = z.strictObject({ pipelines: z.array(PipelineRow) });
export type PipelinesListReport = z.infer<typeof PipelinesListReport>;

const Changed = z.enum(["added", "removed", "changed"]);
const FileChange = z.strictObject({
  path: z.string(),
  change: Changed,
  linesAdded: z.int(),
  linesRemoved: z.int(),
});

export const PipelineShowReport = PipelineRow.extend({
  stepDetails: z.array(
    z.strictObject({
      name: z.string(),
      /** Of several notebooks counted on from one to the next, as pipeline.yaml has them. */
      cells: z.array(z.int()),
      /** The same, as each notebook numbers its own. */
      notebooks: z.array(z.strictObject({ path: z.string(), cells: z.array(z.int()) })),
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
      metrics: z.array(z.string()),
    }),
  ),
  parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  files: z.array(z.string()),
  /** Files that people had edited when the revision was made: what stood there differs from what was generated. */
  editedThen: z.array(z.string()),
  /** What is on disk now against this revision. */
  onDisk: z.array(FileChange),
});
export type PipelineShowReport = z.infer<typeof PipelineShowReport>;

const ChangedValue = z.strictObject({
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const PipelinesDiffReport = z.strictObject({
  from: z.string(),
  /** A revision, or `disk`. */
  to: z.string(),
  steps: z.array(
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.enum(["added", "removed"]), step: z.string() }),
      z.strictObject({ kind: z.literal("renamed"), step: z.string(), before: z.string() }),
      z.strictObject({
        kind: z.literal("changed"),
        step: z.string(),
        what: z.array(z.string()).readonly(),
      }),
    ]),
  ),
  parameters: z.array(ChangedValue),
  dependencies: z.array(ChangedValue),
  /** Raw columns that the served model takes. */
  columns: z.array(ChangedValue),
  files: z.array(FileChange),
  /** Unified. */
  text: z.string(),
});
export type PipelinesDiffReport = z.infer<typeof PipelinesDiffReport>;

export const PipelineRestoreReport = z.strictObject({
  /** What was brought back: `churn:r2`, or `churn:r3 (before)`. */
  restored: z.string(),
  /** The new revision; null on a dry run, or when all was there already. */
  revision: z.int().nullable(),
  /** Files that hold, or would hold, other text. */
  files: z.array(FileChange),
  /** Of these, the ones a person had edited; their text is on record in the new revision. */
  saved: z.array(z.string()),
  dryRun: z.boolean(),
});
export type PipelineRestoreReport = z.infer<typeof PipelineRestoreReport>;
