/** Requests for approval → what the commands report. */

import type { Registry } from "../ports/registry.ts";
import { type ApprovalRequest, shownState } from "../registry/approval.ts";
import type { Refusal } from "../registry/approval-policy.ts";
import { plainIdentity } from "../registry/identity.ts";
import { buildLockEvidence } from "../registry/lock.ts";
import { parseModelReference, renderModelVersion } from "../registry/names.ts";
import type { ApprovalReport, ApprovalsListReport } from "./approvals-schema.ts";
import { findModel } from "./find-model.ts";
import { findRequest } from "./find-request.ts";

/** One request as it stands at a moment. */
export function reportApproval(request: ApprovalRequest, nowMs: number): ApprovalReport {
  const { evidence, requestedBy, expiresAtMs } = request;
  const { certificate } = evidence;
  return {
    id: request.id,
    reference: renderModelVersion(request),
    environment: request.environment,
    state: shownState(request, nowMs),
    reason: request.reason,
    requestedBy: plainIdentity(requestedBy),
    requestedAt: new Date(request.createdAtMs).toISOString(),
    expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    metrics: evidence.metrics.map((metric) => ({ ...metric })),
    certificate:
      certificate === undefined
        ? null
        : { digest: certificate.digest, verdict: certificate.verdict },
    evidence: buildLockEvidence(evidence),
    decisions: request.decisions.map(({ kind, by, reason, forced, atMs }) => ({
      kind,
      by: plainIdentity(by),
      reason,
      at: new Date(atMs).toISOString(),
      forced: plainRefusals(forced),
    })),
  };
}

/**
 * Those that wait, or all; of one model, version or number when named, and then all of those.
 * @throws what `findModel` throws; ConflictError `approval-unknown`.
 */
export function listApprovals(
  wanted: { readonly request: string | undefined; readonly all: boolean },
  nowMs: number,
  registry: Pick<Registry, "approvals" | "models">,
): ApprovalsListReport {
  const { request, all } = wanted;
  const found =
    request === undefined
      ? registry.approvals.list()
      : /^#?\d+$/.test(request)
        ? [findRequest(request, registry)]
        : registry.approvals.list(filterOf(request, registry));
  const reports = found.map((one) => reportApproval(one, nowMs));
  const isShown = ({ state }: ApprovalReport): boolean =>
    all || request !== undefined || state === "open" || state === "approved";
  return { requests: reports.filter(isShown) };
}

function filterOf(
  text: string,
  { models }: Pick<Registry, "models">,
): { readonly model: string; readonly version?: number } {
  const { model, choice } = parseModelReference(text);
  return choice.kind === "newest" ? { model } : { model, version: findModel(text, models).version };
}

/** Copies that a report may hold. */
export function plainRefusals(refusals: readonly Refusal[]): { code: string; message: string }[] {
  return refusals.map(({ code, message }) => ({ code, message }));
}
