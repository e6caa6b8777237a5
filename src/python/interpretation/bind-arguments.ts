/** Which parameter gets which argument. */

import type { Argument, Code, Value } from "./model.ts";
import { joinValues } from "./values.ts";

/** Values by parameter index. Where unpacking makes the pairing unknown, every parameter may get every argument. */
export function bindArguments(
  code: Code,
  given: readonly Argument[],
  receiver?: Value,
): ReadonlyMap<number, readonly Argument[]> {
  const bound = new Map<number, Argument[]>();
  const add = (index: number, argument: Argument): void => {
    bound.set(index, [...(bound.get(index) ?? []), argument]);
  };
  const { parameters } = code;
  const takesSelf = receiver !== undefined;
  const unpacked = given.some(({ keyword }) => keyword === "*" || keyword === "**");
  let position = takesSelf ? 1 : 0;
  for (const argument of given) {
    if (unpacked) {
      for (let index = takesSelf ? 1 : 0; index < parameters.length; index++) add(index, argument);
    } else if (argument.keyword === undefined) {
      const rest = parameters.findIndex(({ kind }) => kind === "positional-rest");
      const index = rest !== -1 && position >= rest ? rest : position;
      add(index, argument);
      position += 1;
    } else {
      const named = parameters.findIndex(
        ({ name, kind }) => kind === "plain" && name === argument.keyword,
      );
      const index =
        named === -1 ? parameters.findIndex(({ kind }) => kind === "keyword-rest") : named;
      if (index !== -1) add(index, argument);
    }
  }
  return bound;
}

/** Code that a library may call with anything is asked for its arguments once for each of its parameters and effects. */
const joins = new WeakMap<readonly Argument[], Value>();

/** All values of some arguments as one. */
export function joinArguments(given: readonly Argument[]): Value {
  const known = joins.get(given);
  if (known !== undefined) return known;
  const made = joinValues(given.map(({ value }) => value));
  joins.set(given, made);
  return made;
}
