/** The blob behind a revision's `planDigest`: what verification needs long after the promotion. */
import { z } from "zod";
import { StoredPlan } from "../pipeline/plan-schema.ts";
import { Reference } from "../verification/reference-schema.ts";

/** `reference` is missing when the notebook was not run. */
export const PlanRecord = z.strictObject({
  plan: StoredPlan,
  reference: Reference.optional(),
});
export type PlanRecord = z.infer<typeof PlanRecord>;
