/** Results of `models export` and `models import`, as `--json` prints them. */
import { z } from "zod";
import { VersionReport } from "./models-schema.ts";

export const ModelExportReport = z.strictObject({
  /** `churn@v3` */
  reference: z.string(),
  folder: z.string(),
  format: z.enum(["mlflow", "skops", "onnx"]),
  /** Paths in the folder, sorted. */
  files: z.array(z.string()),
  /** How the written file was compared with the model; null where the files are the version's own. */
  compared: z
    .strictObject({
      rows: z.int(),
      /** Largest absolute difference of an answer. */
      gap: z.number(),
      tolerance: z.number(),
    })
    .nullable(),
});
export type ModelExportReport = z.infer<typeof ModelExportReport>;

export const ModelImportReport = z.strictObject({
  /** The version that it is now; null in a dry run of content that is not registered. */
  registered: VersionReport.nullable(),
  created: z.boolean(),
  model: z.string(),
  content: z.string(),
  /** What the folder said it was elsewhere, as `churn@v3`; null without version.json. */
  exportedAs: z.string().nullable(),
  files: z.record(z.string(), z.string()),
  /** Python files that serving it runs. */
  code: z.array(z.string()),
  /** Names that were accepted because the user trusts them. */
  trusted: z.array(z.string()),
  notServableBecause: z.string().nullable(),
  dryRun: z.boolean(),
});
export type ModelImportReport = z.infer<typeof ModelImportReport>;
