/**
 * Python text → {@link SyntaxTree}. The only file that knows the parser; the parser's own tree lives in WebAssembly memory, where every
 * look costs a call, so it is converted once into plain objects and freed. Never throws on any text. No file is read here: the bytes of
 * the parser come in.
 */
import { Language, Parser, type TreeCursor } from "web-tree-sitter";
import type { Span } from "../base/text-span.ts";
import {
  fieldOf,
  type SyntaxNode,
  type SyntaxProblem,
  type SyntaxToken,
  type SyntaxTree,
  walk,
} from "./syntax.ts";
import { brokenRules } from "./syntax-rules.ts";

/** Turns Python text into trees. One parser can be used any number of times. */
export interface PythonParser {
  parse(text: string): SyntaxTree;
}

/** Contents of `web-tree-sitter.wasm` and `tree-sitter-python.wasm`. */
export interface PythonParserBytes {
  readonly runtime: Uint8Array;
  readonly grammar: Uint8Array;
}

/** Prepares the parser; takes some milliseconds, so do it once per process. */
export async function loadPythonParser(wasm: PythonParserBytes): Promise<PythonParser> {
  await Parser.init({ wasmBinary: wasm.runtime });
  const language = await Language.load(wasm.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  const grammar = describeGrammar(language);
  return { parse: (text) => parseText(parser, grammar, text) };
}

interface Grammar {
  readonly kinds: readonly string[];
  /** By kind id: 1 where the kind is a named node. */
  readonly named: Uint8Array;
  /** By kind id: 1 where the kind never has children. */
  readonly leaf: Uint8Array;
  readonly fields: readonly (string | null)[];
}

const LEAF_KINDS: ReadonlySet<string> = new Set([
  "identifier",
  "integer",
  "float",
  "true",
  "false",
  "none",
  "ellipsis",
  "string_start",
  "string_end",
  "comment",
  "line_continuation",
  "escape_sequence",
  "escape_interpolation",
  "type_conversion",
  "pass_statement",
  "break_statement",
  "continue_statement",
  "positional_separator",
  "keyword_separator",
]);
/** Extras that stand between any two tokens; they are no part of the tree. */
const EXTRA_KINDS: ReadonlySet<string> = new Set(["comment", "line_continuation"]);
/** Statements that only Python 2 had; the grammar accepts them for old code. */
const PYTHON_2_KINDS: Readonly<Record<string, string>> = {
  print_statement: "`print` without parentheses is Python 2",
  exec_statement: "`exec` without parentheses is Python 2",
};

function describeGrammar(language: Language): Grammar {
  const kinds = language.types.map((kind) => kind);
  const named = new Uint8Array(kinds.length);
  const leaf = new Uint8Array(kinds.length);
  for (const [id, kind] of kinds.entries()) {
    named[id] = language.nodeTypeIsNamed(id) ? 1 : 0;
    leaf[id] = named[id] === 0 || LEAF_KINDS.has(kind) ? 1 : 0;
  }
  return { kinds, named, leaf, fields: language.fields };
}

/** State of one conversion; `broken` asks for the slower look for errors. */
interface Conversion {
  readonly text: string;
  readonly cursor: TreeCursor;
  readonly grammar: Grammar;
  readonly broken: boolean;
  readonly comments: Span[];
  readonly problems: SyntaxProblem[];
}

function parseText(parser: Parser, grammar: Grammar, text: string): SyntaxTree {
  const tree = parseAs(parser, grammar, { text, read: text });
  const calls = misreadTypeCalls(tree.root);
  const whole =
    calls.length === 0 ? tree : parseAs(parser, grammar, { text, read: disguise(text, calls) });
  return whole.problems.length > 0 ? whole : { ...whole, problems: brokenRules(whole) };
}

/** `type(x).y = 1` begins like a type alias, and is read as one; gives where such calls begin. */
function misreadTypeCalls(root: SyntaxNode): readonly number[] {
  const found: number[] = [];
  walk(root, (node) => {
    if (node.kind !== "type_alias_statement") return undefined;
    const alias = fieldOf(node, "left")?.children[0]?.kind;
    if (alias !== "identifier" && alias !== "generic_type") found.push(node.start);
    return undefined;
  });
  return found;
}

/** The text with another name of equal length in the place of each `type`: the tree has offsets, and names are read from the text. */
function disguise(text: string, places: readonly number[]): string {
  let disguised = text;
  for (const at of places) disguised = `${disguised.slice(0, at)}typE${disguised.slice(at + 4)}`;
  return disguised;
}

/** @param source `read` is what the parser gets, and `text`, of equal length, what the tree is about. */
function parseAs(
  parser: Parser,
  grammar: Grammar,
  source: { readonly text: string; readonly read: string },
): SyntaxTree {
  const { text } = source;
  const tree = parser.parse(source.read);
  const empty: SyntaxNode = {
    kind: "module",
    field: undefined,
    start: 0,
    end: text.length,
    children: [],
    tokens: [],
  };
  if (tree === null)
    return {
      text,
      root: empty,
      comments: [],
      problems: [{ start: 0, end: text.length, message: "cannot be parsed" }],
    };
  const cursor = tree.walk();
  try {
    const conversion: Conversion = {
      text,
      cursor,
      grammar,
      broken: tree.rootNode.hasError,
      comments: [],
      problems: [],
    };
    const root = convertTree(conversion);
    return {
      text,
      root,
      comments: conversion.comments,
      problems: conversion.problems,
    };
  } finally {
    cursor.delete();
    tree.delete();
  }
}

/** A node whose children are still being collected. */
interface OpenNode {
  readonly kind: string;
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly children: SyntaxNode[];
  readonly tokens: SyntaxToken[];
}

const ERROR_KIND = 65535;
/** Everything after parsing may recurse into the tree; CPython itself gives up on text that is nested about as deeply. */
const MAX_DEPTH = 800;
/** Shared by all leaves; nothing is ever added to them. */
const NO_CHILDREN: SyntaxNode[] = [];
const NO_TOKENS: SyntaxToken[] = [];

/** Walks with an explicit stack, so that deeply nested text cannot overflow ours. */
function convertTree(conversion: Conversion): SyntaxNode {
  const { cursor, grammar } = conversion;
  const root = openNode(conversion, cursor.nodeTypeId);
  const stack: OpenNode[] = [root];
  let down = cursor.gotoFirstChild();
  while (stack.length > 0) {
    const parent = stack[stack.length - 1];
    if (parent === undefined) break;
    if (!down && !cursor.gotoNextSibling()) {
      stack.pop();
      cursor.gotoParent();
      continue;
    }
    down = false;
    const id = cursor.nodeTypeId;
    if (id !== ERROR_KIND && grammar.named[id] === 0) {
      addToken(conversion, parent, id);
      continue;
    }
    const node = openNode(conversion, id);
    if (EXTRA_KINDS.has(node.kind)) {
      if (node.kind === "comment") conversion.comments.push({ start: node.start, end: node.end });
      continue;
    }
    parent.children.push(node);
    if (id !== ERROR_KIND && grammar.leaf[id] === 1) continue;
    if (stack.length >= MAX_DEPTH) {
      conversion.problems.push({
        start: node.start,
        end: node.end,
        message: `it is nested more than ${String(MAX_DEPTH)} levels deep`,
      });
      continue;
    }
    down = cursor.gotoFirstChild();
    if (down) stack.push(node);
  }
  return root;
}

function openNode(conversion: Conversion, id: number): OpenNode {
  const { cursor, grammar, text } = conversion;
  const kind = id === ERROR_KIND ? "ERROR" : (grammar.kinds[id] ?? cursor.nodeType);
  const fieldId = cursor.currentFieldId;
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  const leaf = grammar.leaf[id] === 1;
  const node: OpenNode = {
    kind,
    field: fieldId === 0 ? undefined : (grammar.fields[fieldId] ?? undefined),
    start,
    end,
    children: leaf ? NO_CHILDREN : [],
    tokens: leaf ? NO_TOKENS : [],
  };
  const python2 = PYTHON_2_KINDS[kind];
  if (python2 !== undefined) conversion.problems.push({ start, end, message: python2 });
  if (conversion.broken) noteProblem(conversion, { kind, start, end }, text);
  return node;
}

function addToken(conversion: Conversion, parent: OpenNode, id: number): void {
  const { cursor, grammar } = conversion;
  const text = grammar.kinds[id] ?? "";
  const start = cursor.startIndex;
  const end = text.includes(" ") ? cursor.endIndex : start + text.length;
  if (text === "<>")
    conversion.problems.push({
      start,
      end,
      message: "`<>` is Python 2; write `!=`",
    });
  if (conversion.broken) noteProblem(conversion, { kind: text, start, end }, conversion.text);
  parent.tokens.push({ text, start, end });
}

function noteProblem(
  conversion: Conversion,
  found: Span & { readonly kind: string },
  text: string,
): void {
  const { start, end } = found;
  if (found.kind === "ERROR") {
    const excerpt = text.slice(start, Math.min(end, start + 30)).split("\n")[0] ?? "";
    conversion.problems.push({
      start,
      end,
      message: excerpt.trim() === "" ? "something is missing" : `unexpected \`${excerpt.trim()}\``,
    });
  } else if (conversion.cursor.nodeIsMissing) {
    conversion.problems.push({
      start,
      end: start,
      message: `\`${found.kind}\` is missing`,
    });
  }
}
