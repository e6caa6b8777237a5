/** Summaries as values: the one that says nothing, and comparing and joining two of the same code. */
import type { AmbientEffect } from "../facts.ts";
import type { GlobalWrite, Origin, Reason, Summary } from "./model.ts";

/** Of code that does nothing, or of which nothing is known yet. */
export const EMPTY: Summary = {
  freeReads: new Set(),
  exposedReads: new Set(),
  globalWrites: new Map(),
  globalDeletes: new Set(),
  mutatedParameters: new Map(),
  mutatedGlobals: new Map(),
  mutatedCaptured: undefined,
  mutatedClass: undefined,
  returned: [],
  returnedInside: [],
  returnsObject: false,
  returnType: undefined,
  returnedCode: new Set(),
  returnDraws: false,
  returnedParts: undefined,
  stores: [],
  ambient: [],
  dynamic: [],
  calls: [],
};

/** Two places are the same when their keys are. */
export function originKey(origin: Origin): string {
  if (origin.kind === "class") return origin.kind;
  return origin.kind === "parameter" ? String(origin.index) : `${origin.kind} ${origin.name}`;
}

/** Two effects are of one kind when their keys are. */
export function ambientKey({ resource, access, detail, seeds }: AmbientEffect): string {
  return `${resource} ${access} ${detail ?? ""}${seeds === true ? " seeds" : ""}`;
}

/** Adds a reason; being used up counts least, being changed for certain most. */
function keepStronger<K>(map: Map<K, Reason>, key: K, reason: Reason): void {
  const known = map.get(key);
  if (known === undefined || isStronger(reason, known)) map.set(key, reason);
}

/** Whether the first says more than the second. */
export function isStronger(reason: Reason, than: Reason): boolean {
  return strength(than) < strength(reason);
}

function strength(reason: Reason): number {
  return reason.consumes === true ? 0 : reason.certain ? 2 : 1;
}

/** Whether who has read one need not look at the other; both are of one code, and one was made from more than the other. */
export function isSame(a: Summary, b: Summary): boolean {
  return (
    a.returnType === b.returnType &&
    a.returnsObject === b.returnsObject &&
    a.returnDraws === b.returnDraws &&
    (a.mutatedCaptured === undefined) === (b.mutatedCaptured === undefined) &&
    a.mutatedClass?.certain === b.mutatedClass?.certain &&
    partsKey(a) === partsKey(b) &&
    a.freeReads.size === b.freeReads.size &&
    a.exposedReads.size === b.exposedReads.size &&
    a.globalDeletes.size === b.globalDeletes.size &&
    writesKey(a) === writesKey(b) &&
    a.returned.length === b.returned.length &&
    a.returnedInside.length === b.returnedInside.length &&
    a.returnedCode.size === b.returnedCode.size &&
    a.stores.length === b.stores.length &&
    a.ambient.length === b.ambient.length &&
    a.dynamic.length === b.dynamic.length &&
    weight(a.mutatedParameters) === weight(b.mutatedParameters) &&
    weight(a.mutatedGlobals) === weight(b.mutatedGlobals)
  );
}

function weight<K>(reasons: ReadonlyMap<K, Reason>): number {
  let sum = 0;
  for (const reason of reasons.values()) sum += 1 + strength(reason);
  return sum;
}

function partsKey({ returnedParts }: Summary): string {
  return (returnedParts ?? []).map(({ type, draws }) => `${type ?? ""} ${String(draws)}`).join();
}

function writesKey({ globalWrites }: Summary): string {
  return [...globalWrites]
    .map(([name, { surely, type, qualified, draws, code, origins, isNew, group }]) =>
      [name, surely, type, qualified, draws, code.size, origins.length, isNew, group].join(" "),
    )
    .sort()
    .join();
}

/** Sure is only what both say. */
function joinWrites(a: Summary, b: Summary): Summary["globalWrites"] {
  const joined = new Map<string, GlobalWrite>();
  const some = (found: readonly (GlobalWrite | undefined)[]): readonly GlobalWrite[] =>
    found.flatMap((write) => (write === undefined ? [] : [write]));
  for (const [name, write] of [...a.globalWrites, ...b.globalWrites]) {
    const others = some([a.globalWrites.get(name), b.globalWrites.get(name)]);
    const same = <K extends "type" | "qualified">(key: K): GlobalWrite[K] | undefined =>
      others.every((other) => other[key] === write[key]) ? write[key] : undefined;
    joined.set(name, {
      surely: others.length === 2 && others.every((other) => other.surely),
      type: same("type"),
      qualified: same("qualified"),
      draws: others.some((other) => other.draws),
      code: new Set(others.flatMap((other) => [...other.code])),
      origins: [
        ...new Map(
          others.flatMap((other) => other.origins).map((origin) => [originKey(origin), origin]),
        ).values(),
      ],
      isNew: others.some((other) => other.isNew),
      group: 0,
    });
  }
  return joined;
}

/** All that either of them says; the second is the newer one. */
export function joinSummaries(a: Summary, b: Summary): Summary {
  const origins = (first: readonly Origin[], second: readonly Origin[]): readonly Origin[] => [
    ...new Map([...first, ...second].map((origin) => [originKey(origin), origin])).values(),
  ];
  const reasons = <K>(first: ReadonlyMap<K, Reason>, second: ReadonlyMap<K, Reason>) => {
    const joined = new Map(first);
    for (const [key, reason] of second) keepStronger(joined, key, reason);
    return joined;
  };
  const sameParts = partsKey(a) === partsKey(b) && a.returnedParts !== undefined;
  return {
    freeReads: new Set([...a.freeReads, ...b.freeReads]),
    exposedReads: new Set([...a.exposedReads, ...b.exposedReads]),
    globalWrites: joinWrites(a, b),
    globalDeletes: new Set([...a.globalDeletes, ...b.globalDeletes]),
    mutatedParameters: reasons(a.mutatedParameters, b.mutatedParameters),
    mutatedGlobals: reasons(a.mutatedGlobals, b.mutatedGlobals),
    mutatedCaptured: a.mutatedCaptured ?? b.mutatedCaptured,
    mutatedClass: a.mutatedClass ?? b.mutatedClass,
    returned: origins(a.returned, b.returned),
    returnedInside: origins(a.returnedInside, b.returnedInside),
    // Without its parts a tuple is one new thing.
    returnsObject: a.returnsObject || b.returnsObject,
    returnType: a.returnType === b.returnType ? a.returnType : undefined,
    returnedCode: new Set([...a.returnedCode, ...b.returnedCode]),
    returnDraws: a.returnDraws || b.returnDraws,
    returnedParts: sameParts ? b.returnedParts : undefined,
    stores: [
      ...new Map(
        [...a.stores, ...b.stores].map((store) => [
          `${originKey(store.from)}→${originKey(store.into)}`,
          store,
        ]),
      ).values(),
    ],
    ambient: [
      ...new Map(
        [...a.ambient, ...b.ambient].map((effect) => [ambientKey(effect), effect]),
      ).values(),
    ],
    dynamic: [
      ...new Map(
        [...a.dynamic, ...b.dynamic].map((found) => [
          `${found.kind} ${String(found.span.start)}`,
          found,
        ]),
      ).values(),
    ],
    calls: b.calls,
  };
}
