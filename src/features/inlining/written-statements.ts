/** Statements of a function as lines for other surroundings: the user's text at another depth, with its comments. */
import type { Span } from "../../base/text-span.ts";
import { lineColumnAt, lineStarts } from "../../base/text-span.ts";
import type { TextEdit } from "../../python/edit.ts";
import { applyEdits } from "../../python/edit.ts";
import type { SyntaxNode, SyntaxTree } from "../../python/syntax.ts";
import { walk } from "../../python/syntax.ts";

/** A line and the line of the text that it comes from, counted from 1. */
export interface WrittenLine {
  readonly text: string;
  readonly from: number;
}

/** The lines of one statement. */
export function writeStatement(
  node: SyntaxNode,
  {
    tree,
    edits,
    indent,
  }: { readonly tree: SyntaxTree; readonly edits: readonly TextEdit[]; readonly indent: string },
): readonly WrittenLine[] {
  const { text } = tree;
  const starts = lineStarts(text);
  const first = lineColumnAt(starts, node.start);
  const rigid = linesInsideStrings(node, tree);
  const local = edits.map(({ span, text: replacement }) => ({
    text: replacement,
    span: { start: span.start - node.start, end: span.end - node.start },
  }));
  const lines = applyEdits(text.slice(node.start, node.end), local).split("\n");
  const depth = first.column - 1;
  const written = lines.map((line, at): WrittenLine => {
    const from = first.line + at;
    if (at === 0) return { text: indent + line, from };
    if (rigid.has(from) || line.trim() === "") return { text: line, from };
    const blank = /^[ \t]*/u.exec(line)?.[0].length ?? 0;
    return { text: indent + line.slice(Math.min(depth, blank)), from };
  });
  const last = written.at(-1);
  const trailing = commentBehind(node, tree);
  if (last !== undefined && trailing !== undefined)
    written.splice(-1, 1, { ...last, text: `${last.text}  ${trailing}` });
  return [...commentsAbove(node, tree, indent), ...written];
}

/** Where a statement stands alone on its lines: these, and the blanks before it. */
export function ownLines(
  node: Span,
  text: string,
): { readonly from: number; readonly to: number; readonly indent: string } | undefined {
  const starts = lineStarts(text);
  const from = lineColumnAt(starts, node.start);
  const to = lineColumnAt(starts, node.end);
  const indent = text.slice(node.start - from.column + 1, node.start);
  const rest = text.slice(node.end, starts[to.line] ?? text.length);
  return /^[ \t]*$/u.test(indent) && /^\s*(?:#[^\n]*)?\s*$/u.test(rest)
    ? { from: from.line, to: to.line, indent }
    : undefined;
}

function linesInsideStrings(node: SyntaxNode, tree: SyntaxTree): ReadonlySet<number> {
  const starts = lineStarts(tree.text);
  const inside = new Set<number>();
  walk(node, (child) => {
    if (child.kind !== "string") return undefined;
    const { line } = lineColumnAt(starts, child.start);
    const end = lineColumnAt(starts, child.end).line;
    for (let at = line + 1; at <= end; at += 1) inside.add(at);
    return false;
  });
  return inside;
}

function commentBehind(node: SyntaxNode, { text, comments }: SyntaxTree): string | undefined {
  const [gap = ""] = /^[ \t]*/u.exec(text.slice(node.end)) ?? [];
  const comment = comments.find(({ start }) => start === node.end + gap.length);
  return comment === undefined ? undefined : text.slice(comment.start, comment.end);
}

/** Whole-line comments directly above. */
function commentsAbove(node: SyntaxNode, tree: SyntaxTree, indent: string): readonly WrittenLine[] {
  const lines = tree.text.split("\n");
  const starts = lineStarts(tree.text);
  const above: WrittenLine[] = [];
  for (let from = lineColumnAt(starts, node.start).line - 1; from >= 1; from -= 1) {
    const line = lines[from - 1] ?? "";
    const start = (starts[from - 1] ?? 0) + line.length - line.trimStart().length;
    if (!tree.comments.some((comment) => comment.start === start)) break;
    above.unshift({ text: indent + line.trim(), from });
  }
  return above;
}
