/** Secret literals of a Python text, and the edits that read an environment variable in their place. */
import type { Span } from "../base/text-span.ts";
import type { TextEdit } from "../python/edit.ts";
import { literalOf } from "../python/interpretation/literals.ts";
import { openQuotes } from "../python/open-quotes.ts";
import { fieldOf, type SyntaxNode, type SyntaxTree, textOf, walk } from "../python/syntax.ts";
import { type FoundSecret, findSecret, secretParts } from "../secrets/find-secret.ts";
import { passwordArguments } from "../secrets/password-arguments.ts";
import { namePromise } from "../secrets/secret-name.ts";

/** A literal, or the part of an f-string, that holds a secret. */
export interface HiddenLiteral extends Span {
  /** What the variable must hold, so that the program computes the same. */
  readonly value: string;
  /** The parts of it that nobody may see: the password of an address. */
  readonly secrets: readonly string[];
  readonly variable: string;
  readonly isExisting: boolean;
  /** true when the notebook itself says which environment variable it means. */
  readonly isNamed: boolean;
  readonly because: string;
  readonly form:
    | "text"
    | "bytes"
    | "number"
    | "part-of-text"
    | "beside-text"
    | "docstring"
    | "fixed";
}

/** What a literal is given to. */
interface Given {
  readonly name: string | undefined;
  readonly isVariable: boolean;
  /** true where nothing but a secret may stand. */
  readonly isSure?: boolean;
  readonly form: "text" | "beside-text" | "docstring" | "fixed";
  /** Of several values side by side: what each is given to, in order. */
  readonly each?: readonly Given[];
}

const NOWHERE: Given = { name: undefined, isVariable: false, form: "text" };

/** What is known besides the text itself. */
export interface AroundLiterals {
  /** Values that the environment keeps, by value. */
  readonly environment: ReadonlyMap<string, string>;
  /** Parameters of the program's own functions, by the function's name; see `secretParameters`. */
  readonly parameters?: ReadonlyMap<string, readonly string[]>;
}

/** All of them, in text order; no two overlap. */
export function secretLiterals(
  tree: SyntaxTree,
  { environment, parameters = new Map() }: AroundLiterals,
): readonly HiddenLiteral[] {
  const found: HiddenLiteral[] = [];
  const { text } = tree;
  const visit = (node: SyntaxNode, given: Given): void => {
    if (/^(?:string|concatenated_string|integer|binary_operator)$/.test(node.kind)) {
      const hidden = hiddenIn(node, given, { text, environment });
      if (hidden.length > 0) {
        found.push(...hidden);
        return;
      }
    }
    for (const child of node.children) {
      const from = givenTo(child, node, given, text);
      const byPosition =
        node.kind === "argument_list"
          ? givenByPosition(child, node, { text, parameters })
          : undefined;
      visit(child, byPosition ?? from);
    }
  };
  visit(tree.root, NOWHERE);
  return found.sort((a, b) => a.start - b.start);
}

/** Functions of the text that take a secret, with all their parameters in order; `self` and `cls` are not counted. */
export function secretParameters(tree: SyntaxTree): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  walk(tree.root, (node) => {
    if (node.kind !== "function_definition") return true;
    const name = fieldOf(node, "name");
    const names = (fieldOf(node, "parameters")?.children ?? [])
      .map((parameter) => /^[A-Za-z_]\w*/.exec(textOf(tree.text, parameter))?.[0] ?? "")
      .filter((parameter) => parameter !== "self" && parameter !== "cls");
    if (name !== undefined && names.some((parameter) => namePromise(parameter) === "strong"))
      found.set(textOf(tree.text, name), names);
    return true;
  });
  return found;
}

/** What an argument is given to by its place, where the function is known. */
function givenByPosition(
  child: SyntaxNode,
  list: SyntaxNode,
  { text, parameters }: { readonly text: string } & Required<Pick<AroundLiterals, "parameters">>,
): Given | undefined {
  if (child.kind === "keyword_argument") return undefined;
  const called = /([\w.]+)\s*$/.exec(text.slice(Math.max(0, list.start - 200), list.start))?.[1];
  if (called === undefined) return undefined;
  const at = list.children.indexOf(child);
  const own = parameters.get(called.slice(called.lastIndexOf(".") + 1))?.[at];
  if (own !== undefined && namePromise(own) !== "none") return { ...NOWHERE, name: own };
  const name = passwordArguments(called, list.children.length).get(at);
  return name === undefined ? undefined : { ...NOWHERE, name };
}

