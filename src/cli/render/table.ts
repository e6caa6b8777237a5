/** Plain text tables: columns as wide as their widest cell, numbers to the right, nothing cut. */

/** @param alignRight Indexes of columns that hold numbers. */
export function renderTable(
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
  indent = "  ",
): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map((row) =>
      (
        indent +
        row
          .map((cell, at) =>
            alignRight.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
          )
          .join("  ")
      ).trimEnd(),
    )
    .join("\n");
}

/** Words on as many lines as they need; a word longer than a line stands alone. */
export function wrapWords(words: readonly string[], indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > width - indent.length) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => indent + one).join("\n");
}

/** Up to six significant digits, without trailing zeros; names for what is no number. */
export function renderNumber(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** `12 ms`, `1.4 s`, `2 min 5 s`. */
export function renderDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
