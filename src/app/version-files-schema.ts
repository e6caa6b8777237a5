/** What a model card reads of files in a version's directory that are described nowhere else as a whole; all else in them is left alone. */
import { z } from "zod";

/** Names in `state/state.json`: of what fit learned. */
export const StateNames = z.object({
  fields: z.record(z.string(), z.unknown()).default({}),
  objects: z.array(z.string()).default([]),
});

/** Why a version cannot be served, in its MLmodel. */
export const NotServable = z.object({
  metadata: z.object({ mlops: z.object({ because: z.string() }) }),
});
