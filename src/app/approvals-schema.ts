/** Results of the commands on requests for approval, as `--json` prints them. Times are ISO 8601 in UTC. */
import { z } from "zod";
import { LockEvidence, LockIdentity } from "../registry/schema.ts";
import { MetricValue } from "../run/schema.ts";

const Refusal = z.strictObject({ code: z.string(), message: z.string() });

export const ApprovalReport = z.strictObject({
  id: z.int(),
  /** `churn@v3` */
  reference: z.string(),
  environment: z.string(),
  state: z.enum(["open", "approved", "rejected", "withdrawn", "expired", "used"]),
  reason: z.string(),
  requestedBy: LockIdentity,
  requestedAt: z.string(),
  expiresAt: z.string().nullable(),
  metrics: z.array(z.strictObject({ name: z.string(), value: MetricValue })),
  certificate: z.strictObject({ digest: z.string(), verdict: z.string() }).nullable(),
  /** As the lock file keeps it. */
  evidence: LockEvidence,
  decisions: z.array(
    z.strictObject({
      kind: z.enum(["approve", "reject", "withdraw", "comment"]),
      by: LockIdentity,
      reason: z.string(),
      at: z.string(),
      forced: z.array(Refusal),
    }),
  ),
});
export type ApprovalReport = z.infer<typeof ApprovalReport>;

export const ApprovalsListReport = z.strictObject({ requests: z.array(ApprovalReport) });
export type ApprovalsListReport = z.infer<typeof ApprovalsListReport>;

export const ApprovalDecisionReport = z.strictObject({
  request: ApprovalReport,
  /** False when the policy refused; nothing has changed then. */
  decided: z.boolean(),
  /** What the policy asks for and is not there; with `decided` it was forced. */
  refusals: z.array(Refusal),
});
export type ApprovalDecisionReport = z.infer<typeof ApprovalDecisionReport>;

export const ModelTagsReport = z.strictObject({
  reference: z.string(),
  tags: z.record(z.string(), z.string()),
});
export type ModelTagsReport = z.infer<typeof ModelTagsReport>;

export const ModelsDeleteReport = z.strictObject({
  dryRun: z.boolean(),
  /** `churn@v3` */
  deleted: z.array(z.string()),
});
export type ModelsDeleteReport = z.infer<typeof ModelsDeleteReport>;
