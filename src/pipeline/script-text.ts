/**
 * The text of a script that `%run` runs → Python that does the same where `%run` stands, or what stops that.
 * `sys.argv` becomes the list that it is, `parse_args()` is given it, and the block for `__main__` becomes part of the top
 * level, or with `-n` is left out; nothing else is changed, and every line keeps its number.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts, type Span } from "../base/text-span.ts";
import type { RunningScript } from "../notebook/cell.ts";
import { applyEdits, type TextEdit } from "../python/edit.ts";
import {
  fieldOf,
  type SyntaxNode,
  type SyntaxTree,
  statementsOf,
  textOf,
} from "../python/syntax.ts";
import { guardedBlock, unwrapBlock } from "./main-guard.ts";

/** What stands for the script. */
export interface ScriptText {
  readonly python: string;
  /** Functions that mean something only while the script runs: they read its arguments. */
  readonly bound: readonly string[];
  /** Lines that stop it, with the reason. */
  readonly problems: readonly Pick<Diagnostic, "message" | "where">[];
}

/** Reads a script. A broken one comes back as it is: its errors are found with everybody else's. */
export function readScriptText(tree: SyntaxTree, script: RunningScript): ScriptText {
  const { text } = tree;
  if (tree.problems.length > 0) return { python: text, bound: [], problems: [] };
  const reading: Reading = { text, script, edits: [], bound: new Set(), argv: [], problems: [] };
  const top = (node: SyntaxNode): Around => ({
    name: nameDefined(node, text),
    later: false,
    inString: false,
    target: false,
  });
  for (const statement of statementsOf(tree)) {
    const guarded = guardedBlock(statement, text);
    if (guarded !== undefined) {
      if (script.name !== "__main__")
        reading.edits.push({ span: statement, text: blank(textOf(text, statement)) });
      else {
        reading.edits.push(...unwrapBlock(statement, guarded, text));
        for (const inner of guarded.children) visit(inner, top(inner), reading);
      }
      continue;
    }
    visit(statement, top(statement), reading);
  }
  checkArguments(reading);
  const bound = [...reading.bound];
  if (reading.problems.length > 0) return { python: text, bound, problems: reading.problems };
  return { python: applyEdits(text, reading.edits), bound, problems: [] };
}

interface Reading {
  readonly text: string;
  readonly script: RunningScript;
  readonly edits: TextEdit[];
  readonly bound: Set<string>;
  /** Uses of `sys.argv`; `isRead`: of its length, an element or a slice. */
  readonly argv: { readonly node: SyntaxNode; readonly isRead: boolean; readonly later: boolean }[];
  readonly problems: Pick<Diagnostic, "message" | "where">[];
}

/** Around a node. */
interface Around {
  /** The definition of the top level that it stands in. */
  readonly name: string | undefined;
  /** Whether it runs at another time than the script: in a function. */
  readonly later: boolean;
  readonly inString: boolean;
  /** Whether it is assigned or deleted. */
  readonly target: boolean;
  readonly parent?: SyntaxNode;
}

const OWN_PLACE =
  "which finds files by the script's own place, and the pipeline has its lines elsewhere";
const NAMES = "which reaches names by text, and whose they are is another matter in the pipeline";
const ENDS = "which ends the script but not the notebook, and has no such meaning in a step";
const PROCESSES = "which starts processes that run the script again";
const KERNEL = "which is something else outside of the notebook's kernel";

/** Names and attributes that are something else where the script's lines stand in a step. */
const OTHERWISE: Readonly<Record<string, string>> = {
  __file__: OWN_PLACE,
  __builtins__: KERNEL,
  __spec__: KERNEL,
  __loader__: KERNEL,
  __package__: KERNEL,
  __doc__: KERNEL,
  __annotations__: KERNEL,
  __main__: KERNEL,
  get_ipython: KERNEL,
  globals: NAMES,
  locals: NAMES,
  exec: NAMES,
  eval: NAMES,
  inspect: NAMES,
  "sys.modules": NAMES,
  "sys._getframe": NAMES,
  exit: ENDS,
  quit: ENDS,
  SystemExit: ENDS,
  "sys.exit": ENDS,
  "os._exit": ENDS,
  "unittest.main": ENDS,
  multiprocessing: PROCESSES,
  ProcessPoolExecutor: PROCESSES,
};

/** Libraries that read the command line by themselves. */
const COMMAND_LINES =
  /^(?:click|typer|fire|docopt|absl|hydra|tyro|plac|simple_parsing|jsonargparse|clize|optparse)$/;

function visit(node: SyntaxNode, around: Around, reading: Reading): void {
  const { text } = reading;
  const inside: Around = {
    name: around.name,
    later: around.later || /^(?:function_definition|lambda)$/.test(node.kind),
    inString: around.inString || node.kind === "string",
    target: around.target || node.field === "left" || node.kind === "delete_statement",
    parent: node,
  };
  if (node.kind === "identifier") checkName(node, around, reading);
  if (node.kind === "attribute") {
    const dotted = textOf(text, node);
    if (dotted === "sys.argv") {
      takeArguments(node, around, reading);
      return;
    }
    const why = OTHERWISE[dotted];
    const name = fieldOf(node, "attribute");
    if (why !== undefined) stop(reading, node, `it uses ${dotted}, ${why}`);
    else if (name !== undefined && textOf(text, name) === "argv")
      stop(reading, node, "it uses argv of something that may be sys, by another name");
    const object = fieldOf(node, "object");
    if (object !== undefined) visit(object, inside, reading);
    return;
  }
  if (node.kind === "keyword_argument") {
    const value = fieldOf(node, "value");
    if (value !== undefined) visit(value, inside, reading);
    return;
  }
  if (node.kind === "call") takeParser(node, around, reading);
  for (const child of node.children) visit(child, inside, reading);
}