function givenTo(child: SyntaxNode, parent: SyntaxNode, given: Given, text: string): Given {
  const named = (name: string | undefined): Given => ({ ...NOWHERE, name });
  switch (parent.kind) {
    case "assignment":
    case "augmented_assignment":
    case "for_statement":
    case "for_in_clause":
      return child.field === "right" ? targetOf(fieldOf(parent, "left"), text) : NOWHERE;
    case "named_expression":
      return child.field === "value" ? targetOf(fieldOf(parent, "name"), text) : NOWHERE;
    case "keyword_argument":
    case "default_parameter":
    case "typed_default_parameter": {
      const name = fieldOf(parent, "name");
      return child.field === "value" && name !== undefined ? named(textOf(text, name)) : NOWHERE;
    }
    case "pair": {
      const key = fieldOf(parent, "key");
      return child.field === "value" && key !== undefined ? named(stringOf(key, text)) : NOWHERE;
    }
    case "comparison_operator":
      return named(
        parent.children.filter((other) => other !== child).map((other) => lastName(other, text))[0],
      );
    case "argument_list": {
      // setdefault("API_KEY", "…"), getenv("API_KEY", "…"), set_key("api_key", "…")
      if (given.name !== undefined) return given;
      const first = parent.children[0];
      const name = first === undefined || first === child ? undefined : stringOf(first, text);
      return child.kind === "string" && name !== undefined && namePromise(name) !== "none"
        ? {
            ...NOWHERE,
            name,
            isVariable: /(?:environ\.setdefault|getenv|environ\.get|putenv)$/.test(
              text.slice(0, parent.start),
            ),
          }
        : NOWHERE;
    }
    case "concatenated_string":
      return { ...given, form: given.form === "fixed" ? "fixed" : "beside-text" };
    case "expression_statement":
      return child.kind === "string" || child.kind === "concatenated_string"
        ? { ...NOWHERE, form: "docstring" }
        : NOWHERE;
    case "case_pattern":
      return { ...NOWHERE, form: "fixed" };
    case "parenthesized_expression":
    case "conditional_expression":
    case "boolean_operator":
    case "binary_operator":
      return given;
    case "list":
    case "tuple":
    case "expression_list":
      if (parent.children.length === 2 && AUTH.test(given.name ?? ""))
        return parent.children[1] === child
          ? { ...given, name: `${given.name ?? ""}_password`, isSure: true }
          : NOWHERE;
      return given.each?.[parent.children.indexOf(child)] ?? given;
    // `"…".encode()`: the text is what the method is called on.
    case "attribute":
      return child.field === "object" ? given : NOWHERE;
    case "subscript":
      return child.field === "value" ? given : NOWHERE;
    case "call":
      return child.field === "function" || isWrapper(fieldOf(parent, "function"), text)
        ? given
        : NOWHERE;
    default:
      return given.form === "fixed" ? given : NOWHERE;
  }
}

/** What takes a pair of user and password: `requests.get(url, auth=("ada", "…"))`. */
const AUTH = /(?:^|_)(?:auth|creds|credentials)$/i;

/** Calls that keep what they are given; most others are given where the secret is to be found. */
const WRAPPERS = /^(?:Secret(?:Str|Bytes)?|str|bytes|quote(?:_plus)?|b64(?:en|de)code)$/;

function isWrapper(called: SyntaxNode | undefined, text: string): boolean {
  return called !== undefined && WRAPPERS.test(lastName(called, text) ?? "");
}

