/** What `init` did, as `--json` prints it. */
import { z } from "zod";

export const InitResult = z.strictObject({
  /** Absolute. */
  root: z.string(),
  python: z.strictObject({
    executable: z.string(),
    version: z.string(),
    foundBy: z.enum([
      "named",
      "virtual-environment",
      "conda",
      "project-environment",
      "poetry",
      "conda-file",
      "path",
    ]),
    /** Why this one. */
    because: z.string(),
    /** Environments that were meant but are not there, with what makes them. */
    notes: z.array(z.string()),
  }),
  files: z.array(z.strictObject({ path: z.string(), status: z.enum(["created", "unchanged"]) })),
  /** A notebook that could be promoted next, relative to the root; null when none was seen. */
  notebook: z.string().nullable(),
});
export type InitResult = z.infer<typeof InitResult>;
