/** Flags and settings → `app/decide-approval.ts`. */

import { policyOf } from "../../../app/approval-settings.ts";
import type { ApprovalDecisionReport } from "../../../app/approvals-schema.ts";
import type { Environments } from "../../../app/assign-alias.ts";
import { approveRequest, decideOtherwise } from "../../../app/decide-approval.ts";
import { findRequest } from "../../../app/find-request.ts";
import { plainRefusals, reportApproval } from "../../../app/report-approvals.ts";
import type { Diagnostic } from "../../../base/diagnostic.ts";
import type { ModelVersion } from "../../../registry/model.ts";
import type { CommandContext } from "../../context.ts";
import { onlyHere, openApprovals, reasonFor, shareFirst } from "./open-approvals.ts";
import { proverFor, withWeighedRequester } from "./prover.ts";

interface Flags {
  readonly request: string;
  readonly reason: string | undefined;
}

/** @throws what `approveRequest` and `findRequest` throw; UsageError `reason-missing`. */
export async function runApprove(
  context: CommandContext,
  flags: Flags & {
    readonly hold: boolean;
    readonly force: boolean;
    readonly push: boolean;
    readonly signWith: string | undefined;
  },
): Promise<{
  readonly report: ApprovalDecisionReport;
  readonly diagnostics: readonly Diagnostic[];
}> {
  const { force, hold } = flags;
  const open = await openApprovals(context);
  const { config, actor, clock } = open;
  const reason = force ? reasonFor("--force", flags.reason) : (flags.reason?.trim() ?? "");
  const found = findRequest(flags.request, open.registry);
  const request = await withWeighedRequester(found, open, context);
  const policy = policyOf(config);
  let { environments } = open;
  const share = async (version: ModelVersion): Promise<Environments> => {
    environments = await shareFirst(version, { push: flags.push, context }, open);
    return environments;
  };
  const asked = { context, environment: request.environment, key: flags.signWith };
  const prove = await proverFor(open, asked);
  const input = {
    request,
    reason,
    actor,
    force,
    hold,
    policy,
    share,
    ...(prove === undefined ? {} : { prove }),
  };
  const done = await approveRequest(input, open);
  return {
    report: {
      request: reportApproval(done.request, clock.nowMs()),
      decided: done.decided,
      refusals: plainRefusals(done.refusals),
    },
    diagnostics:
      done.request.state === "used" ? onlyHere(environments, request.environment, config) : [],
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
