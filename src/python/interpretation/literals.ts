/** Literals whose value is known from the text alone. */
import type { Literal } from "../facts.ts";
import { type SyntaxNode, withoutParentheses } from "../syntax.ts";

/** The literal a node is, a sign included; `undefined` for anything that needs evaluation (f-strings, names) or has no such value (bytes). */
export function literalOf(node: SyntaxNode, text: string): Literal | undefined {
  const inner = withoutParentheses(node);
  const span = { start: inner.start, end: inner.end };
  const source = text.slice(inner.start, inner.end);
  switch (inner.kind) {
    case "true":
      return { kind: "bool", value: true, span };
    case "false":
      return { kind: "bool", value: false, span };
    case "none":
      return { kind: "none", value: null, span };
    case "integer":
      return integer(source, span);
    case "float":
      return float(source, span);
    case "unary_operator":
      return negated(inner, text);
    case "string":
      return string(inner, text);
    default:
      return undefined;
  }
}

function integer(source: string, span: Literal["span"]): Literal | undefined {
  const digits = source.replaceAll("_", "");
  if (/[jJ]$/.test(digits) || (/^0\d/.test(digits) && !/^0+$/.test(digits))) return undefined;
  const value = Number(digits);
  // Beyond 2^53 a JavaScript number is another number.
  return Number.isSafeInteger(value) ? { kind: "int", value, span } : undefined;
}

function float(source: string, span: Literal["span"]): Literal | undefined {
  const value = Number(source.replaceAll("_", ""));
  return Number.isFinite(value) ? { kind: "float", value, span } : undefined;
}

function negated(node: SyntaxNode, text: string): Literal | undefined {
  const [operand] = node.children;
  const operator = node.tokens[0]?.text;
  if (operand === undefined || (operator !== "-" && operator !== "+")) return undefined;
  const literal = literalOf(operand, text);
  if (literal === undefined || typeof literal.value !== "number") return undefined;
  const span = { start: node.start, end: node.end };
  return { kind: literal.kind, value: operator === "-" ? -literal.value : literal.value, span };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\\\": "\\",
  "\\'": "'",
  '\\"': '"',
  "\\n": "\n",
  "\\t": "\t",
  "\\r": "\r",
  "\\0": "\0",
  "\\a": "\u0007",
  "\\b": "\b",
  "\\f": "\f",
  "\\v": "\v",
  "\\\n": "",
};

function string(node: SyntaxNode, text: string): Literal | undefined {
  const [start, ...rest] = node.children;
  if (start === undefined) return undefined;
  const prefix = text.slice(start.start, start.end).toLowerCase().replaceAll(/["']/g, "");
  if (/[bft]/.test(prefix)) return undefined;
  const raw = prefix.includes("r");
  const parts: string[] = [];
  for (const part of rest) {
    if (part.kind === "interpolation") return undefined;
    if (part.kind !== "string_content") continue;
    const decoded = raw ? text.slice(part.start, part.end) : decode(part, text);
    if (decoded === undefined) return undefined;
    parts.push(decoded);
  }
  return { kind: "string", value: parts.join(""), span: { start: node.start, end: node.end } };
}

function decode(content: SyntaxNode, text: string): string | undefined {
  let at = content.start;
  let decoded = "";
  for (const escape of content.children) {
    if (escape.kind !== "escape_sequence") continue;
    const source = text.slice(escape.start, escape.end);
    const character = ESCAPES[source] ?? codePoint(source);
    if (character === undefined) return undefined;
    decoded += text.slice(at, escape.start) + character;
    at = escape.end;
  }
  return decoded + text.slice(at, content.end);
}

function codePoint(source: string): string | undefined {
  if (/^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})$/.test(source)) {
    const value = Number.parseInt(source.slice(2), 16);
    return value <= 0x10ffff ? String.fromCodePoint(value) : undefined;
  }
  return /^\\[0-7]{1,3}$/.test(source)
    ? String.fromCodePoint(Number.parseInt(source.slice(1), 8))
    : undefined;
}
