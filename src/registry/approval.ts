/**
 * A request to let a model version into an environment.
 *
 *   open ──► approved ──► used
 *    │           ├──────► withdrawn
 *    │           └──────► expired
 *    ├──► rejected
 *    ├──► withdrawn
 *    └──► expired
 *
 * `used`: the environment's alias was moved on it; an approval serves once. Whether somebody may approve at all (four
 * eyes, identity, gates) is the policy's business (`approval-policy.ts`) and decided before an event gets here.
 */
import { ConflictError } from "../base/errors.ts";
import type { ApprovalPolicy, Refusal } from "./approval-policy.ts";
import type { ApprovalEvidence } from "./evidence.ts";
import type { Identity } from "./identity.ts";
import { renderModelVersion } from "./names.ts";

/** Where a request is in its life; `used`, `rejected`, `withdrawn` and `expired` are final. */
export type ApprovalState = "open" | "approved" | "rejected" | "withdrawn" | "expired" | "used";

/** What can happen to a request. */
export type ApprovalEvent =
  | {
      readonly kind: "approve" | "reject" | "withdraw";
      readonly by: Identity;
      readonly reason: string;
      readonly atMs: number;
    }
  | { readonly kind: "expire" | "use"; readonly atMs: number };

/** What somebody said to a request; a comment changes nothing of its state. */
export interface Decision {
  readonly kind: "approve" | "reject" | "withdraw" | "comment";
  readonly by: Identity;
  readonly reason: string;
  /** What the policy asked for and was not there when somebody approved all the same. */
  readonly forced: readonly Refusal[];
  readonly atMs: number;
}

/** A request before it has its number. */
export interface NewApprovalRequest {
  readonly model: string;
  readonly version: number;
  readonly environment: string;
  readonly reason: string;
  readonly requestedBy: Identity;
  /** What the approver is shown; it stays as it was when the request was made. */
  readonly evidence: ApprovalEvidence;
  /** In force when the request was made. What is decided by is the policy at that moment. */
  readonly policy: ApprovalPolicy;
  readonly createdAtMs: number;
  /** `undefined` when it never expires. */
  readonly expiresAtMs: number | undefined;
}

/** A request and where it stands. */
export interface ApprovalRequest extends NewApprovalRequest {
  readonly id: number;
  readonly state: ApprovalState;
  /** Oldest first. */
  readonly decisions: readonly Decision[];
}

type InState = Pick<
  ApprovalRequest,
  "id" | "model" | "version" | "environment" | "state" | "expiresAtMs"
>;

const NEXT: Readonly<Record<ApprovalState, Partial<Record<ApprovalEvent["kind"], ApprovalState>>>> =
  {
    open: { approve: "approved", reject: "rejected", withdraw: "withdrawn", expire: "expired" },
    approved: { use: "used", withdraw: "withdrawn", expire: "expired" },
    rejected: {},
    withdrawn: {},
    expired: {},
    used: {},
  };

/**
 * The state after something happened to a request.
 * @throws ConflictError `approval-transition-illegal` when that cannot happen in its state, `approval-expired` when it is past its time.
 */
export function stateAfter(
  request: InState,
  event: Pick<ApprovalEvent, "kind" | "atMs">,
): ApprovalState {
  const what = `Request ${String(request.id)}, of ${renderModelVersion(request)} for ${request.environment},`;
  const again = `mlops models request ${renderModelVersion(request)} --env ${request.environment}`;
  const state = NEXT[request.state][event.kind];
  if (state === undefined) {
    throw new ConflictError(`${what} is ${request.state}; it is too late to ${event.kind} it.`, {
      code: "approval-transition-illegal",
      hint: `open a new request: ${again}`,
    });
  }
  if (isLate(request, event.atMs) && (event.kind === "approve" || event.kind === "use")) {
    throw new ConflictError(`${what} has expired.`, {
      code: "approval-expired",
      hint: `open a new request: ${again}`,
    });
  }
  return state;
}

/** What a person sees: a request past its time is expired, whether or not anybody has written that down. */
export function shownState(request: InState, nowMs: number): ApprovalState {
  const canExpire = NEXT[request.state].expire !== undefined;
  return canExpire && isLate(request, nowMs) ? "expired" : request.state;
}

function isLate(request: Pick<InState, "expiresAtMs">, atMs: number): boolean {
  return request.expiresAtMs !== undefined && atMs >= request.expiresAtMs;
}
