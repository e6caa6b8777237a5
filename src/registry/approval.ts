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
 * `used`: a deployment went ahead on it; an approval serves once. Whether somebody may approve at all (four eyes, identity)
 * is the policy's business and decided before an event gets here.
 */
import { ConflictError } from "../base/errors.ts";
import type { Identity } from "./audit.ts";

/** Where a request is in its life; `used`, `rejected`, `withdrawn` and `expired` are final. */
export type ApprovalState = "open" | "approved" | "rejected" | "withdrawn" | "expired" | "used";

/** What can happen to a request. */
export type ApprovalEvent =
  | {
      readonly kind: "approve";
      readonly by: Identity;
      readonly reason: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "reject";
      readonly by: Identity;
      readonly reason: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "withdraw";
      readonly by: Identity;
      readonly reason: string;
      readonly atMs: number;
    }
  | { readonly kind: "expire"; readonly atMs: number }
  | { readonly kind: "use"; readonly atMs: number };

/** A request and where it stands. */
export interface ApprovalRequest {
  readonly id: number;
  readonly model: string;
  readonly version: number;
  readonly environment: string;
  readonly state: ApprovalState;
  readonly reason: string;
  readonly requestedBy: Identity;
  readonly createdAtMs: number;
  /** `undefined` when it never expires. */
  readonly expiresAtMs: number | undefined;
}

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
 * The request after something happened to it.
 * @throws ConflictError `approval-transition-illegal` when that cannot happen in its state, `approval-expired` when it is past its time.
 */
export function approvalAfter(request: ApprovalRequest, event: ApprovalEvent): ApprovalRequest {
  const what = `The request of ${request.model}@v${String(request.version)} for ${request.environment}`;
  const state = NEXT[request.state][event.kind];
  if (state === undefined) {
    throw new ConflictError(`${what} is ${request.state}; it is too late to ${event.kind} it.`, {
      code: "approval-transition-illegal",
      hint: "open a new request",
    });
  }
  const isLate = request.expiresAtMs !== undefined && event.atMs >= request.expiresAtMs;
  if (isLate && (event.kind === "approve" || event.kind === "use")) {
    throw new ConflictError(`${what} has expired.`, {
      code: "approval-expired",
      hint: "open a new request",
    });
  }
  return { ...request, state };
}
