/** What each parameter of a function stands for at one call. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { walk } from "../../python/syntax.ts";
import type { FoundCall } from "./found-call.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import type { Written } from "./known-condition.ts";
import { writtenValue } from "./known-condition.ts";

/** A parameter with its argument. */
export interface BoundArgument {
  readonly name: string;
  readonly node: SyntaxNode;
  /** The text that the node stands in: the call's, or the function's for a default. */
  readonly text: string;
  readonly isDefault: boolean;
  /** Its value, where that is written out. */
  readonly written: { readonly value: Written } | undefined;
}

/**
 * Arguments in order of evaluation, then defaults.
 *
 * @returns An error that says what is wrong, as the end of a sentence.
 */
export function bindArguments(
  found: FoundCall,
  definition: HelperDefinition,
): Result<readonly BoundArgument[], string> {
  const positional = definition.parameters.filter(({ isKeywordOnly }) => !isKeywordOnly);
  const bound: BoundArgument[] = [];
  const { text } = found.statement.tree;
  let place = 0;
  for (const { keyword, node } of found.arguments) {
    if (node.kind.includes("splat") || node.kind === "for_in_clause" || assigns(node))
      return err("its arguments are not written out");
    const name = keyword ?? positional[place]?.name;
    if (keyword === undefined) place += 1;
    const isKnown = definition.parameters.some((parameter) => parameter.name === name);
    if (name === undefined || !isKnown || bound.some((other) => other.name === name))
      return err("its arguments do not fit");
    bound.push({ name, node, text, isDefault: false, written: writtenValue(node, text) });
  }
  for (const { name, fallback } of definition.parameters) {
    if (bound.some((argument) => argument.name === name)) continue;
    if (fallback === undefined) return err("its arguments do not fit");
    const source = definition.statement.tree.text;
    const written = writtenValue(fallback, source);
    if (written === undefined && !isUntouchedList(name, fallback, definition))
      return err(`the default of \`${name}\` is shared by all of its calls`);
    bound.push({ name, node: fallback, text: source, isDefault: true, written });
  }
  return ok(bound);
}

function assigns(node: SyntaxNode): boolean {
  let found = false;
  walk(node, ({ kind }) => {
    found ||= kind === "named_expression";
    return undefined;
  });
  return found;
}

/** A list of names as a default, which the function only goes through or picks columns with. */
function isUntouchedList(
  name: string,
  fallback: SyntaxNode,
  { statement, body, bound }: HelperDefinition,
): boolean {
  const { text } = statement.tree;
  const isList =
    (fallback.kind === "list" || fallback.kind === "tuple") &&
    fallback.children.every((child) => writtenValue(child, text) !== undefined);
  // Nothing can change a tuple.
  if (isList && fallback.kind === "tuple") return true;
  if (!isList || bound.variables.has(name) || bound.inner.has(name)) return false;
  const isLookedAt = (node: SyntaxNode, parent: SyntaxNode): boolean => {
    if (node.kind !== "identifier" || text.slice(node.start, node.end) !== name)
      return node.children.every((child) => isLookedAt(child, node));
    return (
      node.field === "attribute" ||
      (node.field === "name" && parent.kind === "keyword_argument") ||
      (node.field === "right" && ["for_statement", "for_in_clause"].includes(parent.kind)) ||
      (node.field === "subscript" && parent.kind === "subscript")
    );
  };
  return body.every((node) => isLookedAt(node, node));
}
