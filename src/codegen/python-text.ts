/** Python text that survives being moved: indentation that leaves strings alone, literals, docstrings. */
import type { PythonParser } from "../python/parse.ts";
import { walk } from "../python/syntax.ts";

/**
 * Indents every line of `text` by `indent`, except lines that begin inside a string, whose content must not change.
 * Blank lines stay empty.
 */
export function indentPython(text: string, indent: string, parser: PythonParser): string {
  const inside: { readonly start: number; readonly end: number }[] = [];
  if (text.includes("'''") || text.includes('"""') || text.includes("\\\n")) {
    walk(parser.parse(text).root, (node) => {
      if (node.kind === "string" && text.slice(node.start, node.end).includes("\n"))
        inside.push(node);
    });
  }
  let offset = 0;
  const lines = text.split("\n").map((line) => {
    const start = offset;
    offset += line.length + 1;
    const frozen = inside.some((span) => span.start < start && start < span.end);
    return frozen || line.trim() === "" ? (frozen ? line : "") : indent + line;
  });
  return lines.join("\n");
}

/** A Python literal for a value of JSON's kinds; strings in double quotes as `ruff format` writes them. */
export function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) {
    const items = value.map(pythonLiteral);
    return items.length === 1 ? `(${items[0] ?? ""},)` : `(${items.join(", ")})`;
  }
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonString(key)}: ${pythonLiteral(item)}`)
      .join(", ")}}`;
  }
  throw new Error(`no Python literal for a ${typeof value}`);
}

/** The parameter's value as Python writes it: a float stays one even where it is whole. */
export function parameterLiteral(parameter: {
  readonly value: number | string | boolean;
  readonly type: "int" | "float" | "string" | "bool";
}): string {
  const text = pythonLiteral(parameter.value);
  return parameter.type === "float" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A docstring of one summary line and optional further lines; quotes and backslashes in it cannot end it. */
export function pythonDocstring(lines: readonly string[], indent: string): string {
  const safe = lines.map((line) =>
    line.replaceAll("\\", "\\\\").replaceAll('"""', "'''").replace(/"$/, "'"),
  );
  const body = safe.map((line, at) => (at === 0 || line === "" ? line : indent + line));
  return safe.length === 1
    ? `${indent}"""${safe[0] ?? ""}"""`
    : `${indent}"""${body.join("\n")}\n${indent}"""`;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  return String(value);
}

function pythonString(value: string): string {
  // JSON's escapes are a subset of Python's, surrogate pairs aside, which JSON.stringify leaves as characters.
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
