/** How much a body really does and checks, so that a body made of docstrings, `pass` and `assert True` counts as empty. */
import { fieldOf, type SyntaxNode, textOf, walk } from "./syntax.ts";

const BLOCKS: ReadonlySet<string> = new Set(["block", "module"]);
const IDLE: ReadonlySet<string> = new Set([
  "pass_statement",
  "import_statement",
  "import_from_statement",
  "future_import_statement",
  "global_statement",
  "nonlocal_statement",
]);
const CONSTANTS: ReadonlySet<string> = new Set([
  "string",
  "concatenated_string",
  "integer",
  "float",
  "true",
  "false",
  "none",
  "ellipsis",
  "identifier",
]);

/** Statements at any depth that do something; see `PythonFunction.statements`. */
export function countStatements(scope: SyntaxNode, text: string): number {
  let count = 0;
  walk(scope, (node) => {
    if (!BLOCKS.has(node.kind)) return undefined;
    for (const statement of node.children) if (doesSomething(statement, text)) count++;
    return undefined;
  });
  return count;
}

function doesSomething(node: SyntaxNode, text: string): boolean {
  if (
    IDLE.has(node.kind) ||
    node.kind === "function_definition" ||
    node.kind === "class_definition" ||
    node.kind === "decorated_definition"
  )
    return false;
  if (node.kind === "expression_statement")
    return !(node.children.length === 1 && CONSTANTS.has(node.children[0]?.kind ?? ""));
  if (node.kind === "return_statement")
    return !/^return\s*(\(?[\w\s,]*\)?)$/.test(textOf(text, node));
  return true;
}

/** What can fail a test: `assert` with a condition that is no constant, and calls of assertion helpers. */
export function countAssertions(body: SyntaxNode, text: string): number {
  let count = 0;
  walk(body, (node) => {
    if (node.kind === "assert_statement") {
      const condition = node.children[0];
      if (condition !== undefined && !isConstantCondition(condition, text)) count++;
    } else if (node.kind === "call") {
      const callee = fieldOf(node, "function");
      if (
        callee !== undefined &&
        /(^|\.)(assert_\w+|assert[A-Z]\w*|raises|warns|fail)$/.test(textOf(text, callee))
      )
        count++;
    }
    return undefined;
  });
  return count;
}

function isConstantCondition(node: SyntaxNode, text: string): boolean {
  if (CONSTANTS.has(node.kind) && node.kind !== "identifier") return true;
  const comparison = node.kind === "comparison_operator" ? node.children : [];
  const [left, right] = comparison;
  if (left === undefined || right === undefined || comparison.length !== 2)
    return /^not\s+(False|None|0)$/.test(textOf(text, node));
  return textOf(text, left) === textOf(text, right);
}
