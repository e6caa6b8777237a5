/**
 * Splits Python text into logical lines and their tokens, forgivingly, as far as IPython's syntax needs it.
 * It is no parser: it knows strings, brackets, comments and continuation lines, and nothing of what they mean.
 * Invariant: never throws, and the lines cover the text without gap or overlap.
 * @see https://docs.python.org/3/reference/lexical_analysis.html for logical lines, and PEP 701 for nested f-strings.
 */

export type TokenKind = "name" | "number" | "string" | "operator" | "comment" | "unknown";

/** One token; `start` and `end` are offsets in the whole text. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** How many brackets are open before it. */
  readonly depth: number;
}

/** One logical line: a statement, or a blank or comment line. */
export interface LogicalLine {
  readonly start: number;
  /** Just after the line break, or the end of what was scanned. */
  readonly end: number;
  readonly tokens: readonly Token[];
  /** False when a bracket or a triple-quoted string is still open at the end. */
  readonly closed: boolean;
}

/** The logical line that starts at `start`, which must be the start of a physical line. Nothing at or after `limit` is looked at. Linear in its length. */
export function scanLogicalLine(text: string, start: number, limit = text.length): LogicalLine {
  const tokens: Token[] = [];
  let depth = 0;
  let at = start;
  while (at < limit) {
    const character = text.charAt(at);
    if (character === "\n") {
      at += 1;
      if (depth === 0) return { start, end: at, tokens, closed: true };
      continue;
    }
    const skipped = blankLength(text, at);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const token = scanToken(text, at, limit);
    tokens.push({ ...token, start: at, text: text.slice(at, token.end), depth });
    if (token.kind === "operator") depth = depthAfter(character, depth);
    if (token.kind === "string" && token.open) return { start, end: limit, tokens, closed: false };
    at = token.end;
  }
  return { start, end: limit, tokens, closed: depth === 0 };
}

/** Whether the text between two offsets holds only blanks and at most a comment, that is, nothing Python would run. */
export function isBlankLine(line: LogicalLine): boolean {
  return line.tokens.every((token) => token.kind === "comment");
}

interface Scanned {
  readonly kind: TokenKind;
  readonly end: number;
  /** For strings: whether the end of the text came before the closing quotes. */
  readonly open?: boolean;
}

const NAME = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?/y;
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|!=|->|:=|==|<=|>=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|<<|>>|\*\*|\/\/|[-+*/%@&|^~<>=()[\]{},:;.]/y;
const STRING_PREFIX = /(?:[rR]?[fFtTbB]|[fFtTbB][rR]|[rRuU])?(?=["'])/y;

function scanToken(text: string, at: number, limit: number): Scanned {
  if (text.charAt(at) === "#") {
    const end = text.indexOf("\n", at);
    return { kind: "comment", end: end === -1 || end > limit ? limit : end };
  }
  const prefix = matchAt(STRING_PREFIX, text, at);
  if (prefix !== undefined) {
    const string = scanString(text, at, { prefix, limit });
    if (string !== undefined) return string;
    // A quote without its partner on the line is one bad character, as in Python's own tokenizer before 3.12.
    if (prefix === "") return { kind: "unknown", end: at + 1 };
  }
  const name = matchAt(NAME, text, at);
  if (name !== undefined) return { kind: "name", end: at + name.length };
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined && number !== "") return { kind: "number", end: at + number.length };
  const operator = matchAt(OPERATOR, text, at);
  if (operator !== undefined) return { kind: "operator", end: at + operator.length };
  return { kind: "unknown", end: at + 1 };
}

/** `undefined` when a single-quoted string does not end on its line. */
function scanString(
  text: string,
  at: number,
  how: { readonly prefix: string; readonly limit: number },
): Scanned | undefined {
  const { prefix, limit } = how;
  const quotesAt = at + prefix.length;
  const quote = text.charAt(quotesAt);
  const triple = text.startsWith(quote.repeat(3), quotesAt);
  const quotes = triple ? quote.repeat(3) : quote;
  const formatted = /[ft]/i.test(prefix);
  let position = quotesAt + quotes.length;
  while (position < limit) {
    const character = text.charAt(position);
    if (character === "\\") {
      position += text.startsWith("\r\n", position + 1) ? 3 : 2;
    } else if (text.startsWith(quotes, position)) {
      return { kind: "string", end: position + quotes.length };
    } else if (character === "\n" && !triple) {
      return undefined;
    } else if (formatted && character === "{") {
      position = text.startsWith("{{", position)
        ? position + 2
        : (endOfReplacementField(text, position, { quotes, limit }) ?? position + 1);
    } else {
      position += 1;
    }
  }
  return triple ? { kind: "string", end: limit, open: true } : undefined;
}

/**
 * Offset after the `}` that closes the replacement field starting at `at`.
 * `undefined` when it has none before the string's own quotes: the brace is then plain text of a broken string.
 */
function endOfReplacementField(
  text: string,
  at: number,
  outer: { readonly quotes: string; readonly limit: number },
): number | undefined {
  let depth = 0;
  let inFormat = false;
  let position = at;
  while (position < outer.limit) {
    const character = text.charAt(position);
    if (character === "\n" && outer.quotes.length === 1 && inFormat) return undefined;
    if (/["']/.test(character)) {
      const string = inFormat
        ? undefined
        : scanString(text, position, { prefix: "", limit: outer.limit });
      // Before 3.12 the outer quotes could not appear inside a field, so there they end the string.
      if (string === undefined || string.open === true) return undefined;
      position = string.end;
      continue;
    }
    if (character === "#" && outer.quotes.length === 3 && !inFormat) {
      const end = text.indexOf("\n", position);
      if (end === -1) return undefined;
      position = end;
      continue;
    }
    if (character === ":" && depth === 1) inFormat = true;
    if (/[([{]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character)) depth -= 1;
    position += 1;
    if (depth <= 0) return position;
  }
  return undefined;
}

function blankLength(text: string, at: number): number {
  const character = text.charAt(at);
  if (character === " " || character === "\t" || character === "\f" || character === "\r") return 1;
  if (character !== "\\") return 0;
  if (text.charAt(at + 1) === "\n") return 2;
  return text.startsWith("\r\n", at + 1) ? 3 : 0;
}

function depthAfter(bracket: string, depth: number): number {
  if (bracket === "(" || bracket === "[" || bracket === "{") return depth + 1;
  if (bracket === ")" || bracket === "]" || bracket === "}") return Math.max(0, depth - 1);
  return depth;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
