/** Where a model version went: aliases, approvals, deployments, the lock file, exports, and what was measured against it. */
import { MlopsError } from "../base/errors.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { shownState } from "../registry/approval.ts";
import type { FoundEvent } from "../registry/audit.ts";
import type { Identity } from "../registry/identity.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { effectOf } from "../registry/replay.ts";
import { eventsOf } from "../registry/version-history.ts";
import type { VersionLineage } from "./lineage-schema.ts";
import { readModelsLock } from "./models-lock.ts";
import { whoOf } from "./trace-origin.ts";

type Uses = VersionLineage["uses"];

/** Told in parts of their own, or by the version itself. */
const TOLD_ELSEWHERE = /^(?:alias|approval)\.|^model\.(?:registered|tagged)$/;

/** @param gaps Gets what cannot be read. */
export async function traceUses(
  version: ModelVersion,
  given: { readonly gaps: string[]; readonly nowMs: number },
  ports: { readonly registry: Registry; readonly files: Files },
): Promise<Uses> {
  const { registry } = ports;
  const { events } = registry.audit.examine();
  const reference = renderModelVersion(version);
  return {
    aliases: aliasesOf(version, events, registry),
    requests: requestsOf(version, given.nowMs, registry),
    deployments: registry.deployments
      .list()
      .filter(({ subject }) => subject === reference)
      .toReversed()
      .map(({ id, subject, environment, target, state, createdAtMs }) => ({
        id,
        subject,
        environment,
        target,
        state,
        at: new Date(createdAtMs).toISOString(),
      })),
    locked: await lockedIn(version, given.gaps, ports.files),
    events: eventsOf(version, events)
      .filter(({ action }) => !TOLD_ELSEWHERE.test(action) && action !== "deployment.created")
      .map(({ action, atMs, actor, details }) => ({
        action,
        at: new Date(atMs).toISOString(),
        by: whoOf(actor),
        details: scalarsOf(details),
      })),
    measuredAgainst: registry.models
      .list(version.model)
      .filter((later) => later.version > version.version)
      .filter(({ evaluation }) => evaluation?.champion?.of === reference)
      .map(renderModelVersion),
  };
}

/** Environments of `mlops.lock.yaml`, sorted. A file that cannot be read is a gap. */
export async function lockedIn(
  { model, version }: ModelVersion,
  gaps: string[],
  files: Files,
): Promise<string[]> {
  try {
    const lock = await readModelsLock(files);
    return Object.entries(lock?.environments ?? {}).flatMap(([environment, models]) =>
      models[model]?.version === version ? [environment] : [],
    );
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    gaps.push(`Which environments it is locked for is not known: ${error.message}`);
    return [];
  }
}

/** Each time that an alias came to it and went, out of the log; what points at it now and no event tells of comes last. */
function aliasesOf(
  { model, version }: ModelVersion,
  events: readonly FoundEvent[],
  { models }: Registry,
): Uses["aliases"] {
  const times: Uses["aliases"] = [];
  const open = new Map<string, { until: string | null }>();
  for (const event of events) {
    const effect = effectOf(event);
    const { content } = event;
    if (effect?.kind !== "alias" || effect.model !== model || content === undefined) continue;
    const at = new Date(content.atMs).toISOString();
    const before = open.get(effect.alias);
    if (effect.version === version) {
      if (before !== undefined) continue;
      const time = { alias: effect.alias, from: at, until: null, by: byOf(content.actor) };
      times.push(time);
      open.set(effect.alias, time);
    } else if (before !== undefined) {
      before.until = at;
      open.delete(effect.alias);
    }
  }
  const untold = models
    .aliases(model)
    .filter((alias) => alias.version === version && !open.has(alias.alias))
    .map(({ alias }) => ({ alias, from: null, until: null, by: null }));
  return [...times, ...untold];
}

function byOf(actor: Identity): Uses["aliases"][number]["by"] {
  return whoOf(actor);
}

function requestsOf(
  { model, version }: ModelVersion,
  nowMs: number,
  { approvals }: Registry,
): Uses["requests"] {
  return approvals
    .list({ model, version })
    .toReversed()
    .map((request) => ({
      id: request.id,
      environment: request.environment,
      state: shownState(request, nowMs),
      by: whoOf(request.requestedBy),
      at: new Date(request.createdAtMs).toISOString(),
      decisions: request.decisions.map(({ kind, by, atMs, reason }) => ({
        kind,
        by: whoOf(by),
        at: new Date(atMs).toISOString(),
        reason,
      })),
    }));
}

function scalarsOf(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? [`${name} ${String(value)}`]
        : [],
    )
    .join(", ");
}
