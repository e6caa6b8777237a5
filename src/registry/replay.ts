/**
 * The tables beside the event log, held against what the log tells: the tables are not chained, so this is what makes a
 * change there visible. Only what writes events can be told of; `NOT_IN_THE_LOG` names the rest.
 */
import type { FoundEvent } from "./audit.ts";
import { EFFECT_KEY } from "./effect.ts";
import { Effect } from "./effect-schema.ts";

/** What the tables hold, each row with the digest that its event kept (`effect.ts`). */
export interface KeptTables {
  readonly versions: readonly {
    readonly model: string;
    readonly version: number;
    readonly isDeleted: boolean;
    readonly record: string;
  }[];
  readonly aliases: readonly {
    readonly model: string;
    readonly alias: string;
    readonly version: number;
  }[];
  readonly tags: readonly {
    readonly model: string;
    readonly version: number;
    readonly key: string;
    /** Digest of the value. */
    readonly value: string;
  }[];
  readonly requests: readonly {
    readonly id: number;
    readonly state: string;
    readonly record: string;
    /** Oldest first. */
    readonly decisions: readonly string[];
  }[];
  readonly deployments: readonly { readonly id: number; readonly record: string }[];
}

/** A row that the log does not tell of so, or one that it tells of and that is not there. */
export interface Disagreement {
  /** `churn@v3`, `churn@champion`, `request 4`, `deployment 2`. */
  readonly subject: string;
  /** A sentence that names it. */
  readonly message: string;
}

/** What the registry holds and no event tells of, in words. */
export const NOT_IN_THE_LOG: readonly string[] = [
  "runs with their steps, parameters and metrics",
  "revisions of pipelines",
  "the state that a deployment reached after it was made",
];

interface Told {
  readonly versions: Map<
    string,
    { readonly isDeleted: boolean; readonly record: string | undefined }
  >;
  readonly aliases: Map<string, number>;
  readonly tags: Map<string, string>;
  readonly requests: Map<number, ToldRequest>;
  readonly deployments: Map<number, string | undefined>;
}

interface ToldRequest {
  readonly record: string;
  state: string;
  readonly decisions: string[];
}

const STATE_AFTER = {
  approve: "approved",
  reject: "rejected",
  withdraw: "withdrawn",
  comment: undefined,
} as const;

/** Sorted by noun, then as the tables are. Events are in order; what cannot be read in them tells of nothing. */
export function compareWithLog(
  tables: KeptTables,
  events: readonly FoundEvent[],
): readonly Disagreement[] {
  const told = replay(events);
  return [
    ...versionFaults(tables, told),
    ...aliasFaults(tables, told),
    ...tagFaults(tables, told),
    ...requestFaults(tables, told),
    ...deploymentFaults(tables, told),
  ];
}

function replay(events: readonly FoundEvent[]): Told {
  const told: Told = {
    versions: new Map(),
    aliases: new Map(),
    tags: new Map(),
    requests: new Map(),
    deployments: new Map(),
  };
  for (const event of events) {
    const effect = effectOf(event);
    if (effect === undefined) continue;
    apply(effect, told);
    // An approval is used by the move of the alias that names it.
    const used = effect.kind === "alias" ? event.content?.details["request"] : undefined;
    const request = typeof used === "number" ? told.requests.get(used) : undefined;
    if (request !== undefined) request.state = "used";
  }
  return told;
}

function apply(effect: Effect, told: Told): void {
  switch (effect.kind) {
    case "version-made":
      told.versions.set(versionKey(effect), { isDeleted: false, record: effect.record });
      break;
    case "version-removed": {
      const known = told.versions.get(versionKey(effect));
      told.versions.set(versionKey(effect), { isDeleted: true, record: known?.record });
      break;
    }
    case "alias": {
      const key = `${effect.model}@${effect.alias}`;
      if (effect.version === null) told.aliases.delete(key);
      else told.aliases.set(key, effect.version);
      break;
    }
    case "tags":
      for (const [key, value] of Object.entries(effect.tags)) {
        const place = tagKey({ ...effect, key });
        if (value === null) told.tags.delete(place);
        else told.tags.set(place, value);
      }
      break;
    case "request":
      told.requests.set(effect.request, {
        record: effect.record,
        state: "open",
        decisions: [],
      });
      break;
    case "decision": {
      const request = told.requests.get(effect.request);
      request?.decisions.push(effect.record);
      const state = STATE_AFTER[effect.decision];
      if (request !== undefined && state !== undefined) request.state = state;
      break;
    }
    case "expired": {
      const request = told.requests.get(effect.request);
      if (request !== undefined) request.state = "expired";
      break;
    }
    case "deployment":
      told.deployments.set(effect.deployment, effect.record);
      break;
  }
}

function versionFaults(tables: KeptTables, { versions }: Told): readonly Disagreement[] {
  const kept = new Map(tables.versions.map((version) => [versionKey(version), version]));
  return [
    ...[...kept].flatMap(([subject, { isDeleted, record }]) => {
      const told = versions.get(subject);
      if (told === undefined) return [fault(subject, "was registered, and no event tells of it")];
      if (told.record !== undefined && told.record !== record)
        return [fault(subject, "is not what was registered: its row was changed since")];
      if (told.isDeleted === isDeleted) return [];
      return [
        isDeleted
          ? fault(subject, "is deleted, and no event tells of that")
          : fault(subject, "is there, and the log says that it was deleted"),
      ];
    }),
    ...absent(versions, kept, "was registered by the log, and is not in the registry"),
  ];
}

