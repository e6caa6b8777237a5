/** The difference of two texts as a unified diff. Lines are compared as they are; only the last newline is told specially. */

const CONTEXT_LINES = 3;
/** Beyond so many changed lines a smallest diff is not worth its time (quadratic): the rest is shown as replaced. */
const MAX_CHANGES = 2_000;

type Line = { readonly kind: "same" | "removed" | "added"; readonly text: string };

/**
 * Unified diff with three lines of context; empty when the texts are equal.
 *
 * @param names What stands after `---` and `+++`.
 */
export function renderTextDiff(
  before: string,
  after: string,
  names: { readonly before: string; readonly after: string },
): string {
  if (before === after) return "";
  const lines = diffLines(splitLines(before), splitLines(after));
  return [`--- ${names.before}`, `+++ ${names.after}`, ...hunks(lines)].join("\n");
}

/** How many lines a diff adds and removes. */
export function countChangedLines(
  before: string,
  after: string,
): { readonly added: number; readonly removed: number } {
  const lines = diffLines(splitLines(before), splitLines(after));
  const count = (kind: Line["kind"]): number => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}

/** Lines without their newline; a text that does not end with one has the mark that diff programs print. */
function splitLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  const same = (text: string): Line => ({ kind: "same", text });
  return [
    ...before.slice(0, head).map(same),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/**
 * Myers' greedy algorithm: the furthest point on each diagonal after d changes, then the way back.
 * @see Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), figure 2.
 */
function diffMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const trace: ReadonlyMap<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= before.length + after.length; changes += 1) {
    if (changes > MAX_CHANGES) return replaceAll(before, after);
    trace.push(new Map(furthest));
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = step(furthest, diagonal, changes);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal])
        x += 1;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return wayBack(before, after, trace);
    }
  }
  return replaceAll(before, after);
}

/** Where one more change leads on a diagonal: down from the one above, or right from the one below. */
function step(furthest: ReadonlyMap<number, number>, diagonal: number, changes: number): number {
  const fromAbove = furthest.get(diagonal + 1) ?? -1;
  const fromBelow = furthest.get(diagonal - 1) ?? -1;
  return diagonal === -changes || (diagonal !== changes && fromBelow < fromAbove)
    ? fromAbove
    : fromBelow + 1;
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): readonly Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const furthest = trace[changes] ?? new Map<number, number>();
    const diagonal = x - y;
    const start = step(furthest, diagonal, changes);
    const fromAbove =
      diagonal === -changes ||
      (diagonal !== changes &&
        (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
    while (x > start && y > start - diagonal && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      lines.push({ kind: "same", text: before[x] ?? "" });
    }
    if (changes === 0) break;
    if (fromAbove) {
      y -= 1;
      lines.push({ kind: "added", text: after[y] ?? "" });
    } else {
      x -= 1;
      lines.push({ kind: "removed", text: before[x] ?? "" });
    }
  }
  return lines.reverse();
}

function replaceAll(before: readonly string[], after: readonly string[]): readonly Line[] {
  return [
    ...before.map((text): Line => ({ kind: "removed", text })),
    ...after.map((text): Line => ({ kind: "added", text })),
  ];
}

function hunks(lines: readonly Line[]): readonly string[] {
  const near = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (line.kind === "same") continue;
    for (let other = index - CONTEXT_LINES; other <= index + CONTEXT_LINES; other += 1)
      near.add(other);
  }
  const shown: string[] = [];
  let beforeLine = 1;
  let afterLine = 1;
  let hunk: { readonly before: number; readonly after: number; readonly lines: Line[] } | undefined;
  for (const [index, line] of lines.entries()) {
    if (near.has(index)) {
      hunk ??= { before: beforeLine, after: afterLine, lines: [] };
      hunk.lines.push(line);
    } else if (hunk !== undefined) {
      shown.push(...renderHunk(hunk));
      hunk = undefined;
    }
    if (line.kind !== "added") beforeLine += 1;
    if (line.kind !== "removed") afterLine += 1;
  }
  if (hunk !== undefined) shown.push(...renderHunk(hunk));
  return shown;
}

function renderHunk(hunk: {
  readonly before: number;
  readonly after: number;
  readonly lines: readonly Line[];
}): readonly string[] {
  const beforeCount = hunk.lines.filter((line) => line.kind !== "added").length;
  const afterCount = hunk.lines.filter((line) => line.kind !== "removed").length;
  // By the format's convention an empty side is placed on the line before it.
  const range = (start: number, count: number): string =>
    `${String(count === 0 ? start - 1 : start)},${String(count)}`;
  const mark = { same: " ", removed: "-", added: "+" } as const;
  return [
    `@@ -${range(hunk.before, beforeCount)} +${range(hunk.after, afterCount)} @@`,
    ...hunk.lines.map((line) => mark[line.kind] + line.text),
  ];
}