function targetOf(target: SyntaxNode | undefined, text: string): Given {
  if (target === undefined) return NOWHERE;
  if (/^(?:pattern_list|tuple_pattern|list_pattern)$/.test(target.kind))
    return { ...NOWHERE, each: target.children.map((each) => targetOf(each, text)) };
  const isVariable = target.kind === "subscript" && /environ\s*\[/.test(textOf(text, target));
  return { ...NOWHERE, name: lastName(target, text), isVariable };
}

/** `config.db["password"]` → `password`. */
function lastName(node: SyntaxNode, text: string): string | undefined {
  if (node.kind === "identifier") return textOf(text, node);
  if (node.kind === "attribute") {
    const attribute = fieldOf(node, "attribute");
    return attribute === undefined ? undefined : textOf(text, attribute);
  }
  if (node.kind !== "subscript") return undefined;
  const key = fieldOf(node, "subscript");
  return key === undefined ? undefined : stringOf(key, text);
}

function stringOf(node: SyntaxNode, text: string): string | undefined {
  const value = literalOf(node, text)?.value;
  return typeof value === "string" ? value : undefined;
}

/** The text that literals side by side, or with `+` between them, are together. */
function joinedOf(node: SyntaxNode, text: string): string | undefined {
  if (node.kind === "string") return stringOf(node, text);
  const isSum = node.kind === "binary_operator" && /^\+$/.test(operatorOf(node, text));
  if (!isSum && !/^(?:concatenated_string|parenthesized_expression)$/.test(node.kind))
    return undefined;
  const parts = node.children.map((child) => joinedOf(child, text));
  return parts.includes(undefined) ? undefined : parts.join("");
}

function operatorOf({ children }: SyntaxNode, text: string): string {
  return text.slice(children[0]?.end ?? 0, children.at(-1)?.start ?? 0).trim();
}

interface Looking {
  readonly text: string;
  readonly environment: ReadonlyMap<string, string>;
}

function hiddenIn(node: SyntaxNode, given: Given, at: Looking): readonly HiddenLiteral[] {
  const { text } = at;
  if (node.kind === "integer") {
    const value = textOf(text, node);
    // Text of other kinds than digits would not be read back as the same number.
    if (!/^[1-9]\d{3,}$/.test(value) || namePromise(given.name ?? "") !== "strong") return [];
    return whole(node, value, given, { ...at, form: "number" });
  }
  if (node.kind === "concatenated_string" || node.kind === "binary_operator") {
    const joined = joinedOf(node, text);
    return joined === undefined ? [] : whole(node, joined, given, { ...at, form: given.form });
  }
  const value = stringOf(node, text);
  if (value !== undefined) return whole(node, value, given, { ...at, form: given.form });
  const prefix = text.slice(node.start, node.children[0]?.end ?? node.start).toLowerCase();
  if (prefix.includes("b")) {
    const content = node.children
      .filter((child) => child.kind === "string_content")
      .map((child) => textOf(text, child))
      .join("");
    const form = given.form === "text" && /^[ -[\]-~]*$/.test(content) ? "bytes" : "fixed";
    return whole(node, content, given, { ...at, form });
  }
  return partsOfFormatted(node, given, at);
}

function whole(
  node: SyntaxNode,
  value: string,
  given: Given,
  at: Looking & { readonly form: HiddenLiteral["form"] },
): readonly HiddenLiteral[] {
  const { name, isSure = false } = given;
  const found = findSecret(value, { name, isSure, environment: at.environment });
  if (found === undefined) return [];
  const { variable, isExisting, because } = found;
  const isNamed = given.isVariable || isExisting;
  const secrets = [...new Set([value.slice(found.start, found.end), ...secretParts(value)])];
  return [
    {
      start: node.start,
      end: node.end,
      value,
      secrets,
      variable,
      isExisting,
      isNamed,
      because,
      form: at.form,
    },
  ];
}

/** In an f-string only the secret itself is replaced: the rest of it is put together from other things. */
function partsOfFormatted(node: SyntaxNode, given: Given, at: Looking): readonly HiddenLiteral[] {
  const hidden: HiddenLiteral[] = [];
  for (const { content, start, found } of node.children.flatMap((part) =>
    part.kind === "string_content" ? foundIn(part, given, at) : [],
  )) {
    const value = content.slice(found.start, found.end);
    const span = { start: start + found.start, end: start + found.end };
    const { variable, isExisting, because } = found;
    const form =
      value.includes("\\") || /[{}]/.test(value) || given.form === "fixed"
        ? "fixed"
        : "part-of-text";
    hidden.push({
      ...span,
      value,
      secrets: [value],
      variable,
      isExisting,
      isNamed: isExisting,
      because,
      form,
    });
  }
  return hidden;
}

interface FoundPart {
  readonly content: string;
  /** Where the content begins in the text of the cell. */
  readonly start: number;
  readonly found: FoundSecret;
}

/** One behind the other: what stands behind a secret is looked at as a text of its own. */
function foundIn(part: SyntaxNode, given: Given, at: Looking): readonly FoundPart[] {
  const all: FoundPart[] = [];
  let start = part.start;
  while (start < part.end) {
    const content = at.text.slice(start, part.end);
    const found = findSecret(content, { name: given.name, environment: at.environment });
    if (found === undefined || found.end === 0) break;
    all.push({ content, start, found });
    start += found.end;
  }
  return all;
}

/**
 * Edits that put the reading of a variable where the secret stands; `undefined` where Python allows none.
 *
 * @param environ How the text writes the mapping: `os.environ`.
 */
export function editsThatRead(
  literal: HiddenLiteral,
  environ: string,
  variable: string,
  text: string,
): readonly TextEdit[] | undefined {
  const span = { start: literal.start, end: literal.end };
  const around = openQuotes(text, literal.start);
  if (around.includes('"') && around.includes("'")) return undefined;
  const quote = around.includes('"') ? "'" : '"';
  // As many lines as before, so that messages keep naming the right ones.
  const lines =
    literal.form === "part-of-text"
      ? ""
      : text.slice(literal.start, literal.end).replace(/[^\n]/g, "");
  const reading = `${requote(environ, quote)}[${quote}${variable}${quote}${lines}]`;
  switch (literal.form) {
    case "fixed":
      return undefined;
    case "docstring":
      return [{ span, text: '"***"' }];
    case "text":
      return [{ span, text: reading }];
    case "bytes":
      return [{ span, text: `${reading}.encode()` }];
    case "number":
      return [{ span, text: `int(${reading})` }];
    case "part-of-text":
      return [{ span, text: `{${reading}}` }];
    case "beside-text":
      if (around.length > 0) return undefined;
      return [{ span, text: `f"{${requote(environ, "'")}['${variable}']}"` }];
  }
}

function requote(environ: string, quote: string): string {
  return environ.replaceAll('"', quote);
}
