/** Contract 3: the manifest of one executed step, written by `_runtime.py`, read by the scheduler. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

export const StepOutput = z.strictObject({
  digest: Digest,
  codec: z.enum(["parquet", "npy", "json", "skops", "joblib", "pickle"]),
  type: z.string(),
  bytes: z.int().min(0),
});
export type StepOutput = z.infer<typeof StepOutput>;

/** A metric value; numbers JSON cannot carry travel as strings, as on MLflow's wire. */
export const MetricValue = z.number().or(z.enum(["NaN", "Infinity", "-Infinity"]));
export type MetricValue = z.infer<typeof MetricValue>;

export const StepManifest = z.strictObject({
  version: z.literal(1),
  step: z.string(),
  /** Digest over the step's module, the helpers and the runtime. */
  code: Digest,
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  inputs: z.record(z.string(), Digest),
  outputs: z.record(z.string(), StepOutput),
  /** Digest of the process-wide generators' state before and after; null for steps that use none. */
  random: z.strictObject({ before: Digest.nullable(), after: Digest.nullable() }),
  /** Files written, relative to the root. The bytes are in the store under the same digest. */
  files: z.record(z.string(), Digest),
  /** Files read, relative to the root; absolute outside of it. */
  filesRead: z.record(z.string(), Digest),
  /** What the step saw besides the content of files, by path relative to the root: `absent`, `file`, `directory`, or a digest over the names in a folder that it listed. */
  looked: z.record(z.string(), z.string()).exactOptional(),
  /** Files written outside the root, by absolute path; their bytes are not in the store. */
  filesOutside: z.record(z.string(), Digest).exactOptional(),
  metrics: z.array(z.strictObject({ name: z.string(), value: MetricValue })),
  /** Printed text, in the store. */
  text: Digest,
});
export type StepManifest = z.infer<typeof StepManifest>;
