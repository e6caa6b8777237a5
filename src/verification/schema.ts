/** Contract 7: certificate.json. No clocks, no paths of the machine. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

const Part = z.strictObject({ compared: z.int().min(0), total: z.int().min(0) });

export const Comparison = z.strictObject({
  kind: z.enum(["value", "metric", "text", "file", "figure", "setting"]),
  step: z.string(),
  name: z.string(),
  how: z.enum(["exact", "float", "estimator"]),
  rtol: z.number().optional(),
  /** Digest of the stored value, the number, or the digest of the text. */
  expected: z.union([z.string(), z.number()]),
  got: z.union([z.string(), z.number()]),
  same: z.boolean(),
  /** Where and how they differ: `column "tenure", row 3: 12 ≠ 13`. Only when not the same. */
  difference: z.string().optional(),
});
export type Comparison = z.infer<typeof Comparison>;

/** A call whose result another run need not repeat, and what repeats it. */
const Cause = z.strictObject({
  cell: z.int().min(1),
  /** 1-based, in the cell. */
  line: z.int().min(1),
  call: z.string(),
  fix: z.string(),
});

export const Exclusion = z.strictObject({
  name: z.string(),
  cell: z.int().min(1).nullable(),
  reason: z.string(),
  evidence: z.string(),
  /** The calls that it comes from, where they are known. */
  causes: z.array(Cause).exactOptional(),
  /** What exploration printed: it is no result, so leaving it out takes nothing from the verdict. */
  exploration: z.literal(true).exactOptional(),
});
export type Exclusion = z.infer<typeof Exclusion>;

/** What running the served features on the raw table showed. */
export const FeatureProof = z.strictObject({
  proof: z.string(),
  /** The notebook's variable, where the proof is about one. */
  matrix: z.string().exactOptional(),
  result: z.enum(["holds", "fails", "not-applicable"]),
  /** `exact`, or within which tolerance; why it is not applicable. */
  how: z.string(),
  /** Where and how it fails. */
  difference: z.string().exactOptional(),
});
export type FeatureProof = z.infer<typeof FeatureProof>;

export const Certificate = z.strictObject({
  version: z.literal(1),
  pipeline: z.string(),
  digests: z.strictObject({
    notebook: Digest,
    plan: Digest,
    package: Digest,
    data: z.record(z.string(), Digest),
    environment: Digest,
  }),
  seeds: z.strictObject({ hash: z.int(), random: z.int(), numpy: z.int() }),
  comparisons: z.array(Comparison),
  excluded: z.array(Exclusion),
  coverage: z.strictObject({
    values: Part,
    metrics: Part,
    files: Part,
    text: Part,
    /** Absent where no step works under settings of the notebook. */
    settings: Part.exactOptional(),
  }),
  steps: z.int().min(0),
  /** Where the notebook is a copy of another one, in the order that the saved outputs of that one proved. */
  order: z
    .strictObject({
      of: z.string(),
      sha256: Digest,
      cells: z.array(z.int().min(1)),
      repeated: z.int().min(0),
      compared: z.int().min(0),
    })
    .exactOptional(),
  /** Where the pipeline is meant to compute something else than the notebook: everything above was compared with the notebook as it is fixed here. */
  fixed: z
    .strictObject({
      kind: z.literal("leakage"),
      places: z.array(
        z.strictObject({
          cell: z.int().min(1),
          /** 1-based, in the cell of the notebook. */
          line: z.int().min(1),
          /** What stands there in the notebook; empty for what was put in. */
          was: z.string(),
          now: z.string(),
        }),
      ),
    })
    .exactOptional(),
  "notebook-seeded": z.boolean(),
  /** Calls that draw from a generator that the notebook does not seed: they repeat under the seeds above, and nowhere else. */
  unseeded: z.array(Cause).exactOptional(),
  /** Absent where the pipeline has no serving half. */
  features: z.strictObject({ proofs: z.array(FeatureProof) }).exactOptional(),
  verdict: z.enum(["verified", "verified-with-exclusions", "differs", "unverified"]),
});
export type Certificate = z.infer<typeof Certificate>;
