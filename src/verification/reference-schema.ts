/** What the notebook itself computed at the places where the pipeline will be compared: the expected side of every comparison. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { MetricValue, StepOutput } from "../run/schema.ts";

/** A call whose result another run need not repeat, and what repeats it. */
const Cause = z.strictObject({
  cell: z.int(),
  line: z.int(),
  call: z.string(),
  fix: z.string(),
});

export const Unstable = z.strictObject({
  /** Artifact, metric, step (for text), file or setting. */
  kind: z.enum(["value", "metric", "text", "file", "setting"]),
  name: z.string(),
  cell: z.int().nullable(),
  evidence: z.string(),
  /** The calls that it comes from, where they are known. */
  causes: z.array(Cause).exactOptional(),
});
export type Unstable = z.infer<typeof Unstable>;

/** What statements printed or wrote that are not in the pipeline. */
export const LeftOut = z.strictObject({
  kind: z.enum(["text", "file"]),
  name: z.string(),
  cell: z.int(),
  reason: z.string(),
  evidence: z.string(),
});
export type LeftOut = z.infer<typeof LeftOut>;

export const Reference = z.strictObject({
  version: z.literal(2),
  /** Artifact name → stored value. */
  values: z.record(z.string(), StepOutput),
  /** Values that could not be stored, with the reason. */
  unstored: z.array(
    z.strictObject({ name: z.string(), cell: z.int().nullable(), reason: z.string() }),
  ),
  /** Step name → metric name → its values in the order in which the step's own statements recorded them. */
  metrics: z.record(z.string(), z.record(z.string(), z.array(MetricValue))),
  /** Step name → digest of the text its statements printed. */
  texts: z.record(z.string(), Digest),
  /** Step name → setting → its value when the step's last statement had run; what a statement that was left out changed last is not among them. */
  settings: z.record(z.string(), z.record(z.string(), z.string().nullable())).optional(),
  /** Path relative to the root → digest. */
  files: z.record(z.string(), Digest),
  /** Data files read, by path relative to the root. */
  data: z.record(z.string(), Digest),
  environment: Digest,
  python: z.string(),
  /** Every distribution that was loaded, with its version. */
  packages: z.record(z.string(), z.string()),
  seeds: z.strictObject({ hash: z.int(), random: z.int(), numpy: z.int() }),
  notebookSeeded: z.boolean(),
  /** Calls that draw from a generator that the notebook does not seed. */
  unseeded: z.array(Cause).exactOptional(),
  /** What two runs of the notebook itself did not agree on. */
  unstable: z.array(Unstable),
  /** In no step, so never compared, but counted. */
  leftOut: z.array(LeftOut).optional(),
});
export type Reference = z.infer<typeof Reference>;
