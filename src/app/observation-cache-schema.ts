/** Kept runs of notebooks as they are on disk; see `observation-cache.ts`. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { StoredObservation } from "../observation/schema.ts";

/** One run on disk. */
export const KeptRun = z.strictObject({
  version: z.literal(1),
  key: Digest,
  /** Over the observation, so that a damaged entry is told from a whole one. */
  digest: Digest,
  observation: StoredObservation,
});

/** Which runs of a notebook are kept. */
export const KeptRuns = z.strictObject({
  version: z.literal(1),
  /** Newest first. */
  runs: z.array(z.strictObject({ key: Digest, wallMs: z.number() })),
});
