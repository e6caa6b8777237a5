/** Models and approvals of the registry in memory. */
import type { Sha256 } from "../../src/base/brand.ts";
import { ConflictError, UsageError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Registry } from "../../src/ports/registry.ts";
import {
  type ApprovalEvent,
  type ApprovalRequest,
  stateAfter,
} from "../../src/registry/approval.ts";
import type { AuditEvent, NewAuditEvent } from "../../src/registry/audit.ts";
import { recordDigest, tagsEffect } from "../../src/registry/effect.ts";
import type { Effect } from "../../src/registry/effect-schema.ts";
import type { Alias, ModelVersion } from "../../src/registry/model.ts";
import { checkAlias, renderModelVersion } from "../../src/registry/names.ts";
import type { KeptTables } from "../../src/registry/replay.ts";

interface StoredVersion {
  version: ModelVersion;
  isDeleted: boolean;
}

interface Tag {
  readonly model: string;
  readonly version: number;
  readonly key: string;
  readonly value: string;
}

/** What is kept, and where events go. */
export interface MemoryTables {
  readonly versions: StoredVersion[];
  readonly aliases: Alias[];
  readonly tags: Tag[];
  readonly requests: ApprovalRequest[];
  readonly log: (event: NewAuditEvent, effect?: Effect) => AuditEvent;
}

/** What `audit.examine` holds the log against. */
export function keptModels(tables: MemoryTables): Omit<KeptTables, "deployments"> {
  return {
    versions: tables.versions.map(({ version, isDeleted }) => ({
      model: version.model,
      version: version.version,
      isDeleted,
      record: recordDigest({ ...version }),
    })),
    aliases: tables.aliases,
    tags: tables.tags.map((tag) => ({ ...tag, value: sha256(tag.value) })),
    requests: tables.requests.map((request) => ({
      id: request.id,
      state: request.state,
      record: requestRecord(request),
      decisions: request.decisions.map((decision) => recordDigest({ ...decision })),
    })),
  };
}

function madeEffect(made: ModelVersion): Effect {
  const { model, version } = made;
  return { kind: "version-made", model, version, record: recordDigest({ ...made }) };
}

function requestRecord({
  state: _state,
  decisions: _decisions,
  ...asked
}: ApprovalRequest): Sha256 {
  return recordDigest(asked);
}

/** Both, because a version that a request waits for cannot be removed. */
export function memoryModels(tables: MemoryTables): Pick<Registry, "models" | "approvals"> {
  return { models: models(tables), approvals: approvals(tables) };
}

function models({ versions, aliases, tags, requests, log }: MemoryTables): Registry["models"] {
  const ofModel = (model: string): ModelVersion[] =>
    versions
      .filter(({ version, isDeleted }) => version.model === model && !isDeleted)
      .map(({ version }) => version);
  const get = (model: string, version: number): ModelVersion | undefined =>
    ofModel(model).find((candidate) => candidate.version === version);
  const known = (model: string, version: number): ModelVersion => {
    const found = get(model, version);
    if (found !== undefined) return found;
    throw new ConflictError(`There is no ${model}@v${String(version)}.`, {
      code: "model-version-unknown",
    });
  };
  const dropAlias = (model: string, alias: string): boolean => {
    const index = aliases.findIndex((one) => one.model === model && one.alias === alias);
    if (index !== -1) aliases.splice(index, 1);
    return index !== -1;
  };
  return {
    register: (version, event) => {
      const existing = versions.find(
        ({ version: { model, contentDigest } }) =>
          model === version.model && contentDigest === version.contentDigest,
      );
      if (existing?.isDeleted === false) {
        const { pickledNames } = version;
        if (existing.version.pickledNames === undefined && pickledNames !== undefined) {
          existing.version = {
            ...existing.version,
            pickledNames: structuredClone(pickledNames),
          };
          const subject = renderModelVersion(existing.version);
          if (event !== undefined)
            log(
              { ...event, action: "model.names-recorded", subject },
              madeEffect(existing.version),
            );
        }
        return structuredClone(existing.version);
      }
      const added = existing?.version ?? {
        ...structuredClone(version),
        version:
          1 +
          Math.max(
            0,
            ...versions
              .filter((one) => one.version.model === version.model)
              .map((one) => one.version.version),
          ),
      };
      if (existing === undefined) versions.push({ version: added, isDeleted: false });
      else existing.isDeleted = false;
      if (event !== undefined)
        log({ ...event, subject: renderModelVersion(added) }, madeEffect(added));
      return structuredClone(added);
    },
    adopt: (version, event) => {
      const ofName = versions.filter((one) => one.version.model === version.model);
      const same = ofName.find((one) => one.version.contentDigest === version.contentDigest);
      const there = ofName.find((one) => one.version.version === version.version);
      if (same !== there)
        throw new ConflictError("The number is taken.", { code: "model-version-taken" });
      if (there?.isDeleted === false) return;
      if (there === undefined)
        versions.push({ version: structuredClone(version), isDeleted: false });
      else there.isDeleted = false;
      log(event, madeEffect(version));
    },
    get: (model, version) => structuredClone(get(model, version)),
    resolve: (model, reference) => {
      if (reference === undefined)
        return structuredClone(
          ofModel(model)
            .toSorted((left, right) => left.version - right.version)
            .at(-1),
        );
      const number = /^v([1-9][0-9]*)$/.exec(reference)?.[1];
      if (number !== undefined) return structuredClone(get(model, Number(number)));
      const alias = aliases.find(
        (candidate) => candidate.model === model && candidate.alias === reference,
      );
      return alias === undefined ? undefined : structuredClone(get(model, alias.version));
    },
    list: (model) =>
      structuredClone(
        versions
          .filter(
            ({ version, isDeleted }) => !isDeleted && (model ?? version.model) === version.model,
          )
          .map(({ version }) => version)
          .sort(
            (left, right) => compareText(left.model, right.model) || left.version - right.version,
          ),
      ),
    aliases: (model) =>
      structuredClone(
        aliases
          .filter((alias) => alias.model === model)
          .sort((left, right) => compareText(left.alias, right.alias)),
      ),
    setAlias: (model, alias, version, event) => {
      const allowed = checkAlias(alias);
      if (!allowed.ok) throw new UsageError(allowed.error, { code: "alias-invalid" });
      known(model, version);
      dropAlias(model, alias);
      aliases.push({ model, alias, version });
      log(event, { kind: "alias", model, alias, version });
    },
    removeAlias: (model, alias, event) => {
      if (dropAlias(model, alias)) log(event, { kind: "alias", model, alias, version: null });
    },
    tags: (model, version) =>
      Object.fromEntries(
        tags
          .filter((tag) => tag.model === model && tag.version === version)
          .sort((left, right) => compareText(left.key, right.key))
          .map(({ key, value }) => [key, value]),
      ),
    changeTags: (model, version, change) => {
      known(model, version);
      for (const [key, value] of Object.entries(change.tags)) {
        const index = tags.findIndex(
          (tag) => tag.model === model && tag.version === version && tag.key === key,
        );
        if (index !== -1) tags.splice(index, 1);
        if (value !== undefined) tags.push({ model, version, key, value });
      }
      log(change.event, tagsEffect({ model, version }, change.tags));
    },
    remove: (model, version, event) => {
      known(model, version);
      const isUsed =
        aliases.some((alias) => alias.model === model && alias.version === version) ||
        requests.some(
          (request) =>
            request.model === model &&
            request.version === version &&
            ["open", "approved"].includes(request.state),
        );
      if (isUsed)
        throw new ConflictError(`${model}@v${String(version)} is in use.`, {
          code: "model-version-in-use",
        });
      for (const one of versions)
        if (one.version.model === model && one.version.version === version) one.isDeleted = true;
      log(event, { kind: "version-removed", model, version });
    },
  };
}

