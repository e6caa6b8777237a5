/** What the Python worker answers, as `app/` reads it; `templates/python/worker.py` is the other side. */
import { z } from "zod";
import { StepManifest } from "../run/schema.ts";

/** `prepare`: whether steps can run in copies of the prepared process, and versions: of what was asked for, and of all that is loaded. */
export const PrepareReply = z.object({
  isolates: z.boolean(),
  versions: z.record(z.string(), z.string().nullable()).optional(),
});

/** `step` */
export const StepReply = z.object({ manifest: StepManifest });

/** `compare`: one result a pair, by name. */
export const CompareReply = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      same: z.boolean(),
      how: z.enum(["exact", "float", "estimator"]),
      difference: z.string().nullish(),
    }),
  ),
});

/** `prove` */
export const ProveReply = z.object({
  proofs: z.array(
    z.object({
      proof: z.string(),
      matrix: z.string().nullish(),
      same: z.boolean(),
      difference: z.string().nullish(),
    }),
  ),
});

/** An event of a running step: what it printed. */
export const TextEvent = z.object({
  kind: z.literal("text"),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});
