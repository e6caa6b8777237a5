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
  const lines = wrapWords(text.slice(indent.length), Math.max(1, width - indent.length));
  return indent === "" ? lines : lines.map((line) => indent + line);
}

function wrapWords(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (displayWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = piecesOf(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
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
