/** The notebook's own functions, followed with the values they are called with. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureStatement } from "../feature-program.ts";
import type { LeakScope, Ref } from "./leak-scope.ts";
import { textAt } from "./leak-scope.ts";
import { leakArguments } from "./leak-text.ts";
import type { Flow } from "./leak-value.ts";
import { PLAIN } from "./leak-value.ts";

const DEEPEST = 4;

/** Calls within calls are followed a few deep; what a function deeper down does is not claimed. */
export function followLeakHelper(
  call: SyntaxNode,
  helper: FeatureStatement,
  scope: LeakScope,
): Flow {
  const { definition } = helper.facts;
  const list = leakArguments(call, scope);
  const body =
    helper.node.kind === "function_definition" ? fieldOf(helper.node, "body") : undefined;
  if (definition === undefined || body === undefined) return PLAIN;
  if (scope.following.includes(definition.name) || scope.following.length >= DEEPEST) return PLAIN;
  const names = new Map<string, Ref>(scope.names);
  const text = { statement: helper };
  const positional = list.filter(({ keyword }) => keyword === undefined);
  for (const [at, parameter] of (fieldOf(helper.node, "parameters")?.children ?? []).entries()) {
    const nameNode =
      parameter.kind === "identifier"
        ? parameter
        : (fieldOf(parameter, "name") ?? parameter.children[0] ?? parameter);
    const name = textAt(text, nameNode);
    const given = list.find(({ keyword }) => keyword === name) ?? positional[at];
    const shared =
      given?.node.kind === "identifier" ? scope.names.get(textAt(scope, given.node)) : undefined;
    names.set(name, shared ?? { flow: given?.flow ?? PLAIN });
  }
  const result = scope.walkBlock(body, {
    ...scope,
    statement: helper,
    names,
    inside: `it stands in the function \`${definition.name}\``,
    following: [...scope.following, definition.name],
  });
  return result ?? PLAIN;
}
