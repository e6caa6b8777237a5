/**
 * Code whose text says all, written as what it means: `exec("x = 1")`, `eval("x + 1")`, `globals()["x"]`, and `await f()` of a
 * coroutine function of the notebook, which `asyncio.run` does in a step as well. Only at module level, where all of these see the
 * notebook's variables and nothing else; whatever is left is refused with its place.
 *
 * Invariant: the number of lines is kept, and what stands around the code keeps its line.
 */

import { applyEdits, type TextEdit } from "../python/edit.ts";
import { isBuiltin } from "../python/effects/builtin-names.ts";
import { literalOf } from "../python/interpretation/literals.ts";
import type { PythonParser } from "../python/parse.ts";
import { fieldOf, type SyntaxNode, type SyntaxTree, textOf, walk } from "../python/syntax.ts";

interface CellText {
  readonly python: string;
}

const MAY_HOLD = /\b(?:exec|eval|globals|locals|vars|await)\b/;

/** Cells with such code written out. */
export function writeOutConstantCode<T extends CellText>(
  cells: readonly T[],
  parser: PythonParser,
): readonly T[] {
  if (!cells.some(({ python }) => MAY_HOLD.test(python))) return cells;
  const trees = cells.map(({ python }) => parser.parse(python));
  const notebook = describe(trees, parser);
  return cells.map((cell, at): T => {
    const tree = trees[at];
    if (tree === undefined || tree.problems.length > 0 || !MAY_HOLD.test(cell.python)) return cell;
    const edits = tree.root.children.flatMap((statement) => editsIn(statement, tree, notebook));
    return edits.length === 0 ? cell : { ...cell, python: applyEdits(cell.python, edits) };
  });
}

interface Notebook {
  readonly parser: PythonParser;
  /** Names that it binds somewhere by a plain assignment, an import or a definition. */
  readonly bound: ReadonlySet<string>;
  /** Coroutine functions that may be run to their end one by one. */
  readonly coroutines: ReadonlySet<string>;
  readonly importsAsyncio: boolean;
}

/** Tasks and locks belong to a loop, and each `asyncio.run` has one of its own. */
const NEEDS_ONE_LOOP =
  /\b(?:create_task|ensure_future|TaskGroup|\w*event_loop|get_running_loop|run_until_complete|nest_asyncio|Queue|Lock|Event|Condition|Semaphore|BoundedSemaphore|ClientSession|AsyncClient)\b/;

function describe(trees: readonly SyntaxTree[], parser: PythonParser): Notebook {
  const times = new Map<string, number>();
  const coroutines = new Set<string>();
  let importsAsyncio = false;
  const bind = (name: string): void => {
    times.set(name, (times.get(name) ?? 0) + 1);
  };
  for (const { root, text } of trees)
    walk(root, (node) => {
      const name = fieldOf(node, "name");
      if (DEFINITIONS.has(node.kind) && name !== undefined) {
        bind(textOf(text, name));
        if (isCoroutine(node)) coroutines.add(textOf(text, name));
      }
      if (node.kind === "import_statement" && textOf(text, node) === "import asyncio")
        importsAsyncio = true;
      const left = node.kind === "assignment" ? fieldOf(node, "left") : undefined;
      if (left?.kind === "identifier") bind(textOf(text, left));
      const assigned = left === undefined ? undefined : namespaceKey(left, text);
      if (assigned !== undefined) bind(assigned);
      return undefined;
    });
  const needsLoop = trees.some(({ text }) => NEEDS_ONE_LOOP.test(text));
  return {
    parser,
    bound: new Set(times.keys()),
    coroutines: new Set([...coroutines].filter((name) => !needsLoop && times.get(name) === 1)),
    importsAsyncio,
  };
}

const DEFINITIONS: ReadonlySet<string> = new Set(["function_definition", "class_definition"]);

/** `async def` without `yield`, which would make it a generator that nobody can await. */
function isCoroutine(node: SyntaxNode): boolean {
  if (!node.tokens.some(({ text }) => text === "async")) return false;
  let yields = false;
  walk(node, ({ kind }) => {
    if (kind === "yield") yields = true;
    return !yields;
  });
  return !yields;
}

/** What has variables of its own, or is a text; in a `try`, another error than the one that is waited for would be met. */
const CLOSED: ReadonlySet<string> = new Set([
  "function_definition",
  "class_definition",
  "lambda",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
  "string",
  "try_statement",
]);

const RUN = "asyncio.run(";

function editsIn(statement: SyntaxNode, tree: SyntaxTree, notebook: Notebook): TextEdit[] {
  const run = runText(statement, tree, notebook);
  if (run !== undefined) return [{ span: statement, text: run }];
  const edits: TextEdit[] = [];
  walk(statement, (node) => {
    if (CLOSED.has(node.kind)) return false;
    const text = namespaceName(node, tree.text, notebook) ?? expressionText(node, tree, notebook);
    if (text !== undefined) {
      edits.push({ span: node, text });
      return false;
    }
    const [operand] = node.kind === "await" ? node.children : [];
    if (operand !== undefined && awaitsOwn(operand, tree.text, notebook)) {
      edits.push({ span: { start: node.start, end: operand.start }, text: RUN });
      edits.push({ span: { start: operand.end, end: operand.end }, text: ")" });
    }
    return true;
  });
  const awaits = edits.some(({ text }) => text === RUN);
  if (!awaits || notebook.importsAsyncio) return edits;
  // Nothing can stand before a compound statement on its line.
  if (statement.kind !== "expression_statement" || notebook.bound.has("asyncio")) return [];
  return [
    { span: { start: statement.start, end: statement.start }, text: "import asyncio; " },
    ...edits,
  ];
}

