/** Lines that hang below each other, on any width: what does not fit goes on below, inside its branch. */
import type { Style } from "../style.ts";
import { onOneLine } from "./display-width.ts";
import { wrapText } from "./layout.ts";

export interface Branch {
  readonly text: string;
  readonly tone?: "strong" | "faint" | "good" | "bad" | "warn";
  readonly below?: readonly Branch[];
}

/** Deeper branches are not indented further than half of the line. */
export function renderTree(root: Branch, style: Style): string {
  return [...shown(root, style.columns, style), ...branches(root.below ?? [], "", style)].join(
    "\n",
  );
}

function branches(below: readonly Branch[], indent: string, style: Style): readonly string[] {
  return below.flatMap((branch, at) => {
    const isLast = at === below.length - 1;
    const [first = "", ...more] = shown(branch, style.columns - indent.length - 3, style);
    const inner = `${indent}${isLast ? "   " : "│  "}`;
    const hasBelow = (branch.below ?? []).length > 0;
    return [
      `${style.faint(`${indent}${isLast ? "└─" : "├─"}`)} ${first}`,
      ...more.map((line) => `${style.faint(`${inner}${hasBelow ? "│  " : "   "}`)}${line}`),
      ...branches(branch.below ?? [], inner, style),
    ];
  });
}

function shown({ text, tone }: Branch, room: number, style: Style): readonly string[] {
  const lines = wrapText(onOneLine(text), Math.max(room - 3, 20));
  return tone === undefined ? lines : lines.map((line) => style[tone](line));
}
