/** Result of `mlops clean` and `mlops runs rm`, as `--json` prints them. */
import { z } from "zod";

const Freed = z.strictObject({ count: z.int(), bytes: z.int() });

/** What may go beside the store: see `leftovers.ts`. */
const LeftoverKind = z.enum(["scratch", "manifests", "models", "cache", "environments"]);
export type LeftoverKind = z.infer<typeof LeftoverKind>;

/** What is in `.mlops/` now. */
const StateUsage = z.strictObject({
  /** By kind, the store first; what is empty is left out. */
  sizes: z.array(z.strictObject({ kind: z.string(), bytes: z.int() })),
  /** Files and folders that are not ours; they stay. */
  unknown: z.array(z.string()),
});
export type StateUsage = z.infer<typeof StateUsage>;

export const CleanReport = z.strictObject({
  dryRun: z.boolean(),
  /** Blobs of the store that nothing refers to any more. */
  blobs: Freed,
  /** Blobs that stay. */
  kept: Freed,
  /** What went beside the store, by kind. */
  leftovers: z.array(Freed.extend({ kind: LeftoverKind })),
  /** Runs whose values stay, and all runs. */
  runsKept: z.int(),
  runs: z.int(),
  ...StateUsage.shape,
});
export type CleanReport = z.infer<typeof CleanReport>;

export const RunsRemoveReport = z.strictObject({
  dryRun: z.boolean(),
  runs: z.array(z.strictObject({ id: z.string(), pipeline: z.string(), startedAt: z.string() })),
});
export type RunsRemoveReport = z.infer<typeof RunsRemoveReport>;

/** What a store that cannot be made smaller held when that was last found out. */
export const BoundNote = z.object({ leftBytes: z.number() });
