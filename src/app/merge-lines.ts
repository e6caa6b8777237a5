/** Three-way merge of texts by lines, and the marks it leaves where both sides changed the same place. */
import { diff3Merge } from "node-diff3";

/** What two people made of one text. */
export interface TextSides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What stands behind the marks of each side. */
export interface SideLabels {
  readonly ours: string;
  readonly theirs: string;
}

/** The text of both; `conflicts` are the lines (from 1) of the marks that open a conflict. */
export interface MergedText {
  readonly text: string;
  readonly conflicts: readonly number[];
}

const OPEN = "<<<<<<< ";
const BETWEEN = "=======";
const CLOSE = ">>>>>>> ";

/** Nothing of either side is lost: what cannot be put together stands between marks, the user's first. */
export function mergeLines(sides: TextSides, labels: SideLabels): MergedText {
  const regions = diff3Merge(
    sides.ours.split("\n"),
    sides.base.split("\n"),
    sides.theirs.split("\n"),
    { excludeFalseConflicts: true },
  );
  const lines: string[] = [];
  const conflicts: number[] = [];
  for (const region of regions) {
    if (region.conflict === undefined) {
      lines.push(...(region.ok ?? []));
      continue;
    }
    conflicts.push(lines.length + 1);
    const { a: ours, b: theirs } = region.conflict;
    lines.push(`${OPEN}${labels.ours}`, ...ours, BETWEEN, ...theirs, `${CLOSE}${labels.theirs}`);
  }
  return { text: lines.join("\n"), conflicts };
}

/**
 * Lines (from 1) where conflicts open that nobody has resolved. All three marks have to be there in order, because a
 * row of `=` alone is a heading in many texts.
 */
export function findConflictMarks(text: string): readonly number[] {
  if (!text.includes(OPEN)) return [];
  const found: number[] = [];
  let opened: number | undefined;
  let between = false;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.startsWith(OPEN)) {
      opened = at + 1;
      between = false;
    } else if (opened !== undefined && line.trimEnd() === BETWEEN) between = true;
    else if (opened !== undefined && between && line.startsWith(CLOSE)) {
      found.push(opened);
      opened = undefined;
    }
  }
  return found;
}
