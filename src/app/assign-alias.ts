/**
 * Points an alias at a model version, and puts on record who did it and where it pointed before.
 *
 * An alias that has the name of an environment says what runs there: it is kept in `mlops.lock.yaml`, too, and where the
 * settings guard the environment, an approval alone moves it. `--force` moves it without one, with a reason, on record.
 */
import { ConflictError, UsageError } from "../base/errors.ts";
import type { Registry } from "../ports/registry.ts";
import { type ApprovalRequest, type Decision, shownState } from "../registry/approval.ts";
import type { NewAuditEvent } from "../registry/audit.ts";
import type { Identity } from "../registry/identity.ts";
import { buildLockApproval, buildLockEntry, lockWith, lockWithout } from "../registry/lock.ts";
import type { ModelVersion } from "../registry/model.ts";
import { checkAlias, renderModelVersion } from "../registry/names.ts";
import type { LockApproval } from "../registry/schema.ts";
import { findModel } from "./find-model.ts";
import { changeModelsLock, type LockPorts } from "./models-lock.ts";
import type { ModelAliasReport } from "./models-schema.ts";
import { expireLate } from "./request-approval.ts";

/** What the settings say of environments. */
export interface Environments {
  /** Their aliases are kept in the lock file. */
  readonly known: readonly string[];
  /** Their aliases are moved by an approval only. */
  readonly guarded: readonly string[];
  /** Where the bytes are shared; `undefined` while they are only here. */
  readonly store: string | undefined;
}

export interface AliasInput {
  readonly reference: string;
  readonly alias: string;
  readonly actor: Identity;
  readonly environments: Environments;
  /** Why a guarded alias is moved without an approval; `undefined` does not. */
  readonly force: string | undefined;
  /** Called when it may be moved, before anything changes: shares the bytes, and says what then holds of environments. */
  readonly share: (version: ModelVersion) => Promise<Environments>;
}

/** Ports of everything that moves an alias. */
export type AliasPorts = Omit<LockPorts, "registry"> & { readonly registry: Registry };

/** @throws UsageError `alias-invalid`, `model-reference-invalid`; ConflictError `model-version-unknown`, `approval-needed`. */
export async function assignAlias(input: AliasInput, ports: AliasPorts): Promise<ModelAliasReport> {
  const { alias, environments } = input;
  const allowed = checkAlias(alias);
  if (!allowed.ok)
    throw new UsageError(`${allowed.error}.`, {
      code: "alias-invalid",
      hint: "for example: champion",
    });
  const version = findModel(input.reference, ports.registry.models);
  const before = pointsAt(version.model, alias, ports.registry.models);
  const report = { model: version.model, alias, version: version.version, before };
  if (before === version.version) return report;
  const authority = environments.guarded.includes(alias)
    ? authorityFor(version, input, ports)
    : undefined;
  await moveAlias(
    { ...input, environments: await input.share(version), version, authority },
    ports,
  );
  return report;
}

/** What moves a guarded alias. */
export type Authority =
  | {
      readonly kind: "approval";
      readonly request: ApprovalRequest;
      /** Made in the same transaction as the move. */
      readonly decision?: { readonly made: Decision; readonly event: NewAuditEvent };
    }
  | { readonly kind: "force"; readonly reason: string };

/**
 * Moves it, with the lock file where it is an environment's, and uses an approval up. All of it or nothing.
 * @throws what `approvals.decide` throws, and then nothing has changed.
 */
export async function moveAlias(
  input: {
    readonly version: ModelVersion;
    readonly alias: string;
    readonly actor: Identity;
    readonly environments: Environments;
    readonly authority: Authority | undefined;
  },
  ports: AliasPorts,
): Promise<void> {
  const { version, alias, actor, environments, authority } = input;
  const { registry, clock } = ports;
  const atMs = clock.nowMs();
  const record = (): void => {
    if (authority?.kind === "approval" && authority.decision !== undefined)
      registry.approvals.decide(
        authority.request.id,
        authority.decision.made,
        authority.decision.event,
      );
    const before = pointsAt(version.model, alias, registry.models);
    registry.models.setAlias(
      version.model,
      alias,
      version.version,
      moveEvent({ version, alias, before, actor, authority }, atMs),
    );
    if (authority?.kind === "approval") registry.approvals.use(authority.request.id, atMs);
  };
  if (!environments.known.includes(alias)) {
    registry.together(record);
    return;
  }
  await changeModelsLock(
    (lock) =>
      lockWith(
        lock,
        { environment: alias, model: version.model },
        buildLockEntry(version, {
          approvals: approvalsOf({ authority, actor }, atMs),
          store: environments.store,
        }),
      ),
    ports,
    record,
  );
}

