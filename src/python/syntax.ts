/**
 * The syntax tree of one Python text as plain objects, and the few accessors everything else reads it by.
 * The tree holds named nodes only; punctuation and keywords are `tokens` of the node they stand in, because several keywords share their
 * name with a node (`lambda`, `type`). It is not a formatter's tree: white space lives in the text, between the offsets.
 * Kinds are those of the tree-sitter grammar for Python.
 */
import type { Span } from "../base/text-span.ts";

/** Punctuation, an operator or a keyword. */
export interface SyntaxToken extends Span {
  readonly text: string;
}

/** A named node. Offsets are UTF-16 offsets in the unit's text. */
export interface SyntaxNode extends Span {
  readonly kind: string;
  /** Under which field it hangs in its parent (`left`, `body`, …). */
  readonly field: string | undefined;
  /** Named nodes in text order, comments and line continuations left out. */
  readonly children: readonly SyntaxNode[];
  readonly tokens: readonly SyntaxToken[];
}

/** Why a text is not Python, at one place. */
export interface SyntaxProblem extends Span {
  readonly message: string;
}

/** A parsed text. With `problems` the tree is the parser's best guess. */
export interface SyntaxTree {
  readonly text: string;
  readonly root: SyntaxNode;
  readonly comments: readonly Span[];
  readonly problems: readonly SyntaxProblem[];
}

/** The first child under a field. */
export function fieldOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  for (const child of node.children) if (child.field === field) return child;
  return undefined;
}

/** All children under a field, in text order. */
export function fieldsOf(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  return node.children.filter((child) => child.field === field);
}

/** The first child of a kind. */
export function childOfKind(node: SyntaxNode, kind: string): SyntaxNode | undefined {
  for (const child of node.children) if (child.kind === kind) return child;
  return undefined;
}

/** Whether a keyword or operator stands directly in the node (`async`, `from`). */
export function hasToken(node: SyntaxNode, text: string): boolean {
  return node.tokens.some((token) => token.text === text);
}

/** The text a node covers. */
export function textOf(text: string, node: Span): string {
  return text.slice(node.start, node.end);
}

/** The top-level statements of a text, in order. */
export function statementsOf(tree: SyntaxTree): readonly SyntaxNode[] {
  return tree.root.children;
}

/** Visits `node` and everything below it, parents first; a visitor that returns `false` skips the node's children. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | undefined): void {
  const stack: SyntaxNode[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (visit(next) === false) continue;
    for (let at = next.children.length - 1; at >= 0; at--) {
      const child = next.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
}

/** Takes off parentheses: `((x))` → `x`. A parenthesized comprehension or tuple is its own kind and stays. */
export function withoutParentheses(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.kind === "parenthesized_expression") {
    const child = inner.children[0];
    if (child === undefined) return inner;
    inner = child;
  }
  return inner;
}
