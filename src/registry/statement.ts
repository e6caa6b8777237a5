/** What somebody puts their name to: one canonical text, so that a signature over it cannot be read as anything else. */
import { canonicalJson } from "../base/hash.ts";
import type { ApprovalRequest, Decision, NewApprovalRequest } from "./approval.ts";
import { TOKEN_AUDIENCE } from "./ci-claims.ts";
import type { Proof } from "./proof-schema.ts";

/** Namespace of signatures over statements: a signature made for another purpose (a commit, a file) is none over a statement. */
export const STATEMENT_NAMESPACE = "mlops-approval";

/** One deed, with everything that it decides. */
export interface Statement {
  readonly decision: "request" | "approve" | "reject" | "withdraw";
  readonly model: string;
  readonly version: number;
  /** Digest over the files of the version: its number alone could come to mean others. */
  readonly content: string;
  readonly environment: string;
  /** Number of the request; `undefined` when this is the request itself. */
  readonly request: number | undefined;
  /** Name of who requested: the approver signs whose wish it is that they grant. `undefined` in the request itself. */
  readonly requestedBy: string | undefined;
  readonly reason: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** A request, as who asks puts their name to it. */
export function requestStatement(
  request: Pick<NewApprovalRequest, "model" | "version" | "environment" | "reason" | "createdAtMs">,
  content: string,
): Statement {
  const { model, version, environment, reason, createdAtMs } = request;
  const at = new Date(createdAtMs).toISOString();
  const asked = { request: undefined, requestedBy: undefined };
  return { decision: "request", model, version, content, environment, ...asked, reason, at };
}

/** A decision on a request, as who decides puts their name to it. */
export function decisionStatement(
  request: Pick<ApprovalRequest, "model" | "version" | "environment" | "requestedBy"> & {
    readonly id: number | undefined;
  },
  decision: Pick<Decision, "reason" | "atMs"> & { readonly kind: Statement["decision"] },
  content: string,
): Statement {
  const { id, model, version, environment, requestedBy } = request;
  return {
    decision: decision.kind,
    model,
    version,
    content,
    environment,
    request: id,
    requestedBy: requestedBy.name,
    reason: decision.reason,
    at: new Date(decision.atMs).toISOString(),
  };
}

/** The text that is signed. */
export function renderStatement(statement: Statement): string {
  return canonicalJson({
    ...statement,
    request: statement.request ?? null,
    requestedBy: statement.requestedBy ?? null,
    schema: "mlops.statement/1",
  });
}

/** Clocks of two machines may differ by that much. */
export const CLOCK_LEEWAY_MS = 60_000;

/**
 * Why a proof cannot be one of this statement, whatever it says: told by what both hold. `undefined` when it may be;
 * a signature is then still to be verified.
 */
export function misfitOf(proof: Proof, statement: Statement): string | undefined {
  if (proof.kind !== "oidc") return undefined;
  if (proof.audience !== TOKEN_AUDIENCE)
    return `the token was made for ${proof.audience}, not for ${TOKEN_AUDIENCE}`;
  const atMs = Date.parse(statement.at);
  const isInTime =
    atMs >= Date.parse(proof.issued) - CLOCK_LEEWAY_MS &&
    atMs <= Date.parse(proof.expires) + CLOCK_LEEWAY_MS;
  return isInTime ? undefined : "the token was not valid at the time of the decision";
}
