/** Results of `models push` and `models pull`, as `--json` prints them. */
import { z } from "zod";

export const ModelsPushReport = z.strictObject({
  /** As the settings name it. */
  store: z.string(),
  /** `churn@v3` */
  versions: z.array(z.string()),
  /** Blobs that were sent. */
  pushed: z.int(),
  /** Blobs that were there. */
  present: z.int(),
  /** Of what was sent. */
  bytes: z.int(),
});
export type ModelsPushReport = z.infer<typeof ModelsPushReport>;

export const ModelsPullReport = z.strictObject({
  from: z.string(),
  models: z.array(z.strictObject({ environment: z.string(), reference: z.string() })),
  /** Blobs that were fetched. */
  pulled: z.int(),
  /** Blobs that were here. */
  present: z.int(),
  /** Of what was fetched. */
  bytes: z.int(),
});
export type ModelsPullReport = z.infer<typeof ModelsPullReport>;
