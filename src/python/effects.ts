/**
 * Looks library effects up. What is known stands in `effects/<library>.ts`; no library is special here.
 */
import { builtinEffects } from "./effects/builtins.ts";
import type { AttributeEffect, CallEffect, LibraryEffects } from "./effects/effect.ts";
import { matplotlibEffects } from "./effects/matplotlib.ts";
import { numpyEffects } from "./effects/numpy.ts";
import { pandasEffects } from "./effects/pandas.ts";
import { sklearnEffects } from "./effects/sklearn.ts";
import { standardLibraryEffects } from "./effects/standard-library.ts";
import type { AmbientEffect, DynamicCode } from "./facts.ts";

/** All tables as one. */
export interface EffectTables {
  /** The name used in the tables for a dotted name. */
  canonicalName(name: string): string;
  /** What calling a library function or class does; `undefined` when nothing is known. */
  functionEffect(name: string): CallEffect | undefined;
  /** What a method of a known type does; `undefined` when the type is unknown or does not list it. */
  methodEffect(type: string, method: string): CallEffect | undefined;
  /** What a method does on any type that has it, joined; `undefined` when no type has it. */
  anyMethodEffect(method: string): CallEffect | undefined;
  attributeEffect(type: string, attribute: string): AttributeEffect | undefined;
  /** Whether the type, or something it inherits from, is in the tables. */
  isKnownType(type: string): boolean;
  /** What a store into a library's attribute or mapping changes; `undefined` when that is no setting. */
  settingOf(name: string): AmbientEffect["resource"] | undefined;
  dynamicKind(name: string): DynamicCode["kind"] | undefined;
  isTransparentContext(name: string): boolean;
  /** What a context manager puts back as it was. */
  settingsScopedBy(name: string): readonly AmbientEffect["resource"][];
  isIterator(type: string): boolean;
  /** What stands first in the pairs that iterating over the type gives; `undefined` when it gives none. */
  pairsOf(type: string): "label" | "key" | undefined;
}

/** Libraries with a table. */
export const LIBRARIES: readonly LibraryEffects[] = [
  builtinEffects,
  standardLibraryEffects,
  numpyEffects,
  pandasEffects,
  sklearnEffects,
  matplotlibEffects,
];

