/** A half-open range of UTF-16 offsets in one text: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A position people can find: both numbers are 1-based, columns count UTF-16 units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset in a text that is asked about once; for many offsets keep the result of {@link lineStarts}. */
export function placeAt(text: string, offset: number): LineColumn {
  return lineColumnAt(lineStarts(text), offset);
}

/** Offsets at which the lines of `text` start; the first is always 0. Linear in the text. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column of an offset, by binary search in the result of {@link lineStarts}. */
export function lineColumnAt(starts: readonly number[], offset: number): LineColumn {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
