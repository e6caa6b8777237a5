/** Why a function or class of the notebook is in one process only, in words that go after its name. */
import { SEEN_TO_CHANGE } from "../observation/reconcile.ts";
import type { Mutation, StatementFacts } from "../python/facts.ts";
import type { NameTable } from "./names.ts";

export interface DefinitionReasons {
  readonly all: readonly StatementFacts[];
  readonly names: NameTable;
  readonly cellOf: (statement: StatementFacts) => number;
}

/** The reason that tells a person most: state that it keeps, then what it takes when it is made, then what else its name means. */
export function whyInOneProcess(name: string, input: DefinitionReasons): string {
  const { all, cellOf } = input;
  const binders = all.filter((one) => one.mayWrite.includes(name) || one.deletes.includes(name));
  const definition = binders.find((one) => one.definition?.name === name);
  const change = changeOf(name, all);
  if (change !== undefined) {
    const { because } = change.mutation;
    const cell = String(cellOf(change.statement));
    return because === SEEN_TO_CHANGE
      ? `has state of its own (it was seen to change when cell ${cell} ran)`
      : `has state of its own (\`${because}\` in cell ${cell} may change it)`;
  }
  const [written] = definition?.definition?.globalWrites ?? [];
  if (written !== undefined) return `binds the notebook's ${written}`;
  const isKind = definition?.definition?.kind === "class" ? "class" : "function";
  const early = definition === undefined ? undefined : dataAmong(definition.reads, name, input);
  if (early !== undefined) return `is a ${isKind} that takes ${early} when it is defined`;
  const run = definition === undefined ? undefined : metWhenMade(definition);
  if (run !== undefined) return `is a ${isKind} that runs \`${run}\` when it is defined`;
  const other = binders.find((one) => one !== definition);
  if (other !== undefined && definition !== undefined)
    return other.definition?.name === name
      ? `is defined again in cell ${String(cellOf(other))}`
      : `is bound to something else in cell ${String(cellOf(other))}`;
  if (other !== undefined) {
    const place = `cell ${String(cellOf(other))}, line ${String(other.line)}`;
    if (!other.surelyWrites.includes(name)) return `is defined on some paths only (${place})`;
    const part = dataAmong(other.reads, name, input);
    return part === undefined
      ? `is a function or class that ${place} makes, which no other step may run again`
      : `is a function or class made of ${part} (${place})`;
  }
  const late = dataAmong(definition?.definition?.freeReads ?? [], name, input);
  if (late !== undefined) return `is a ${isKind} that reads the notebook's ${late}`;
  return `is a ${isKind} that its decorator or defaults may make another way each time`;
}

/** What another process would do another way than this one, when it made the definition. */
function metWhenMade({ ambient }: StatementFacts): string | undefined {
  return ambient.find(({ resource }) => resource !== "library")?.because;
}

/** What may change the definition itself: an attribute, a default that is filled, a cache. */
function changeOf(
  name: string,
  all: readonly StatementFacts[],
): { readonly mutation: Mutation; readonly statement: StatementFacts } | undefined {
  for (const statement of all) {
    // That calling it may change it is all that is known of what a decorator gives.
    const mutation = statement.mutations.find(
      (one) =>
        one.name === name &&
        one.through === undefined &&
        (one.certain || one.because !== `${name}(…)`),
    );
    if (mutation !== undefined) return { mutation, statement };
  }
  return undefined;
}

/** The first name that is no import, shared definition or constant: what it stands for differs from place to place. */
function dataAmong(
  reads: readonly string[],
  own: string,
  { all, names }: DefinitionReasons,
): string | undefined {
  return reads.find(
    (read) =>
      read !== own &&
      !names.importedNames.has(read) &&
      !names.helperNames.has(read) &&
      !names.constants.has(read) &&
      all.some(({ mayWrite }) => mayWrite.includes(read)),
  );
}
