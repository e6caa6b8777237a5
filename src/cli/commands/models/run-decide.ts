/** Flags and settings → `app/decide-approval.ts`. */
import { policyOf } from "../../../app/approval-settings.ts";
import type { ApprovalDecisionReport } from "../../../app/approvals-schema.ts";
import { approveRequest, decideOtherwise, findRequest } from "../../../app/decide-approval.ts";
import { plainRefusals, reportApproval } from "../../../app/report-approvals.ts";
import type { CommandContext } from "../../context.ts";
import { openApprovals, reasonFor } from "./open-approvals.ts";

interface Flags {
  readonly request: string;
  readonly reason: string | undefined;
}

/** @throws what `approveRequest` and `findRequest` throw; UsageError `reason-missing`. */
export async function runApprove(
  context: CommandContext,
  flags: Flags & { readonly hold: boolean; readonly force: boolean },
): Promise<ApprovalDecisionReport> {
  const { force, hold } = flags;
  const open = await openApprovals(context);
  const { config, environments, actor, clock } = open;
  const reason = force ? reasonFor("--force", flags.reason) : (flags.reason?.trim() ?? "");
  const request = findRequest(flags.request, open.registry);
  const policy = policyOf(config);
  const input = { request, reason, actor, force, hold, policy, environments };
  const done = await approveRequest({ ...input, directionOf: () => undefined }, open);
  return {
    request: reportApproval(done.request, clock.nowMs()),
    decided: done.decided,
    refusals: plainRefusals(done.refusals),
  };
}

/** @throws what `decideOtherwise` and `findRequest` throw; UsageError `reason-missing`. */
export async function runDecide(
  kind: "reject" | "withdraw" | "comment",
  context: CommandContext,
  flags: Flags,
): Promise<ApprovalDecisionReport> {
  const open = await openApprovals(context);
  const { actor, clock } = open;
  const reason =
    kind === "withdraw" ? (flags.reason?.trim() ?? "") : reasonFor(`To ${kind}`, flags.reason);
  const request = findRequest(flags.request, open.registry);
  const after = decideOtherwise({ kind, request, reason, actor }, open);
  return { request: reportApproval(after, clock.nowMs()), decided: true, refusals: [] };
}
