/** Staged lines as the body of a function. */
import type { StagedLines } from "./staging.ts";

/** A cell as people find it: `churn.ipynb, cell 4`. */
export type DescribeCell = (cell: number) => string;

/** The lines below comments that say which cell they are of. */
export function renderBody(
  lines: readonly StagedLines[],
  describeCell: DescribeCell,
): readonly string[] {
  const out: string[] = [];
  let title: string | undefined;
  for (const staged of lines) {
    const next = titleOf(staged, describeCell);
    if (next !== title) out.push(`${"    ".repeat(staged.depth + 1)}# ${next}`);
    title = next;
    out.push(indented(staged));
  }
  return out;
}

/** Where lines stand: `churn.ipynb, cell 5`, and of a function's lines which call they stand for. */
function titleOf({ cell, call }: StagedLines, describeCell: DescribeCell): string {
  if (call === undefined) return describeCell(cell);
  const origin = call.cell === cell ? "" : ` of ${describeCell(call.cell)}`;
  return `${describeCell(cell)}: ${call.text}${origin}`;
}

/** A line of the outermost level with those that stand inside of it: one statement after the other. */
export function blocksOf(lines: readonly StagedLines[]): readonly (readonly StagedLines[])[] {
  const blocks: StagedLines[][] = [];
  for (const line of lines) {
    const isInside = line.depth > 0 || /^(?:else|elif\b.*):/u.test(line.text);
    const last = blocks.at(-1);
    if (isInside && last !== undefined) last.push(line);
    else blocks.push([line]);
  }
  return blocks;
}

/** Deeper by four spaces and by the blocks around; lines that begin inside a string stay, continued lines of a block are that deep already. */
export function indented({ text, rigidLines, depth }: StagedLines, indent = "    "): string {
  return text
    .split("\n")
    .map((line, index) => {
      if (line === "" || rigidLines.includes(index)) return line;
      return `${indent}${index > 0 && /^\s/u.test(line) ? "" : "    ".repeat(depth)}${line}`;
    })
    .join("\n");
}
