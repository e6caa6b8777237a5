/** `approval:` of the settings, as the core takes it. */
import type { Config } from "../config/schema.ts";
import type { ApprovalPolicy } from "../registry/approval-policy.ts";

/** The policy in force. */
export function policyOf({ approval }: Pick<Config, "approval">): ApprovalPolicy {
  return {
    approvers: approval.approvers,
    fourEyes: approval["four-eyes"],
    identities: approval.identities,
    require: approval.require,
    unattended: approval.unattended,
    people: approval.people,
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a request made now is void. */
export function expiryOf(nowMs: number, days: number): number {
  return nowMs + Math.round(days * DAY_MS);
}
