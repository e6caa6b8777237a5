/** How wide columns may be, and texts on several lines so that nothing of them is lost. */
import { displayWidth, graphemesOf } from "./display-width.ts";

/** A column that is to be fitted. */
export interface Fitted {
  /** Of its widest cell. */
  readonly natural: number;
  /** Below this it does not go. */
  readonly least: number;
}

/** No column that can be wrapped becomes narrower: fewer letters a line are hard to read. */
export const LEAST_WIDTH = 10;

/**
 * The widest columns give way first, all to the same width.
 *
 * @param room Columns of the terminal, without the gaps.
 * @returns `undefined` where even the least widths have no room.
 */
export function fitColumns(
  columns: readonly Fitted[],
  room: number,
): readonly number[] | undefined {
  const widthsAt = (most: number): readonly number[] =>
    columns.map(({ natural, least }) => Math.min(natural, Math.max(most, least)));
  const total = (widths: readonly number[]): number => {
    let sum = 0;
    for (const width of widths) sum += width;
    return sum;
  };
  const widest = Math.max(1, ...columns.map(({ natural }) => natural));
  if (total(widthsAt(widest)) <= room) return widthsAt(widest);
  for (let most = Math.min(widest, room); most >= 1; most -= 1) {
    const widths = widthsAt(most);
    if (total(widths) <= room) return widths;
  }
  return undefined;
}

/**
 * The text on lines of at most that width: broken at spaces, within a longer word behind a sign that separates its parts,
 * and only where there is none between any two letters. Nothing but spaces at the breaks is lost; an indentation is kept.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines = fillLines(text.slice(indent.length).split(" "), width - indent.length);
  return indent === "" ? lines : lines.map((line) => indent + line);
}

/**
 * Items beside each other, as many as a line takes. One that is longer than a line is broken as `wrapText` does it.
 *
 * @returns At least one line, which is empty where the items are.
 */
export function fillLines(items: readonly string[], width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const joined = line === "" ? item : `${line} ${item}`;
    if (displayWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = item.includes(" ") ? fillLines(item.split(" "), room) : piecesOf(item, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** The same on indented lines, but no word is ever broken: one that is longer than a line stands alone. */
export function fillWholeWords(words: readonly string[], indent: string, width: number): string {
  const room = width - displayWidth(indent);
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(joined) > room) {
      lines.push(line);
      line = word;
    } else line = joined;
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => indent + one).join("\n");
}

const SEPARATORS = /[/\\\-_.,:;@=|]/;

function piecesOf(word: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let rest = graphemesOf(word);
  while (displayWidth(rest.join("")) > room) {
    let taken = 0;
    let width = 0;
    for (const segment of rest) {
      width += displayWidth(segment);
      if (width > room) break;
      taken += 1;
    }
    taken = Math.max(1, taken);
    const separator = rest.slice(0, taken).findLastIndex((segment) => SEPARATORS.test(segment));
    // A separator near the beginning would leave most of the line empty.
    const cut = separator >= taken / 3 ? separator + 1 : taken;
    pieces.push(rest.slice(0, cut).join(""));
    rest = rest.slice(cut);
  }
  return [...pieces, rest.join("")];
}