/** Takes an alias away; a guarded one only by force. */
export async function removeAlias(
  input: Omit<AliasInput, "reference" | "share"> & { readonly model: string },
  ports: AliasPorts,
): Promise<ModelAliasReport> {
  const { model, alias, actor, environments, force } = input;
  const before = pointsAt(model, alias, ports.registry.models);
  if (before === null)
    throw new ConflictError(`${model} has no alias ${alias}.`, {
      code: "alias-unknown",
      hint: `see what there is: mlops models list ${model}`,
    });
  if (environments.guarded.includes(alias) && force === undefined)
    throw new ConflictError(
      `${model}@${alias} says what runs in ${alias}; it is not simply removed.`,
      {
        code: "approval-needed",
        hint: "point it at another version by an approval, or remove it with --force and a --reason",
      },
    );
  const event: NewAuditEvent = {
    action: "alias.removed",
    subject: `${model}@${alias}`,
    actor,
    details: { from: before, to: null, ...(force === undefined ? {} : { forced: force }) },
    atMs: ports.clock.nowMs(),
  };
  const record = (): void => {
    ports.registry.models.removeAlias(model, alias, event);
  };
  if (environments.known.includes(alias))
    await changeModelsLock(
      (lock) =>
        lockWithout(lock ?? { version: 1, environments: {} }, { environment: alias, model }),
      ports,
      record,
    );
  else record();
  return { model, alias, version: null, before };
}

/** @throws ConflictError `approval-needed`. */
function authorityFor(version: ModelVersion, input: AliasInput, ports: AliasPorts): Authority {
  const { alias, force } = input;
  expireLate(ports);
  const nowMs = ports.clock.nowMs();
  const { model } = version;
  const requests = ports.registry.approvals
    .list({ model, version: version.version, environment: alias })
    .map((request) => ({ request, state: shownState(request, nowMs) }));
  const approved = requests.find(({ state }) => state === "approved");
  if (approved !== undefined) return { kind: "approval", request: approved.request };
  if (force !== undefined) return { kind: "force", reason: force };
  const open = requests.find(({ state }) => state === "open")?.request.id;
  throw new ConflictError(
    `${model}@${alias} is moved by an approval only, and ${renderModelVersion(version)} has none.`,
    {
      code: "approval-needed",
      hint:
        open === undefined
          ? `ask for one: mlops models request ${renderModelVersion(version)} --env ${alias}`
          : `request ${String(open)} waits for somebody else: mlops models approve ${String(open)}`,
    },
  );
}

function moveEvent(
  move: {
    readonly version: ModelVersion;
    readonly alias: string;
    readonly before: number | null;
    readonly actor: Identity;
    readonly authority: Authority | undefined;
  },
  atMs: number,
): NewAuditEvent {
  const { version, alias, before, actor, authority } = move;
  const by =
    authority === undefined
      ? {}
      : authority.kind === "approval"
        ? { request: authority.request.id }
        : { forced: authority.reason };
  return {
    action: "alias.moved",
    subject: `${version.model}@${alias}`,
    actor,
    details: { from: before, to: version.version, ...by },
    atMs,
  };
}

/** What the lock says of who let the version in. */
function approvalsOf(
  given: {
    readonly authority: Authority | undefined;
    readonly actor: Identity;
  },
  atMs: number,
): LockApproval[] {
  const { authority, actor } = given;
  if (authority === undefined) return [];
  if (authority.kind === "force")
    return [
      buildLockApproval({
        request: undefined,
        by: actor,
        requestedBy: actor,
        reason: authority.reason,
        atMs,
        forced: ["an approval"],
        evidence: undefined,
      }),
    ];
  const { id, requestedBy, evidence, decisions, reason: wish, createdAtMs } = authority.request;
  const made = authority.decision === undefined ? [] : [authority.decision.made];
  const approvals = [...decisions, ...made].filter(({ kind }) => kind === "approve");
  return approvals.map(({ by, reason, forced, atMs: decidedAtMs }) =>
    buildLockApproval({
      request: id,
      by,
      requestedBy,
      requested: { reason: wish, atMs: createdAtMs },
      reason,
      atMs: decidedAtMs,
      forced: forced.map(({ message }) => message),
      evidence,
    }),
  );
}

/** Number of the version an alias points at; null when there is no such alias. Versions have no say here, as they have in `resolve`. */
export function pointsAt(
  model: string,
  alias: string,
  models: Pick<Registry["models"], "aliases">,
): number | null {
  return models.aliases(model).find((known) => known.alias === alias)?.version ?? null;
}
