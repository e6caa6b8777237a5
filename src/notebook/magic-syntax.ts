/**
 * Finds the one piece of IPython syntax a statement may start with or be, by IPython's own rules.
 * Knows nothing of what it means. The order of the rules is IPython's: help first, then what starts the line, then assignments.
 * @see https://ipython.readthedocs.io/en/stable/config/inputtransforms.html
 */
import type { Span } from "../base/text-span.ts";
import type { Magic } from "./magic.ts";
import { type LogicalLine, scanLogicalLine } from "./python-lines.ts";

/** IPython syntax at its place in a text. */
export interface Construct {
  readonly form: Exclude<Magic["form"], "cell-magic">;
  readonly operator: "%" | "!" | "?" | "," | ";" | "/";
  /** From its first character to the end of its last line, without the line break. */
  readonly span: Span;
  /** What follows the operator, with continued lines joined to one as IPython joins them. */
  readonly command: string;
}

/** The construct in the logical line that starts at `at`, `undefined` when that line is plain Python. */
export function findConstruct(text: string, at: number): Construct | undefined {
  const first = firstCharacter(text, at);
  const escaped = isEscape(text, first);
  const line = scanLogicalLine(text, at, escaped ? endOfContinuedLine(text, first) : text.length);
  return findHelp(text, line) ?? (escaped ? findEscaped(text, first) : findAssignment(text, line));
}

/** Offset of the line break that ends the physical line at `at`, or the end of the text. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** First character of the line that is no indentation; blank lines have none. */
function firstCharacter(text: string, at: number): number {
  let first = at;
  while (/[ \t\f]/.test(text.charAt(first)) || text.startsWith("\\\n", first)) {
    first += text.charAt(first) === "\\" ? 2 : 1;
  }
  return first;
}

/** Whether a line whose first token starts here is an escaped command; `%=`, `/=`, `//` and `!=` are tokens of their own. */
function isEscape(text: string, at: number): boolean {
  return /^(?:[?,;]|[!%](?!=)|\/(?![/=]))/.test(text.slice(at, at + 2));
}

const HELP =
  /(%{0,2}(?![\p{N}])[\p{L}\p{N}_*]+(?:\.(?![\p{N}])[\p{L}\p{N}_*]+|\[-?[0-9]+\])*)(\?\??)\r?\n?$/u;

function findHelp(text: string, line: LogicalLine): Construct | undefined {
  const first = line.tokens[0];
  const last = line.tokens.at(-1);
  if (first === undefined || last === undefined || last.text !== "?" || line.tokens.length < 2)
    return undefined;
  if (!line.closed && text.slice(line.end).trim() !== "") return undefined;
  const content = text.slice(first.start, endOfLine(text, last.start));
  const found = HELP.exec(content.slice(-500));
  if (found === null) return undefined;
  return {
    form: "help",
    operator: "?",
    span: { start: first.start, end: last.end },
    command: found[1] ?? "",
  };
}

function findEscaped(text: string, at: number): Construct | undefined {
  const end = endOfContinuedLine(text, at);
  const whole = joinContinuedLine(text.slice(at, end));
  const span = { start: at, end: at + text.slice(at, end).trimEnd().length };
  const operator = whole.charAt(0);
  switch (operator) {
    case "%":
      return { form: "line-magic", operator, span, command: whole.slice(1) };
    case "!":
      return {
        form: "shell",
        operator,
        span,
        command: whole.slice(whole.startsWith("!!") ? 2 : 1),
      };
    case "?":
      return { form: "help", operator, span, command: whole.slice(whole.startsWith("??") ? 2 : 1) };
    case "/":
      // Without a name directly after it IPython leaves the line alone.
      if (/^\/(?: |$)/.test(whole)) return undefined;
      return { form: "auto-call", operator, span, command: whole.slice(1) };
    case ",":
    case ";":
      return { form: "auto-call", operator, span, command: whole.slice(1) };
    default:
      return undefined;
  }
}

/** `x = %magic` and `x = !command`: only directly after the first `=` outside of brackets. */
function findAssignment(text: string, line: LogicalLine): Construct | undefined {
  const index = line.tokens.findIndex((token) => token.text === "=" && token.depth === 0);
  const equals = line.tokens[index];
  const next = line.tokens[index + 1];
  if (equals === undefined || next === undefined) return undefined;
  const isMagic = next.text === "%" && line.tokens[index + 2]?.kind === "name";
  const startsItsLine =
    text.slice(text.lastIndexOf("\n", equals.start) + 1, equals.start).trim() === "";
  if (!isMagic && (next.text !== "!" || startsItsLine)) return undefined;
  const end = endOfContinuedLine(text, next.start);
  const written = text.slice(next.start, end);
  return {
    form: "assignment",
    operator: isMagic ? "%" : "!",
    span: { start: next.start, end: next.start + written.trimEnd().length },
    command: joinContinuedLine(written).slice(1),
  };
}

/** End of a line that is continued by a backslash at its very end, whatever stands before the backslash. */
function endOfContinuedLine(text: string, at: number): number {
  let end = endOfLine(text, at);
  while (end < text.length && text.charAt(end - 1) === "\\" && end - 1 >= at)
    end = endOfLine(text, end + 1);
  return end;
}

function joinContinuedLine(written: string): string {
  const parts = written.split("\n");
  return parts
    .map((part, index) => (index < parts.length - 1 ? part.trimEnd().slice(0, -1) : part.trimEnd()))
    .join(" ");
}
