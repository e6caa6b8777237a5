/** Result of `models diff`, as `--json` prints it. */
import { z } from "zod";
import { MetricValue } from "../run/schema.ts";

/** A named text on both sides; null where a side does not have it. */
const Change = z.strictObject({
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type Change = z.infer<typeof Change>;
const Changes = z.array(Change);

export const ModelsDiffReport = z.strictObject({
  /** `churn@v2` */
  from: z.string(),
  to: z.string(),
  /** Whether it is the same content: then only the record around it may differ. */
  same: z.boolean(),
  metrics: z.array(
    z.strictObject({
      name: z.string(),
      before: MetricValue.nullable(),
      after: MetricValue.nullable(),
      /** The second against the first; `unknown` where it is not known which is better, or one has it alone. */
      standing: z.enum(["better", "worse", "same", "unknown"]),
    }),
  ),
  parameters: Changes,
  data: Changes,
  /** Pipeline revision, notebook, commit, environment. */
  made: Changes,
  /** Columns of the contract. */
  columns: Changes,
  requirements: Changes,
  /** Verdict and what of how much was compared. */
  certificate: Changes,
  /** What loading looks up, by file: `gone` and `new` names. */
  pickledNames: z.array(
    z.strictObject({
      path: z.string(),
      added: z.array(z.string()),
      removed: z.array(z.string()),
    }),
  ),
  files: z.array(
    z.strictObject({ path: z.string(), change: z.enum(["added", "removed", "changed", "same"]) }),
  ),
  /** What of a side is not known, each one sentence. */
  gaps: z.array(z.string()),
});
export type ModelsDiffReport = z.infer<typeof ModelsDiffReport>;
