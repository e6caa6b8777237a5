/** Literals and arguments as the search for leakage reads them. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { LeakScope } from "./leak-scope.ts";
import { textAt } from "./leak-scope.ts";
import type { Flow } from "./leak-value.ts";

/** One argument of a call. */
export interface LeakArgument {
  readonly keyword: string | undefined;
  readonly node: SyntaxNode;
  readonly flow: Flow;
}

/** The arguments of a call. */
export function leakArguments(call: SyntaxNode, scope: LeakScope): readonly LeakArgument[] {
  const list = fieldOf(call, "arguments");
  if (list === undefined) return [];
  if (list.kind === "generator_expression")
    return [{ keyword: undefined, node: list, flow: scope.evaluate(list, scope) }];
  return list.children.map((child): LeakArgument => {
    const node = child.kind === "keyword_argument" ? (fieldOf(child, "value") ?? child) : child;
    const name = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
    return {
      keyword: name === undefined ? undefined : textAt(scope, name),
      node,
      flow: scope.evaluate(node, scope),
    };
  });
}

/** The text of a keyword argument. */
export function keywordText(
  list: readonly LeakArgument[],
  keyword: string,
  scope: LeakScope,
): string | undefined {
  const found = list.find((argument) => argument.keyword === keyword);
  return found === undefined ? undefined : textAt(scope, found.node);
}

/** Whether a method works along each row. */
export function isAlongRows(list: readonly LeakArgument[], scope: LeakScope): boolean {
  return /^(?:1|["']columns["'])$/u.test(keywordText(list, "axis", scope) ?? "");
}

/** The strings of a literal, or of a constant that holds such; `undefined` for anything else. */
export function literalStrings(node: SyntaxNode, scope: LeakScope): readonly string[] | undefined {
  if (node.kind === "string") {
    const match = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(textAt(scope, node));
    return match?.[2] === undefined ? undefined : [match[2]];
  }
  if (node.kind === "identifier") {
    const flow = scope.names.get(textAt(scope, node))?.flow;
    return flow?.kind === "plain" ? flow.strings : undefined;
  }
  if (node.kind !== "list" && node.kind !== "tuple" && node.kind !== "set") return undefined;
  const all: string[] = [];
  for (const child of node.children) {
    const [single, more] = child.kind === "string" ? (literalStrings(child, scope) ?? []) : [];
    if (single === undefined || more !== undefined) return undefined;
    all.push(single);
  }
  return all;
}
