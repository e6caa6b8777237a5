/** The arguments of a call, by keyword and position. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Part } from "./parts.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { sourceOf } from "./scope.ts";

/** One argument; `keyword` is `undefined` when it is positional. */
export interface Argument extends Part {
  readonly keyword: string | undefined;
}

/** The arguments of a call with their values. */
export function argumentsOf(node: SyntaxNode, scope: Scope): readonly Argument[] {
  const list = fieldOf(node, "arguments");
  if (list === undefined) return [];
  if (list.kind === "generator_expression")
    return [{ keyword: undefined, ...evaluatePart(list, scope) }];
  return list.children.map((child): Argument => {
    if (child.kind !== "keyword_argument")
      return { keyword: undefined, ...evaluatePart(child, scope) };
    const name = fieldOf(child, "name");
    const value = fieldOf(child, "value") ?? child;
    return {
      keyword: name === undefined ? undefined : sourceOf(scope, name),
      ...evaluatePart(value, scope),
    };
  });
}

/** The argument with a keyword. */
export function keywordOf(list: readonly Argument[], keyword: string): Argument | undefined {
  return list.find((argument) => argument.keyword === keyword);
}

/** Whether `axis` says that a method works across each row. */
export function isAcrossRow(list: readonly Argument[], scope: Scope): boolean {
  const axis = keywordOf(list, "axis");
  return axis !== undefined && /^(1|["']columns["'])$/u.test(sourceOf(scope, axis.node));
}

/** Whether a call draws the same rows each time. */
export function hasFixedSeed(list: readonly Argument[]): boolean {
  const seed = keywordOf(list, "random_state");
  return seed !== undefined && seed.value.kind === "constant" && seed.node.kind !== "none";
}