function awaitsOwn(operand: SyntaxNode, text: string, { coroutines }: Notebook): boolean {
  const callee = operand.kind === "call" ? fieldOf(operand, "function") : undefined;
  return callee?.kind === "identifier" && coroutines.has(textOf(text, callee));
}

/** The literal text that a builtin of that name is called with, and with nothing else. */
function onlyText(node: SyntaxNode, name: string, text: string): string | undefined {
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  if (callee?.kind !== "identifier" || textOf(text, callee) !== name) return undefined;
  const [argument, ...others] = fieldOf(node, "arguments")?.children ?? [];
  if (argument?.kind !== "string" || others.length > 0) return undefined;
  const value = literalOf(argument, text)?.value;
  return typeof value === "string" ? value : undefined;
}

/** `exec("…")`, alone on its lines, as the statements themselves. */
function runText(
  statement: SyntaxNode,
  { text }: SyntaxTree,
  { parser, bound }: Notebook,
): string | undefined {
  const [call, ...others] = statement.kind === "expression_statement" ? statement.children : [];
  const code = call === undefined || others.length > 0 ? undefined : onlyText(call, "exec", text);
  if (code === undefined || bound.has("exec") || !isAlone(statement, text)) return undefined;
  const inner = parser.parse(code);
  const last = inner.root.children.at(-1);
  if (inner.problems.length > 0 || last === undefined || isShown(last)) return undefined;
  if (!inner.root.children.every((one) => mayStandHere(one))) return undefined;
  const lines = linesIn(textOf(text, statement));
  const whole = code.trimEnd();
  const wholeLines = linesIn(whole);
  if (wholeLines <= lines) return whole + "\n".repeat(lines - wholeLines);
  const isFlat = inner.root.children.every(
    (one) => !COMPOUND.test(one.kind) && !textOf(code, one).includes("\n"),
  );
  if (!isFlat || inner.comments.length > 0) return undefined;
  return inner.root.children.map((one) => textOf(code, one)).join("; ") + "\n".repeat(lines - 1);
}

function linesIn(text: string): number {
  return text.split("\n").length;
}

function isAlone({ start, end }: SyntaxNode, text: string): boolean {
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const [after = ""] = text.slice(end).split("\n", 1);
  return before === "" && after.trim() === "";
}

const COMPOUND = /_definition$|^(?:if|for|while|with|try|match)_statement$|^decorated/;

/** Whether a notebook would show the value of the text's last line, which `exec` does not. */
function isShown(last: SyntaxNode): boolean {
  const [expression] = last.kind === "expression_statement" ? last.children : [];
  return (
    expression !== undefined &&
    !["assignment", "augmented_assignment", "named_expression"].includes(expression.kind)
  );
}

function mayStandHere(statement: SyntaxNode): boolean {
  let may = true;
  walk(statement, ({ kind }) => {
    if (DEFINITIONS.has(kind) || kind === "lambda") return false;
    if (["await", "yield", "return_statement", "future_import_statement"].includes(kind))
      may = false;
    return may;
  });
  return may;
}

/** `eval("…")` as the expression itself. */
function expressionText(
  node: SyntaxNode,
  { text }: SyntaxTree,
  { parser, bound }: Notebook,
): string | undefined {
  const code = onlyText(node, "eval", text)?.trim();
  if (code === undefined || bound.has("eval") || code.includes("\n")) return undefined;
  const inner = parser.parse(`(${code})`);
  const [statement, ...others] = inner.root.children;
  const wrapped = statement?.children[0];
  const isOne = inner.problems.length + inner.comments.length + others.length === 0;
  if (!isOne || statement === undefined || wrapped === undefined) return undefined;
  // `1) + (2` is no expression, although it is one between parentheses.
  if (wrapped.kind !== "parenthesized_expression" && wrapped.kind !== "tuple") return undefined;
  if (!mayStandHere(statement)) return undefined;
  return `(${code}${"\n".repeat(linesIn(textOf(text, node)) - 1)})`;
}

/** `globals()["x"]` as `x`, where the notebook binds that name. */
function namespaceName(node: SyntaxNode, text: string, { bound }: Notebook): string | undefined {
  const name = namespaceKey(node, text);
  if (name === undefined || !bound.has(name) || isBuiltin(name)) return undefined;
  return textOf(text, node).includes("\n") ? undefined : name;
}

function namespaceKey(node: SyntaxNode, text: string): string | undefined {
  if (node.kind !== "subscript") return undefined;
  const [call, key, ...others] = node.children;
  const callee = call?.kind === "call" ? fieldOf(call, "function") : undefined;
  if (call === undefined || callee === undefined || key?.kind !== "string" || others.length > 0)
    return undefined;
  if (!/^(?:globals|locals|vars)$/.test(textOf(text, callee))) return undefined;
  if ((fieldOf(call, "arguments")?.children.length ?? 1) > 0) return undefined;
  const name = literalOf(key, text)?.value;
  return typeof name === "string" && /^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(name)
    ? name
    : undefined;
}
