/**
 * Approves, rejects, withdraws or comments on a request. What the policy refuses is an answer, not an error: it is told
 * whole, and changes nothing. Approving moves the environment's alias at once, unless that is left for later.
 */
import { ConflictError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import {
  type ApprovalRequest,
  type Decision,
  shownState,
  stateAfter,
} from "../registry/approval.ts";
import { type ApprovalPolicy, type Refusal, refusalsOf } from "../registry/approval-policy.ts";
import type { NewAuditEvent } from "../registry/audit.ts";
import type { Identity } from "../registry/identity.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { decisionStatement } from "../registry/statement.ts";
import { type AliasPorts, type Environments, moveAlias } from "./assign-alias.ts";
import { expireLate } from "./request-approval.ts";
import type { Prove } from "./sign-statement.ts";

/** What came of it. */
export interface DecisionOutcome {
  readonly request: ApprovalRequest;
  /** False when the policy refused, and nothing has changed. */
  readonly decided: boolean;
  readonly refusals: readonly Refusal[];
}

export interface DecideInput {
  readonly request: ApprovalRequest;
  readonly reason: string;
  readonly actor: Identity;
}

/** @throws ConflictError `approval-transition-illegal`, `approval-expired`. */
export async function approveRequest(
  input: DecideInput & {
    /** Approve although the policy refuses; the reason then must say why. */
    readonly force: boolean;
    /** Signs the approval; absent where `actor` has shown who they are, or cannot. */
    readonly prove?: Prove;
    /** Leave the alias where it is, for `models alias` to move. */
    readonly hold: boolean;
    readonly policy: ApprovalPolicy;
    /** Called when nothing speaks against it, before anything changes: shares the bytes, and says what then holds of environments. */
    readonly share: (version: ModelVersion) => Promise<Environments>;
  },
  ports: AliasPorts,
): Promise<DecisionOutcome> {
  const { request, reason, force, hold, policy } = input;
  const { approvals, models } = ports.registry;
  expireLate(ports);
  const atMs = ports.clock.nowMs();
  stateAfter({ ...request, state: shownState(request, atMs) }, { kind: "approve", atMs });
  const version = versionOf(request, models);
  const statement = decisionStatement(
    request,
    { kind: "approve", reason, atMs },
    version.contentDigest,
  );
  const actor = (await input.prove?.(statement)) ?? input.actor;
  const toDecide = { ...request, author: version.createdBy };
  const refusals = refusalsOf(policy, toDecide, actor);
  if (refusals.length > 0 && !force) return { request, decided: false, refusals };
  const made: Decision = { kind: "approve", by: actor, reason, forced: refusals, atMs };
  const forced = refusals.map(({ code }) => code);
  const event = eventOf(request, made, forced.length === 0 ? {} : { forced });
  if (hold) return { request: approvals.decide(request.id, made, event), decided: true, refusals };
  const environments = await input.share(version);
  await moveAlias(
    {
      version,
      alias: request.environment,
      actor,
      environments,
      authority: { kind: "approval", request, decision: { made, event } },
    },
    ports,
  );
  return { request: approvals.get(request.id) ?? request, decided: true, refusals };
}

/** Rejecting and commenting are for anybody; taking back is, too, and the record says who. */
export function decideOtherwise(
  input: DecideInput & { readonly kind: Exclude<Decision["kind"], "approve"> },
  ports: { readonly registry: Pick<Registry, "approvals">; readonly clock: AliasPorts["clock"] },
): ApprovalRequest {
  const { request, reason, actor, kind } = input;
  expireLate(ports);
  const made: Decision = { kind, by: actor, reason, forced: [], atMs: ports.clock.nowMs() };
  return ports.registry.approvals.decide(request.id, made, eventOf(request, made, {}));
}

function versionOf(request: ApprovalRequest, models: Registry["models"]): ModelVersion {
  const version = models.get(request.model, request.version);
  if (version !== undefined) return version;
  throw new ConflictError(`${renderModelVersion(request)} is not in the registry any more.`, {
    code: "model-version-unknown",
    hint: `take the request back: mlops models withdraw ${String(request.id)}`,
  });
}

const PAST = {
  approve: "approved",
  reject: "rejected",
  withdraw: "withdrawn",
  comment: "commented",
} as const;

function eventOf(
  request: ApprovalRequest,
  decision: Decision,
  more: Readonly<Record<string, unknown>>,
): NewAuditEvent {
  const { kind, by, reason, atMs } = decision;
  return {
    action: `approval.${PAST[kind]}`,
    subject: renderModelVersion(request),
    actor: by,
    details: { request: request.id, environment: request.environment, reason, ...more },
    atMs,
  };
}
