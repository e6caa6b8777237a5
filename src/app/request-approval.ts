/** Asks for a model version to be let into an environment: the evidence is gathered now and stays as it is. */
import { ConflictError, UsageError } from "../base/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Registry } from "../ports/registry.ts";
import type { ApprovalRequest, NewApprovalRequest } from "../registry/approval.ts";
import type { ApprovalPolicy } from "../registry/approval-policy.ts";
import type { NewAuditEvent } from "../registry/audit.ts";
import type { ApprovalEvidence } from "../registry/evidence.ts";
import type { Identity } from "../registry/identity.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { requestStatement } from "../registry/statement.ts";
import { expiryOf } from "./approval-settings.ts";
import type { Prove } from "./sign-statement.ts";

export interface RequestInput {
  readonly version: ModelVersion;
  readonly environment: string;
  /** Known ones, of the settings. */
  readonly environments: readonly string[];
  readonly reason: string;
  readonly evidence: ApprovalEvidence;
  readonly policy: ApprovalPolicy;
  readonly expiresDays: number;
  readonly actor: Identity;
  /** Signs the request; absent where `actor` has shown who they are, or cannot. */
  readonly prove?: Prove;
}

/** @throws UsageError `environment-unknown`; ConflictError `approval-open`, `approval-needless`. */
export async function requestApproval(
  input: RequestInput,
  ports: { readonly registry: Pick<Registry, "approvals" | "models">; readonly clock: Clock },
): Promise<ApprovalRequest> {
  const { version, environment, environments, reason, evidence, policy } = input;
  checkEnvironment(environment, environments);
  const runs = ports.registry.models.resolve(version.model, environment);
  if (runs?.version === version.version)
    throw new ConflictError(`${renderModelVersion(version)} is in ${environment} already.`, {
      code: "approval-needless",
      hint: `see who approved it: mlops models requests ${renderModelVersion(version)} --all`,
    });
  const atMs = ports.clock.nowMs();
  expireLate(ports);
  const { model, version: number } = version;
  const asked = { model, version: number, environment, reason, createdAtMs: atMs };
  const statement = requestStatement(asked, version.contentDigest);
  const actor = (await input.prove?.(statement)) ?? input.actor;
  const request: NewApprovalRequest = {
    ...asked,
    requestedBy: actor,
    evidence,
    policy,
    expiresAtMs: expiryOf(atMs, input.expiresDays),
  };
  return ports.registry.approvals.request(request, {
    action: "approval.requested",
    subject: renderModelVersion(version),
    actor,
    details: { environment, reason },
    atMs,
  });
}

/** @throws UsageError `environment-unknown`. */
export function checkEnvironment(environment: string, known: readonly string[]): void {
  if (known.includes(environment)) return;
  throw new UsageError(`There is no environment ${environment}.`, {
    code: "environment-unknown",
    hint: `the settings name ${known.join(", ")}; add it to environments in .mlopsrc.yaml`,
  });
}

/** Writes down which requests are past their time; nobody did it but the clock. */
export function expireLate(ports: {
  readonly registry: Pick<Registry, "approvals">;
  readonly clock: Clock;
}): void {
  const atMs = ports.clock.nowMs();
  ports.registry.approvals.expire(
    atMs,
    (request): NewAuditEvent => ({
      action: "approval.expired",
      subject: renderModelVersion(request),
      actor: { name: "mlops", grade: "machine" },
      details: { request: request.id, environment: request.environment },
      atMs,
    }),
  );
}