function checkName(node: SyntaxNode, around: Around, reading: Reading): void {
  const name = textOf(reading.text, node);
  const why = Object.hasOwn(OTHERWISE, name) ? OTHERWISE[name] : undefined;
  const isImport = /import|dotted_name/.test(around.parent?.kind ?? "");
  if (why !== undefined) stop(reading, node, `it uses ${name}, ${why}`);
  else if (isImport && COMMAND_LINES.test(name))
    stop(reading, node, `${name} reads the command line by itself`);
  else if (isImport && name === "argv")
    stop(reading, node, "it takes argv out of sys, so which list it changes is not known");
  else if (name === "__name__" && around.later)
    stop(reading, node, "a function reads __name__, which IPython takes away when the script ends");
  else if (name === "__name__" && reading.script.name !== "__main__")
    stop(reading, node, "-n changes __name__, which it uses for more than its block for __main__");
}

/** `sys.argv` → the list, where nothing can change it. */
function takeArguments(node: SyntaxNode, around: Around, reading: Reading): void {
  const { parent } = around;
  const isCounted = /\blen\(\s*$/.test(reading.text.slice(0, node.start));
  const isRead = (parent?.kind === "subscript" && node.field === "value") || isCounted;
  reading.argv.push({ node, isRead, later: around.later });
  if (around.target || node.field === "left" || parent?.kind === "attribute")
    stop(reading, node, "it changes sys.argv, or calls a method of it");
  else if (around.inString)
    stop(reading, node, "it uses sys.argv inside an f-string, where the list cannot be written");
  note(around, reading, node, `[${reading.script.arguments.map(pythonText).join(", ")}]`);
}

/**
 * `parser.parse_args()` → `parser.parse_args([…])`; what is given and may be `None` is the list where it is `None`.
 * @see https://docs.python.org/3/library/argparse.html#argparse.ArgumentParser.parse_args
 */
function takeParser(node: SyntaxNode, around: Around, reading: Reading): void {
  const method = fieldOf(node, "function");
  const given = fieldOf(node, "arguments");
  if (method?.kind !== "attribute" || given === undefined) return;
  const name = fieldOf(method, "attribute");
  if (name === undefined || !PARSES.test(textOf(reading.text, name))) return;
  const value = parsedArgument(given, reading.text);
  if (value !== undefined && isNeverNone(value, reading.text)) return;
  const [, ...own] = reading.script.arguments;
  const list = `[${own.map(pythonText).join(", ")}]`;
  if (around.inString)
    stop(
      reading,
      node,
      "it reads its arguments inside an f-string, where the list cannot be written",
    );
  else if (given.children.length === 0) note(around, reading, given, `(${list})`);
  else if (value?.kind === "none") note(around, reading, value, list);
  else if (value?.kind === "identifier") {
    const variable = textOf(reading.text, value);
    note(around, reading, value, `${list} if ${variable} is None else ${variable}`);
  } else stop(reading, node, "parse_args is given something that may be None or not");
}

const PARSES = /^parse_(?:known_)?(?:intermixed_)?args$/;

/** What stands for the parameter `args`, if that can be told. */
function parsedArgument(given: SyntaxNode, text: string): SyntaxNode | undefined {
  const [first] = given.children;
  if (first === undefined || /splat/.test(first.kind)) return undefined;
  if (first.kind !== "keyword_argument") return first;
  const named = given.children.find((argument) => {
    const name = argument.kind === "keyword_argument" ? fieldOf(argument, "name") : undefined;
    return name !== undefined && textOf(text, name) === "args";
  });
  return named === undefined ? undefined : fieldOf(named, "value");
}

/** Lists, tuples, slices, `sys.argv` itself, which is written as a list, and words of a text. */
function isNeverNone(value: SyntaxNode, text: string): boolean {
  if (/^(?:list|tuple|list_comprehension)$/.test(value.kind)) return true;
  if (value.kind === "subscript") return fieldOf(value, "subscript")?.kind === "slice";
  const written = textOf(text, value);
  return written === "sys.argv" || (value.kind === "call" && /\.split\([^()]*\)$/.test(written));
}

function note(around: Around, reading: Reading, span: Span, text: string): void {
  reading.edits.push({ span: { start: span.start, end: span.end }, text });
  if (!around.later) return;
  if (around.name === undefined)
    stop(reading, span, "a function without a name reads the script's arguments");
  else reading.bound.add(around.name);
}

/** A list that is written in two places is two lists, so none may be changed through a name. */
function checkArguments(reading: Reading): void {
  const whole = reading.argv.find(({ isRead }) => !isRead);
  if (whole !== undefined && (whole.later || reading.argv.length > 1))
    stop(reading, whole.node, "it hands sys.argv on as a whole, and who changes it is not known");
}

/** As Python writes it, too. */
function pythonText(value: string): string {
  return JSON.stringify(value);
}

function nameDefined(statement: SyntaxNode, text: string): string | undefined {
  const definition =
    statement.kind === "decorated_definition" ? fieldOf(statement, "definition") : statement;
  if (definition === undefined || !/^(?:function|class)_definition$/.test(definition.kind))
    return undefined;
  const name = fieldOf(definition, "name");
  return name === undefined ? undefined : textOf(text, name);
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

function stop(reading: Reading, span: Span, message: string): void {
  const { line } = lineColumnAt(lineStarts(reading.text), span.start);
  reading.problems.push({ message, where: { path: "", line } });
}