/** Indexes tables; looking up takes time in the number of dots of a name. */
export function buildEffectTables(libraries: readonly LibraryEffects[] = LIBRARIES): EffectTables {
  const functions = mergeTables(libraries.map((library) => library.functions));
  const classes = mergeTables(libraries.map((library) => library.classes));
  const methods = mergeTables(libraries.map((library) => library.methods));
  const attributes = mergeTables(libraries.map((library) => library.attributes));
  const bases = mergeTables(libraries.map((library) => library.bases));
  const synonyms = mergeTables(libraries.map((library) => library.synonyms));
  const settings = mergeTables(libraries.map((library) => library.settings));
  const dynamic = mergeTables(libraries.map((library) => library.dynamic));
  const transparent = new Set(libraries.flatMap((library) => library.transparentContexts));
  const scoped = mergeTables(libraries.map((library) => library.scopedSettings));
  const iterators = new Set(libraries.flatMap((library) => library.iteratorTypes));
  const pairs = mergeTables(libraries.map((library) => library.pairTypes));
  const anyMethod = joinMethods(methods);

  const familyOf = (type: string): readonly string[] => {
    const family = [type];
    for (const member of family)
      for (const base of lookUp(bases, member) ?? []) if (!family.includes(base)) family.push(base);
    return family;
  };
  return {
    canonicalName: (name) => canonical(synonyms, name),
    functionEffect: (name) => {
      const exact = functions.get(name);
      if (exact !== undefined) return exact;
      if (isClassName(name)) {
        const made = lookUp(classes, name);
        if (made !== undefined) return { returns: name, ...made };
      }
      return lookUp(functions, name);
    },
    methodEffect: (type, method) => {
      const family = familyOf(type);
      for (const member of family) {
        const found = own(methods.get(member), method);
        if (found !== undefined) return found;
      }
      for (const member of family) {
        const others = own(methods.get(member), "*");
        if (others !== undefined) return others;
      }
      return undefined;
    },
    anyMethodEffect: (method) => anyMethod.get(method),
    attributeEffect: (type, attribute) => {
      for (const member of familyOf(type)) {
        const found = own(attributes.get(member), attribute);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    settingOf: (name) => settings.get(name) ?? lookUp(settings, name),
    dynamicKind: (name) => dynamic.get(name),
    isTransparentContext: (name) =>
      transparent.has(name) || transparent.has(`${name.slice(0, name.lastIndexOf("."))}.*`),
    settingsScopedBy: (name) => scoped.get(name) ?? [],
    isIterator: (type) => iterators.has(type),
    pairsOf: (type) => pairs.get(type),
    isKnownType: (type) => familyOf(type).some((member) => methods.has(member)),
  };
}

function mergeTables<T>(tables: readonly Readonly<Record<string, T>>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const table of tables)
    for (const [name, entry] of Object.entries(table)) merged.set(name, entry);
  return merged;
}

/** Own properties only: a method called `constructor` or `toString` must not find JavaScript's. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Exact name, else the longest `prefix.*` entry. */
function lookUp<T>(table: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = table.get(name);
  if (exact !== undefined) return exact;
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const found = table.get(`${name.slice(0, dot)}.*`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function canonical(synonyms: ReadonlyMap<string, string>, name: string): string {
  const exact = synonyms.get(name);
  if (exact !== undefined) return exact;
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const prefix = synonyms.get(name.slice(0, dot));
    if (prefix !== undefined) return prefix + name.slice(dot);
  }
  return name;
}

function isClassName(name: string): boolean {
  return /^[A-Z]/.test(name.slice(name.lastIndexOf(".") + 1));
}

/** One effect per method name that is at least what any type's method of that name does. */
function joinMethods(
  methods: ReadonlyMap<string, Readonly<Record<string, CallEffect>>>,
): ReadonlyMap<string, CallEffect> {
  const joined = new Map<string, CallEffect>();
  for (const table of methods.values()) {
    for (const [name, effect] of Object.entries(table)) {
      if (name === "*") continue;
      const known = joined.get(name);
      joined.set(
        name,
        known === undefined ? withoutReceiverType(effect) : joinEffects(known, effect),
      );
    }
  }
  return joined;
}

function withoutReceiverType(effect: CallEffect): CallEffect {
  const { returns, ...rest } = effect;
  return returns === undefined || returns === "receiver" ? rest : { ...rest, returns };
}

const RESULT_STRENGTH: readonly NonNullable<CallEffect["result"]>[] = [
  "fresh",
  "unpacked",
  "element",
  "view",
  "receiver",
  "elements",
  "keeps",
];

const MUTATION_STRENGTH: readonly NonNullable<CallEffect["mutatesReceiver"]>[] = [
  "inplace",
  true,
  "deep",
];

function joinEffects(left: CallEffect, right: CallEffect): CallEffect {
  const results = [left.result ?? "fresh", right.result ?? "fresh"];
  const result = RESULT_STRENGTH.findLast((strength) => results.includes(strength)) ?? "fresh";
  const mutatesReceiver = MUTATION_STRENGTH.findLast(
    (strength) => strength === left.mutatesReceiver || strength === right.mutatesReceiver,
  );
  const mutatesArguments = joinArguments(left.mutatesArguments, right.mutatesArguments);
  const file = left.file ?? right.file;
  const random = left.random ?? right.random;
  const readsText = left.readsText ?? right.readsText;
  return {
    result,
    ...(readsText === undefined ? {} : { readsText }),
    ...(left.returns !== undefined && left.returns === right.returns
      ? { returns: left.returns }
      : {}),
    ...(mutatesReceiver === undefined ? {} : { mutatesReceiver }),
    ...(mutatesArguments === undefined ? {} : { mutatesArguments }),
    ...(left.stores === true || right.stores === true ? { stores: true as const } : {}),
    ...(file === undefined ? {} : { file }),
    ...(random === undefined ? {} : { random }),
    ambient: [...(left.ambient ?? []), ...(right.ambient ?? [])],
  };
}

function joinArguments(
  left: CallEffect["mutatesArguments"],
  right: CallEffect["mutatesArguments"],
): CallEffect["mutatesArguments"] {
  if (left === undefined || right === undefined) return left ?? right;
  if (left === "all" || right === "all") return "all";
  return [...new Set([...left, ...right])];
}
