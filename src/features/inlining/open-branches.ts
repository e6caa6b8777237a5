/** The statements of a function that a call runs, where its arguments tell which branch of an `if` is taken. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import type { BoundArgument } from "./bound-arguments.ts";
import { boundNames } from "./bound-names.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import type { Written } from "./known-condition.ts";
import { decideCondition } from "./known-condition.ts";

/** The body with decided branches in place of their `if`; what stands behind a `return` that is reached is left out. */
export function openBranches(
  { body, bound, statement }: HelperDefinition,
  list: readonly BoundArgument[],
): readonly SyntaxNode[] {
  const { text } = statement.tree;
  const known = new Map<string, Written>();
  for (const { name, written } of list)
    if (written !== undefined && !bound.inner.has(name)) known.set(name, written.value);
  const opened = openAll(body, text, known);
  const end = opened.findIndex(({ kind }) => kind === "return_statement");
  return end === -1 ? opened : opened.slice(0, end + 1);
}

/** What an argument was is known until the parameter is bound anew. Takes such names out of `known`. */
function openAll(
  nodes: readonly SyntaxNode[],
  text: string,
  known: Map<string, Written>,
): readonly SyntaxNode[] {
  return nodes.flatMap((node) => {
    const opened = openOne(node, text, known);
    for (const name of boundNames(opened, text).variables) known.delete(name);
    return opened;
  });
}

function openOne(
  node: SyntaxNode,
  text: string,
  known: Map<string, Written>,
): readonly SyntaxNode[] {
  if (node.kind !== "if_statement") return [node];
  for (const branch of [node, ...fieldsOf(node, "alternative")]) {
    const condition = fieldOf(branch, "condition");
    const holds = condition === undefined ? true : decideCondition(condition, text, known);
    if (holds === undefined) return [node];
    const taken = fieldOf(branch, branch.kind === "else_clause" ? "body" : "consequence");
    if (holds) return openAll(taken?.children ?? [], text, known);
  }
  return [];
}