function approvals({ requests, log }: MemoryTables): Registry["approvals"] {
  const indexOf = (id: number): number => {
    const index = requests.findIndex((request) => request.id === id);
    if (index !== -1) return index;
    throw new ConflictError(`There is no request ${String(id)}.`, { code: "approval-unknown" });
  };
  const change = (
    id: number,
    by: (request: ApprovalRequest) => ApprovalRequest,
  ): ApprovalRequest => {
    const index = indexOf(id);
    const [before] = requests.slice(index, index + 1);
    if (before === undefined) throw new Error("it was just there");
    const after = by(before);
    requests[index] = after;
    return structuredClone(after);
  };
  const advance = (
    request: ApprovalRequest,
    event: Pick<ApprovalEvent, "kind" | "atMs">,
  ): ApprovalRequest => ({ ...request, state: stateAfter(request, event) });
  return {
    request: (request, event) => {
      const { model, version, environment } = request;
      const isWaiting = requests.some(
        (one) =>
          one.model === model &&
          one.version === version &&
          one.environment === environment &&
          ["open", "approved"].includes(one.state),
      );
      if (isWaiting) throw new ConflictError("It waits already.", { code: "approval-open" });
      const added: ApprovalRequest = {
        ...structuredClone(request),
        id: requests.length + 1,
        state: "open",
        decisions: [],
      };
      requests.push(added);
      const record = requestRecord(added);
      log(event, { kind: "request", request: added.id, model, version, environment, record });
      return structuredClone(added);
    },
    get: (id) => structuredClone(requests.find((request) => request.id === id)),
    list: (filter = {}) =>
      structuredClone(
        requests
          .filter(
            (one) =>
              (filter.model ?? one.model) === one.model &&
              (filter.version ?? one.version) === one.version &&
              (filter.environment ?? one.environment) === one.environment,
          )
          .toReversed(),
      ),
    decide: (id, decision, event) => {
      const { kind, atMs } = decision;
      const decided = change(id, (request) => ({
        ...(kind === "comment" ? request : advance(request, { kind, atMs })),
        decisions: [...request.decisions, structuredClone(decision)],
      }));
      const record = recordDigest({ ...decision });
      log(event, { kind: "decision", request: id, decision: kind, record });
      return decided;
    },
    use: (id, atMs) => change(id, (request) => advance(request, { kind: "use", atMs })),
    expire: (nowMs, eventOf) =>
      requests
        .filter(
          ({ state, expiresAtMs }) =>
            ["open", "approved"].includes(state) && (expiresAtMs ?? Infinity) <= nowMs,
        )
        .map(({ id }) => {
          const expired = change(id, (request) =>
            advance(request, { kind: "expire", atMs: nowMs }),
          );
          log(eventOf(expired), { kind: "expired", request: id });
          return expired;
        }),
  };
}

/** SQLite's order of text: by code points, which for our names is by code units. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
