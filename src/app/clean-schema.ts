/** Result of `mlops clean` and `mlops runs rm`, as `--json` prints them. */
import { z } from "zod";

const Freed = z.strictObject({ count: z.int(), bytes: z.int() });

export const CleanReport = z.strictObject({
  dryRun: z.boolean(),
  /** Blobs of the store that nothing refers to any more. */
  blobs: Freed,
  /** Blobs that stay. */
  kept: Freed,
  /** Folders that killed commands left. */
  scratch: z.int(),
  /** Runs whose values stay, and all runs. */
  runsKept: z.int(),
  runs: z.int(),
});
export type CleanReport = z.infer<typeof CleanReport>;

export const RunsRemoveReport = z.strictObject({
  dryRun: z.boolean(),
  runs: z.array(z.strictObject({ id: z.string(), pipeline: z.string(), startedAt: z.string() })),
});
export type RunsRemoveReport = z.infer<typeof RunsRemoveReport>;
