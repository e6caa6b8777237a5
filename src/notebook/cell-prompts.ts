/**
 * Undoes what IPython undoes before it looks at a cell: common indentation and pasted prompts (`>>> `, `In [3]: `).
 * Invariant: the result has as many lines as the stored text, and each line is the stored line without a prefix.
 * @see https://ipython.readthedocs.io/en/stable/config/inputtransforms.html
 */
import { scanLogicalLine } from "./python-lines.ts";

/** A cell's text as IPython's syntax is looked for in it. */
export interface CleanedCell {
  readonly text: string;
  /** For each line, how many leading characters of the stored line were taken away. */
  readonly removed: readonly number[];
}

const CLASSIC_FIRST = /^\s*>>>/;
const CLASSIC = /^\s*(?:>>>|\.\.\.)[ \t]?/;
const NUMBERED = /^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)/;

/** Takes away common indentation, prompts, and blanks on otherwise empty lines, in IPython's order. */
export function cleanCell(source: string): CleanedCell {
  const stored = source.split("\n");
  const lines = removeIndentation(stored);
  const prompted = removeNumberedPrompts(removeClassicPrompts(lines));
  const blanks = blankLinesInStrings(prompted.join("\n"));
  const text = prompted.map((line, index) => (blanks.has(index) ? line.trimStart() : line));
  return {
    text: text.join("\n"),
    removed: text.map((line, index) => (stored[index] ?? "").length - line.length),
  };
}

function removeIndentation(lines: readonly string[]): readonly string[] {
  const margin = commonMargin(lines.filter((line) => line.trim() !== ""));
  if (margin === "") return lines;
  return lines.map((line) => (line.trim() === "" ? line.trimStart() : line.slice(margin.length)));
}

function commonMargin(lines: readonly string[]): string {
  let margin: string | undefined;
  for (const line of lines) {
    const indentation = /^[ \t]*/.exec(line)?.[0] ?? "";
    if (margin === undefined) margin = indentation;
    while (!indentation.startsWith(margin)) margin = margin.slice(0, -1);
  }
  return margin ?? "";
}

function removeClassicPrompts(lines: readonly string[]): readonly string[] {
  const first = firstPromptLine(lines);
  if (first === undefined) return lines;
  const stripped = lines.map((line, index) => (index < first ? line : line.replace(CLASSIC, "")));
  return [...stripped.slice(0, first), ...removeIndentation(stripped.slice(first))];
}

/** Index of the first line that starts with `>>>` outside of a string: nothing in Python starts so. */
function firstPromptLine(lines: readonly string[]): number | undefined {
  if (!lines.some((line) => CLASSIC_FIRST.test(line))) return undefined;
  const text = lines.join("\n");
  let lineNumber = 0;
  for (let at = 0; at < text.length; ) {
    if (CLASSIC_FIRST.test(lines[lineNumber] ?? "")) return lineNumber;
    const line = scanLogicalLine(text, at);
    lineNumber += countBreaks(text.slice(at, line.end));
    at = line.end;
  }
  return undefined;
}

function removeNumberedPrompts(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  const prompted = NUMBERED.test(lines[first] ?? "") || NUMBERED.test(lines[first + 1] ?? "");
  return prompted ? lines.map((line) => line.replace(NUMBERED, "")) : lines;
}

/**
 * IPython empties lines of blanks everywhere, inside strings too, where that changes the string's value.
 * Elsewhere such a line means nothing and is left as it is stored.
 */
function blankLinesInStrings(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  if (!/^[ \t]+\r?$/m.test(text)) return found;
  const lines = text.split("\n");
  let lineNumber = 0;
  let counted = 0;
  for (let at = 0; at < text.length; ) {
    const line = scanLogicalLine(text, at);
    for (const token of line.tokens) {
      if (token.kind !== "string") continue;
      lineNumber += countBreaks(text.slice(counted, token.start));
      counted = token.start;
      const breaks = countBreaks(token.text);
      for (let index = lineNumber + 1; index < lineNumber + breaks; index += 1) {
        if (/^[ \t]+$/.test(lines[index] ?? "")) found.add(index);
      }
    }
    at = line.end;
  }
  return found;
}

function countBreaks(text: string): number {
  return text.split("\n").length - 1;
}
