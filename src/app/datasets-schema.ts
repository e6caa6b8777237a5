/** `datasets.lock.yaml`, which is in git and says which content belongs to which path, and what the `datasets` commands report. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { parseRelativePath } from "../base/relative-path.ts";

/** Git's folder and ours are never data: what lies there runs, or is believed. Names are compared as file systems that ignore case do. */
const DatasetPath = z
  .string()
  .refine(
    (path) => parseRelativePath(path) === path && !/(^|\/)\.(git|mlops)[. ]*(\/|$)/i.test(path),
    "must be a path inside the project, and not in .git or .mlops",
  );

const DatasetVersion = z.strictObject({ digest: Digest, bytes: z.int().min(0) });

/** The whole file; paths are relative to the project root. */
export const DatasetsLock = z.strictObject({
  version: z.literal(1),
  datasets: z.record(
    DatasetPath,
    DatasetVersion.extend({
      /** Versions that were recorded before, oldest first. */
      earlier: z.array(DatasetVersion).default([]),
    }),
  ),
});
export type DatasetsLock = z.infer<typeof DatasetsLock>;

/** Result of `mlops datasets snapshot`. What is `removed` has the digest that the lock held until now. */
export const SnapshotReport = z.strictObject({
  dryRun: z.boolean(),
  /** Where the bytes were shared; null without `store:` in the settings. */
  shared: z.string().nullable(),
  datasets: z.array(
    DatasetVersion.extend({
      path: z.string(),
      state: z.enum(["new", "changed", "unchanged", "removed"]),
    }),
  ),
});
export type SnapshotReport = z.infer<typeof SnapshotReport>;

/** Result of `mlops datasets fetch`. */
export const FetchReport = z.strictObject({
  dryRun: z.boolean(),
  datasets: z.array(
    z.strictObject({
      path: z.string(),
      digest: Digest,
      state: z.enum(["current", "fetched", "replaced", "differs", "unavailable", "corrupt"]),
      /** What was there before it was replaced; `mlops datasets fetch PATH@DIGEST --force` brings it back. */
      replaced: Digest.nullable(),
    }),
  ),
});
export type FetchReport = z.infer<typeof FetchReport>;
