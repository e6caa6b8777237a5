/** Names of a function's text replaced by what they stand for where it is called. */
import type { TextEdit } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import { COMPREHENSIONS, scopeNames } from "./bound-names.ts";
import type { Written } from "./known-condition.ts";

/** What a name becomes. */
export interface Replacement {
  readonly text: string;
  /** Its value, where that is written out. */
  readonly written?: { readonly value: Written };
}

/** Names and what they become. */
export type Replacements = ReadonlyMap<string, Replacement>;

/** Whether a value may stand where a name stood, everywhere in the nodes: in an f-string only as a plain `{name}`. */
export function canBeWritten(
  nodes: readonly SyntaxNode[],
  text: string,
  { name, value }: { readonly name: string; readonly value: Written },
): boolean {
  const mentions = (node: SyntaxNode): boolean =>
    (node.kind === "identifier" && text.slice(node.start, node.end) === name) ||
    node.children.some(mentions);
  const visit = (node: SyntaxNode): boolean => {
    if (node.kind !== "interpolation") return node.children.every(visit);
    return !mentions(node) || (isPlain(node, text) && inString(value) !== undefined);
  };
  return nodes.every(visit);
}

/** The edits that replace names in a node. */
export function renamed(node: SyntaxNode, text: string, names: Replacements): readonly TextEdit[] {
  return editsOf(node, undefined, { text, names });
}

interface Renaming {
  readonly text: string;
  readonly names: Replacements;
}

function editsOf(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  renaming: Renaming,
): readonly TextEdit[] {
  const { text, names } = renaming;
  if (names.size === 0 || node.kind === "import_statement" || node.kind === "import_from_statement")
    return [];
  if (node.kind === "identifier") {
    const isName = node.field !== "attribute" && node.field !== "name";
    const found = isName ? names.get(text.slice(node.start, node.end)) : undefined;
    return found === undefined ? [] : [{ span: node, text: inPlace(found, parent) }];
  }
  if (node.kind === "attribute") {
    // Attributes of an object are looked up as a whole: `self.mean_`.
    const found = names.get(text.slice(node.start, node.end));
    if (found !== undefined) return [{ span: node, text: found.text }];
  }
  if (node.kind === "string") return editsOfString(node, renaming);
  if (node.kind === "lambda") {
    const bodyNames = without(names, scopeNames(node, text));
    return node.children.flatMap((child) =>
      editsOf(child, node, child.field === "body" ? { text, names: bodyNames } : renaming),
    );
  }
  if (COMPREHENSIONS.has(node.kind)) return editsOfComprehension(node, renaming);
  // The parameters of a lambda are its own names; only their defaults are read outside.
  if (node.kind === "lambda_parameters")
    return node.children.flatMap((child) => {
      const value = fieldOf(child, "value");
      return value === undefined ? [] : editsOf(value, child, renaming);
    });
  return node.children.flatMap((child) => editsOf(child, node, renaming));
}

/** The first iterable of a comprehension is read outside of it. */
function editsOfComprehension(node: SyntaxNode, renaming: Renaming): readonly TextEdit[] {
  const { text, names } = renaming;
  const inside: Renaming = { text, names: without(names, scopeNames(node, text)) };
  const first = node.children.find(({ kind }) => kind === "for_in_clause");
  return node.children.flatMap((child) => {
    if (child !== first) return editsOf(child, node, inside);
    return child.children.flatMap((part) =>
      editsOf(part, child, part.field === "right" ? renaming : inside),
    );
  });
}

/** `f"{column}_mean"` becomes `"age_mean"`. */
function editsOfString(node: SyntaxNode, renaming: Renaming): readonly TextEdit[] {
  const { text, names } = renaming;
  const fields = node.children.filter(({ kind }) => kind === "interpolation");
  const written = fields.map((field): TextEdit | undefined => {
    const expression = fieldOf(field, "expression");
    const found =
      expression?.kind === "identifier" && isPlain(field, text)
        ? names.get(text.slice(expression.start, expression.end))
        : undefined;
    const value = found?.written === undefined ? undefined : inString(found.written.value);
    return value === undefined ? undefined : { span: field, text: value };
  });
  const edits = fields.flatMap((field, at) => {
    const edit = written[at];
    return edit === undefined ? editsOf(field, node, renaming) : [edit];
  });
  const [start] = node.children;
  const isPlainNow =
    fields.length > 0 &&
    written.every((edit) => edit !== undefined) &&
    !/\{\{|\}\}/u.test(text.slice(node.start, node.end));
  if (!isPlainNow || start?.kind !== "string_start") return edits;
  const quote = text.slice(start.start, start.end).replace(/f/iu, "");
  return [{ span: start, text: quote }, ...edits];
}

function isPlain(interpolation: SyntaxNode, text: string): boolean {
  return /^\{[A-Za-z_]\w*\}$/u.test(text.slice(interpolation.start, interpolation.end));
}

/** A value as it stands inside any string; `undefined` where quotes or braces would change the string. */
function inString(value: Written): string | undefined {
  if (typeof value === "string") return /^[^"'\\{}\n]*$/u.test(value) ? value : undefined;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function inPlace({ text, written }: Replacement, parent: SyntaxNode | undefined): string {
  const isNumber = typeof written?.value === "number";
  return isNumber && (parent?.kind === "attribute" || parent?.kind === "binary_operator")
    ? /^\d+$/u.test(text) && parent.kind === "binary_operator"
      ? text
      : `(${text})`
    : text;
}

function without(names: Replacements, hidden: readonly string[]): Replacements {
  return new Map([...names].filter(([name]) => !hidden.includes(name)));
}
