/**
 * Printed text without what no two runs have in common, and how two such texts differ.
 * Not here: which texts are held against each other (`saved-agreement.ts`).
 */

/**
 * `same`: but for line breaks, addresses, durations, progress bars, warnings.
 * `floats`: but for the last digits of floats. `format`: the same words and numbers, set out or abbreviated in another way.
 */
export type TextAgreement = "same" | "floats" | "format" | "differs";

/** Relative difference up to which two floats print the same number. */
const CLOSE = 1e-6;

/** How the text of a later run agrees with a saved one. */
export function compareTexts(saved: string, later: string): TextAgreement {
  const [left, right] = [withoutNoise(saved), withoutNoise(later)];
  if (squeezed(left) === squeezed(right)) return "same";
  const [before, after] = [wordsOf(left), wordsOf(right)];
  if (isFloatsApart(left, right)) return "floats";
  if (before.length === after.length && before.every((word, at) => isClose(word, after[at])))
    return "format";
  return isAbridged(before, after, right) || isAbridged(after, before, left) ? "format" : "differs";
}

/** The first line of each text that is another in the other, without noise; for people. */
export function firstDifference(
  saved: string,
  later: string,
): { readonly saved: string; readonly later: string } {
  const [left, right] = [linesOf(saved), linesOf(later)];
  const at = left.findIndex((line, index) => !isSameLine(line, right[index]));
  const line = at === -1 ? left.length : at;
  return { saved: left[line] ?? "", later: right[line] ?? "" };
}

function isSameLine(left: string, right: string | undefined): boolean {
  if (right === undefined) return false;
  return squeezed(left) === squeezed(right) || isFloatsApart(left, right);
}

function linesOf(text: string): readonly string[] {
  return withoutNoise(text)
    .split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

/** Text as two runs can be expected to repeat it; line breaks stay. */
export function withoutNoise(text: string): string {
  const kept: string[] = [];
  let isWarned = false;
  for (const line of text.replaceAll(ANSI_ESCAPES, "").split("\n")) {
    const last = lastWritten(line);
    // A warning is followed by the line of code that gave it.
    const isCode = isWarned && /^\s{2,}\S/.test(last);
    isWarned = WARNING.test(last);
    if (isWarned || isCode || DROPPED.some((noise) => noise.test(last))) continue;
    let rest = last;
    for (const [noise, by] of REPLACED) rest = rest.replaceAll(noise, by);
    kept.push(rest);
  }
  return kept.join("\n");
}

/** A carriage return starts the line again, as progress bars do. */
function lastWritten(line: string): string {
  return line.split("\r").findLast((part) => part.trim() !== "") ?? "";
}

// oxlint-disable-next-line no-control-regex -- an escape sequence begins with a control character.
const ANSI_ESCAPES = /\u001B\[[0-9;?]*[A-Za-z]/g;
const WARNING = /\b\w*Warning: /;

const DROPPED: readonly RegExp[] = [
  // A figure or a part of one: which class it is changes with the library, and what it shows is no text.
  /^[[(]?<?(?:matplotlib\.|Axes|Figure|seaborn\.|BarContainer|mpl_toolkits)/,
  /^array\(\[+<(?:matplotlib|Axes)/,
  // tqdm: ` 40%|████      | 4/10 [00:01<00:02,  2.9it/s]`.
  /\d+%\|.*\|/,
  /^(?:CPU times|Wall time|Compiler time|Parser *):/,
  /\bper loop \(mean/,
];

const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\b0x[0-9a-fA-F]{4,}\b/g, "0x"],
  // NumPy 2 writes its scalars with their type.
  [/\bnp\.(?:float|int|uint|bool|str|complex)(?:\d+|_)?\(([^()]*)\)/g, "$1"],
  [
    /\b\d+(?:\.\d+)?(?:e-?\d+)?\s?(?:ns|µs|us|ms|s|sec|secs|seconds?|min|mins|minutes?)\b(?:\/\w+)?/g,
    "",
  ],
  [/(\b(?:time|elapsed|took|duration)\b[^\n\d]{0,20})\d+\.\d+/gi, "$1"],
  // A path of the machine it ran on.
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@~-]+){2,}[\\/]/g, ""],
];

function squeezed(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([[\](){},]) ?/g, "$1")
    .trim();
}

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

/** The same text around numbers that are the same but for their last digits. */
function isFloatsApart(left: string, right: string): boolean {
  const [before, after] = [left.match(NUMBER) ?? [], right.match(NUMBER) ?? []];
  if (before.length !== after.length || !before.every((one, at) => isClose(one, after[at])))
    return false;
  // How wide a number is written moves what stands around it.
  const around = (text: string): string =>
    text.replaceAll(NUMBER, "#").replaceAll(/\s+|-{2,}|={2,}/g, "");
  return around(left) === around(right);
}

function isClose(left: string, right: string | undefined): boolean {
  if (left === right) return true;
  if (right === undefined) return false;
  const [one, other] = [Number(left), Number(right)];
  if (Number.isNaN(one) || Number.isNaN(other)) return false;
  if (!/[.eE]/.test(left) && !/[.eE]/.test(right)) return one === other;
  if (Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other))) return true;
  // The same number, written with fewer digits; with one or two it could be any.
  const digits = Math.min(decimalsOf(left), decimalsOf(right));
  const coarser = 0.5 * 10 ** -digits;
  return digits >= 3 && decimalsOf(left) !== decimalsOf(right)
    ? Math.abs(one - other) <= coarser * 1.001
    : false;
}

function decimalsOf(number: string): number {
  return /[eE]/.test(number) ? 0 : (number.split(".")[1]?.length ?? 0);
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .match(/[A-Za-z_]\w*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\.\.\.|[^\s\w]/gu)
      ?.filter((word) => /[\w.]/.test(word) && word !== ".") ?? []
  );
}

/** Whether one text leaves out of the other what is marked as left out: columns of a wide table, default settings of a model. */
function isAbridged(whole: readonly string[], part: readonly string[], partText: string): boolean {
  const isMarked = part.includes("...");
  const isModel = /^\s*[A-Z]\w*\([^]*\)\s*$/.test(partText) && whole[0] === part[0];
  if (!isMarked && !isModel) return false;
  const words = part.filter((word) => word !== "...");
  if (words.length === 0) return false;
  let at = 0;
  for (const word of words) {
    const next = whole.findIndex((one, index) => index >= at && isClose(one, word));
    if (next === -1) return false;
    // Columns are left out line by line, so what is kept comes in the same order.
    at = next + 1;
  }
  return true;
}
