/**
 * How many columns of a terminal a text takes, and texts cut to fit. Close to what terminals do, not a full Unicode table:
 * letters of East Asian scripts and emoji take two columns, what only modifies the letter before it takes none.
 */

// Made when a text first needs it: most are plain letters.
let segmenter: Intl.Segmenter | undefined;

/** What a person sees as one letter each. */
export function graphemesOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of a text without line breaks or escape sequences. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const segment of graphemesOf(text)) width += widthOf(segment);
  return width;
}

/** The text, or as much of its beginning as fits before an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let taken = 0;
  for (const segment of graphemesOf(text)) {
    taken += widthOf(segment);
    if (taken > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** The text, or its beginning and its end around an ellipsis: of a path both the folder and the file's name can be told. */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const start = truncate(text, Math.max(1, Math.ceil(width / 2)));
  const room = width - displayWidth(start);
  const segments = graphemesOf(text);
  let kept = "";
  let taken = 0;
  for (const segment of segments.toReversed()) {
    taken += widthOf(segment);
    if (taken > room) break;
    kept = segment + kept;
  }
  return start + kept;
}

/** Spaces after the text, up to that width. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Spaces before the text, up to that width. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** A text that moves no cursor and changes no color: escape sequences and control characters are gone, line breaks are spaces. */
export function onOneLine(text: string): string {
  return withoutControls(text).replace(/\s+/g, " ").trim();
}

/**
 * Lines of a text that somebody's program wrote for a terminal: of a line that was written over and over by `\r`, as
 * progress bars do, the last state counts.
 */
export function plainLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => {
    const states = line.split("\r").filter((state) => state !== "");
    return withoutControls((states.at(-1) ?? "").replaceAll("\t", "    "));
  });
}

function withoutControls(text: string): string {
  return text
    .replace(ESCAPES, "")
    .replace(/\p{Cc}/gu, (control) => (/\s/.test(control) ? " " : ""));
}

// CSI sequences, OSC sequences up to BEL or ST, and two-letter escapes (ECMA-48, 5.3 to 5.6).
// oxlint-disable-next-line no-control-regex -- these are the characters to be found
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\^_])/g;

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function widthOf(grapheme: string): number {
  if (/^[\p{Cc}\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(grapheme)) return 2;
  return isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** Blocks whose letters are wide or fullwidth; source: Unicode Standard Annex 11, EastAsianWidth.txt, W and F. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x11_00, 0x11_5f],
  [0x2e_80, 0x30_3e],
  [0x30_41, 0x33_ff],
  [0x34_00, 0x4d_bf],
  [0x4e_00, 0xa4_cf],
  [0xa9_60, 0xa9_7f],
  [0xac_00, 0xd7_a3],
  [0xf9_00, 0xfa_ff],
  [0xfe_10, 0xfe_19],
  [0xfe_30, 0xfe_6f],
  [0xff_00, 0xff_60],
  [0xff_e0, 0xff_e6],
  [0x1_b0_00, 0x1_b2_ff],
  [0x2_00_00, 0x3_ff_fd],
];

function isWide(codePoint: number): boolean {
  return WIDE.some(([first, last]) => codePoint >= first && codePoint <= last);
}