function aliasFaults(tables: KeptTables, { aliases }: Told): readonly Disagreement[] {
  const kept = new Map(
    tables.aliases.map(({ model, alias, version }) => [`${model}@${alias}`, version]),
  );
  return [
    ...[...kept].flatMap(([subject, version]) => {
      const told = aliases.get(subject);
      if (told === version) return [];
      const points = `points at v${String(version)}, and`;
      return [
        told === undefined
          ? fault(subject, `${points} no event put it there`)
          : fault(subject, `${points} the last event moved it to v${String(told)}`),
      ];
    }),
    ...[...aliases].flatMap(([subject, version]) =>
      kept.has(subject)
        ? []
        : [fault(subject, `is not there; the last event moved it to v${String(version)}`)],
    ),
  ];
}

function tagFaults(tables: KeptTables, { tags }: Told): readonly Disagreement[] {
  const kept = new Map(tables.tags.map((tag) => [tagKey(tag), tag.value]));
  return [
    ...[...kept].flatMap(([place, value]) =>
      tags.get(place) === value ? [] : [tagFault(place, "has a value that no event gave it")],
    ),
    ...[...tags.keys()].flatMap((place) =>
      kept.has(place) ? [] : [tagFault(place, "is not there, and no event removed it")],
    ),
  ];
}

function requestFaults(tables: KeptTables, { requests }: Told): readonly Disagreement[] {
  const kept = new Map(tables.requests.map((request) => [request.id, request]));
  return [
    ...tables.requests.flatMap(({ id, state, record, decisions }) => {
      const subject = `request ${String(id)}`;
      const told = requests.get(id);
      if (told === undefined) return [fault(subject, "is there, and no event tells of it")];
      const found: Disagreement[] = [];
      if (told.record !== record)
        found.push(fault(subject, "is not what was asked: its row was changed since"));
      if (decisions.length > told.decisions.length)
        found.push(fault(subject, "has a decision that no event tells of"));
      else if (decisions.length < told.decisions.length)
        found.push(fault(subject, "lacks a decision that the log tells of"));
      else if (decisions.some((decision, at) => decision !== told.decisions[at]))
        found.push(fault(subject, "has a decision that is not what was decided"));
      if (told.state !== state)
        found.push(fault(subject, `is ${state}; by the log it is ${told.state}`));
      return found;
    }),
    ...[...requests.keys()].flatMap((id) =>
      kept.has(id)
        ? []
        : [fault(`request ${String(id)}`, "was made by the log, and is not in the registry")],
    ),
  ];
}

function deploymentFaults(tables: KeptTables, { deployments }: Told): readonly Disagreement[] {
  const kept = new Map(
    tables.deployments.map(({ id, record }) => [`deployment ${String(id)}`, record]),
  );
  const told = new Map(
    [...deployments].map(([id, record]) => [`deployment ${String(id)}`, record]),
  );
  return [
    ...[...kept].flatMap(([subject, record]) => {
      if (!told.has(subject)) return [fault(subject, "is there, and no event tells of it")];
      const said = told.get(subject);
      return said === undefined || said === record
        ? []
        : [fault(subject, "is not what was deployed: its row was changed since")];
    }),
    ...absent(told, kept, "was made by the log, and is not in the registry"),
  ];
}

function absent(
  told: ReadonlyMap<string, unknown>,
  kept: ReadonlyMap<string, unknown>,
  what: string,
): readonly Disagreement[] {
  return [...told.keys()].flatMap((subject) => (kept.has(subject) ? [] : [fault(subject, what)]));
}

function fault(subject: string, what: string): Disagreement {
  return { subject, message: `${subject} ${what}` };
}

function tagFault(place: string, what: string): Disagreement {
  const [version = "", ...key] = place.split(" ");
  return { subject: version, message: `the tag ${key.join(" ")} of ${version} ${what}` };
}

function versionKey({ model, version }: { model: string; version: number }): string {
  return `${model}@v${String(version)}`;
}

function tagKey(tag: { model: string; version: number; key: string }): string {
  return `${versionKey(tag)} ${tag.key}`;
}

/** Of the event's details; of events that were written before there were effects, what their action says. */
export function effectOf({ content }: FoundEvent): Effect | undefined {
  if (content === undefined) return undefined;
  const stated = content.details[EFFECT_KEY];
  const effect = Effect.safeParse(stated ?? earlierEffect(content));
  return effect.success ? effect.data : undefined;
}

function earlierEffect({ action, subject, details }: NonNullable<FoundEvent["content"]>): unknown {
  const [model, name = ""] = subject.split("@");
  switch (action) {
    case "model.registered":
      return { kind: "version-made", model, version: Number(name.slice(1)) };
    case "alias.moved":
      return { kind: "alias", model, alias: name, version: details["to"] };
    case "deployment.created":
      return { kind: "deployment", deployment: details["deployment"] };
    default:
      return undefined;
  }
}
