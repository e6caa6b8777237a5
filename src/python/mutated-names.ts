/** Which names a statement may change in place: those that it lists, and those that share what it changes. */
import type { NamesThen, StatementFacts } from "./facts.ts";

/** What the questions below are asked of. */
export type Mutating = Pick<StatementFacts, "mutations" | "spread">;

/** Whether the value of a name may change in place. */
export function mayMutate({ mutations, spread }: Mutating, name: string): boolean {
  return (
    mutations.some((mutation) => mutation.name === name) ||
    spread.some(({ names }) => names.has(name))
  );
}

/** Whether anything may change in place. */
export function mutatesAnything({ mutations, spread }: Mutating): boolean {
  return mutations.length > 0 || spread.length > 0;
}

/** All names, each once: as many as share memory with what is changed. */
export function mutatedNames(statement: Mutating): ReadonlySet<string> {
  return new Set(new MutatedNames().news(statement));
}

/**
 * The names that some statements may change, in order of first mention. What shares memory is looked through once,
 * not once for every statement.
 */
export class MutatedNames {
  readonly #seen = new Map<object, NamesThen>();
  /** By object whose surroundings were looked through, names that are to be looked for again. */
  readonly #forgotten = new Map<object, Set<string>>();

  /** Names of a statement that no statement before it had, and perhaps some that one had. */
  *news({ mutations, spread }: Mutating): Generator<string> {
    for (const { name } of mutations) yield name;
    for (const { names } of spread) {
      const before = this.#seen.get(names.of);
      this.#seen.set(names.of, names);
      for (const name of this.#forgotten.get(names.of) ?? []) if (names.has(name)) yield name;
      this.#forgotten.delete(names.of);
      yield* names.since(before);
    }
  }

  /** A name was deleted: statements that change it after all mention it anew. */
  forget(name: string): void {
    for (const of of this.#seen.keys()) {
      const known = this.#forgotten.get(of);
      if (known === undefined) this.#forgotten.set(of, new Set([name]));
      else known.add(name);
    }
  }
}
