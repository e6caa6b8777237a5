/** The lines of a loop's body as they stand outside of the loop, each with its number. */
import { lineColumnAt, lineStarts } from "../../base/text-span.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { walk } from "../../python/syntax.ts";
import type { NumberedLine } from "./notebook-lines.ts";

/** Lines that stand for others; all numbers, from 1, are those of the text before. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly NumberedLine[];
}

/** Where a loop's body stands. */
export interface BodyLayout {
  readonly from: number;
  readonly to: number;
  /** What stands in front of the loop, and of the body's lines. */
  readonly outside: string;
  readonly inside: string;
  /** Where a body begins that stands on the line of the loop's head. */
  readonly onHeadFrom: number | undefined;
}

/** The layout of a loop; `undefined` where a line belongs to something else as well, or goes on inside a string. */
export function layoutOf(node: SyntaxNode, body: SyntaxNode, text: string): BodyLayout | undefined {
  const outside = indentOf(node, text);
  const colon = node.tokens.findLast((token) => token.text === ":" && token.end <= body.start);
  if (outside === undefined || colon === undefined || hasLongString(body, text)) return undefined;
  const starts = lineStarts(text);
  const head = lineColumnAt(starts, colon.start).line;
  const to = lineColumnAt(starts, body.end).line;
  const onHead = lineColumnAt(starts, body.start).line === head;
  if (onHead)
    return to === head
      ? { from: head, to, outside, inside: "", onHeadFrom: body.start - (starts[head - 1] ?? 0) }
      : undefined;
  const inside = indentOf(body, text);
  return inside === undefined
    ? undefined
    : { from: head + 1, to, outside, inside, onHeadFrom: undefined };
}

/** The body's lines in a text that has them where the layout says; `undefined` when one is not as deep as the body. */
export function bodyLines(
  { from, to, outside, inside, onHeadFrom }: BodyLayout,
  text: string,
): readonly NumberedLine[] | undefined {
  const all = text.split("\n");
  if (onHeadFrom !== undefined)
    return [{ text: `${outside}${(all[from - 1] ?? "").slice(onHeadFrom)}`, line: from }];
  const lines = all.slice(from - 1, to).map((line, at): NumberedLine | undefined => {
    const number = from + at;
    if (line.trim() === "") return { text: "", line: number };
    if (line.startsWith(inside))
      return { text: `${outside}${line.slice(inside.length)}`, line: number };
    return line.trim().startsWith("#")
      ? { text: `${outside}${line.trim()}`, line: number }
      : undefined;
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

/** Lines in the place of a statement; `undefined` when another one shares a line with it. */
export function inPlaceOf(
  node: SyntaxNode,
  lines: readonly NumberedLine[],
  text: string,
): Replacement | undefined {
  const starts = lineStarts(text);
  const rest = text.slice(node.end).split("\n")[0] ?? "";
  if (indentOf(node, text) === undefined || !/^\s*(?:#.*)?$/u.test(rest)) return undefined;
  return {
    from: lineColumnAt(starts, node.start).line,
    to: lineColumnAt(starts, node.end).line,
    lines,
  };
}

/** White space in front of a node; `undefined` when something else stands there. */
export function indentOf({ start }: SyntaxNode, text: string): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return before.trim() === "" ? before : undefined;
}

function hasLongString(body: SyntaxNode, text: string): boolean {
  let found = false;
  walk(body, ({ kind, start, end }) => {
    if (kind === "string" && text.slice(start, end).includes("\n")) found = true;
    return undefined;
  });
  return found;
}
