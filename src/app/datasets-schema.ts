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

const Kept = z.array(z.enum(["project", "shared"]));

/** Result of `mlops datasets list`: what datasets.lock.yaml records. */
export const DatasetsListReport = z.strictObject({
  /** What `store:` names; null without it, or when it is not there. */
  shared: z.string().nullable(),
  datasets: z.array(
    DatasetVersion.extend({
      path: z.string(),
      /** The file against what is recorded. */
      onDisk: z.enum(["same", "changed", "missing"]),
      /** The stores that have the recorded bytes; of none they can not be brought back. */
      kept: Kept,
      /** How many versions were recorded before. */
      earlier: z.int(),
    }),
  ),
});
export type DatasetsListReport = z.infer<typeof DatasetsListReport>;

/** Result of `mlops datasets show`. */
export const DatasetShowReport = z.strictObject({
  path: z.string(),
  onDisk: z.enum(["same", "changed", "missing"]),
  /** What lies there; null when nothing does. */
  file: DatasetVersion.nullable(),
  /** Newest first; the first is the one that the lock names. */
  versions: z.array(DatasetVersion.extend({ kept: Kept })),
  /** Of the recorded version of a CSV file; null of any other, and where no store has it. */
  table: z.strictObject({ columns: z.array(z.string()), rows: z.int() }).nullable(),
});
export type DatasetShowReport = z.infer<typeof DatasetShowReport>;

const Side = z.strictObject({ digest: Digest, bytes: z.int().min(0).nullable() });

/** Result of `mlops datasets diff`. */
export const DatasetsDiffReport = z.strictObject({
  /** `lock`, `disk`, a version of one file, a commit, or a revision of a pipeline. */
  from: z.string(),
  to: z.string(),
  /** Files that hold the same on both sides. */
  same: z.int(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(["added", "removed", "changed"]),
      before: Side.nullable(),
      after: Side.nullable(),
      /** Of two CSV files; null of others. */
      table: z
        .strictObject({
          columnsAdded: z.array(z.string()),
          columnsRemoved: z.array(z.string()),
          rowsBefore: z.int(),
          rowsAfter: z.int(),
          /** Rows that only one side has, by the columns that both have; their order does not count. */
          rowsAdded: z.int(),
          rowsRemoved: z.int(),
        })
        .nullable(),
      /** Why a CSV file was not looked into. */
      notCompared: z.string().nullable(),
    }),
  ),
});
export type DatasetsDiffReport = z.infer<typeof DatasetsDiffReport>;

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
