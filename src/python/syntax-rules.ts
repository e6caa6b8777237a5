/**
 * Rules of Python's syntax that the parser does not keep: it takes indentation that fits nothing, two statements on a line, blocks
 * without a body. Without them a cell that no Python runs would be planned as if it ran.
 * Not here: what CPython's compiler refuses later (`compile-rules.ts`).
 * Invariant: what Python accepts passes; `test/soak/python-sources.test.ts` asks it.
 */
import { brokenCompileRules } from "./compile-rules.ts";
import { hasToken, type SyntaxNode, type SyntaxProblem, type SyntaxTree, walk } from "./syntax.ts";

/** What breaks a rule, in text order. Linear in the text. */
export function brokenRules(tree: SyntaxTree): readonly SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  const { text } = tree;
  walk(tree.root, (node) => {
    if (node.kind === "module" || node.kind === "block") checkBlock(tree, node, found);
    if (node.kind === "import_from_statement") checkImportedNames(node, found);
    if (node.kind === "comparison_operator") checkComparison(text, node, found);
    for (const child of node.children)
      if (CLAUSES.has(child.kind) || child.field === "definition")
        checkClause(text, { of: node, clause: child }, found);
    if (BODIES.has(node.kind)) checkBody(text, node, found);
    return undefined;
  });
  if (found.length === 0) found.push(...brokenCompileRules(tree));
  return found.sort((a, b) => a.start - b.start);
}

/** What has a body; that of `except` and `finally` has no field. */
const BODIES: ReadonlySet<string> = new Set([
  "function_definition",
  "class_definition",
  "if_statement",
  "elif_clause",
  "else_clause",
  "for_statement",
  "while_statement",
  "with_statement",
  "try_statement",
  "except_clause",
  "except_group_clause",
  "finally_clause",
  "case_clause",
]);

function checkBody(text: string, node: SyntaxNode, found: SyntaxProblem[]): void {
  for (const body of node.children) {
    if (body.kind !== "block" || body.children.length > 0) continue;
    // Where the body should be, something else is: that is where Python stops.
    const rest = /\S/.exec(text.slice(body.end));
    const at = body.end + (rest?.index ?? 0);
    found.push({ start: at, end: at, message: "an indented block is missing before this" });
  }
}

/** Statements of one block begin in one column, or behind a `;` or the header on its line. */
function checkBlock(
  { text, comments }: SyntaxTree,
  block: SyntaxNode,
  found: SyntaxProblem[],
): void {
  let indentation: string | undefined = block.kind === "module" ? "" : undefined;
  let before: SyntaxNode | undefined;
  for (const statement of block.children) {
    const { start } = statement;
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const leading = text.slice(lineStart, start);
    if (before !== undefined && !isSeparated(text, comments, before.end, start)) {
      const line = { start, end: statement.end };
      found.push({ ...line, message: "two statements stand on one line without `;` between them" });
    } else if (/^[ \t\f]*$/.test(leading) && !continues(text, lineStart)) {
      const column = leading.slice(leading.lastIndexOf("\f") + 1);
      indentation ??= column;
      if (column !== indentation)
        found.push({ start, end: statement.end, message: "the indentation fits no block" });
    }
    before = statement;
  }
}

const CLAUSES: ReadonlySet<string> = new Set([
  "elif_clause",
  "else_clause",
  "except_clause",
  "except_group_clause",
  "finally_clause",
]);

/** `else` and the like stand in the column of what they belong to, and what is decorated in that of its decorators. */
function checkClause(
  text: string,
  { of, clause }: { readonly of: SyntaxNode; readonly clause: SyntaxNode },
  found: SyntaxProblem[],
): void {
  const column = (node: SyntaxNode): string =>
    text.slice(text.lastIndexOf("\n", node.start - 1) + 1, node.start);
  if (column(of) !== column(clause))
    found.push({
      start: clause.start,
      end: clause.end,
      message: "the indentation is not that of the statement it belongs to",
    });
}

/** Whether the line before ends in a backslash. */
function continues(text: string, lineStart: number): boolean {
  return /\\\r?\n$/.test(text.slice(Math.max(0, lineStart - 3), lineStart));
}

/** Whether a `;` or the end of a line stands between two statements. */
function isSeparated(
  text: string,
  comments: SyntaxTree["comments"],
  end: number,
  start: number,
): boolean {
  const between = text.slice(end, start);
  if (between.includes("#") && comments.some((one) => one.start >= end && one.end <= start))
    return true;
  // A statement that ends with a block may have the line break in it.
  return /;|(?:^|[^\\])\r?\n/.test(between) || text[end - 1] === "\n" || text[end - 1] === ";";
}

/** The parser takes `a not b` for `a not in b`. */
function checkComparison(text: string, node: SyntaxNode, found: SyntaxProblem[]): void {
  for (const { start, end, text: operator } of node.tokens)
    if (operator === "not in" && !text.slice(start, end).endsWith("in"))
      found.push({ start, end, message: "`in` is missing after `not`" });
}

/** `from a import b,` needs parentheses. */
function checkImportedNames(node: SyntaxNode, found: SyntaxProblem[]): void {
  const last = node.tokens.at(-1);
  const name = node.children.at(-1);
  if (last?.text !== "," || name === undefined || last.start < name.end || hasToken(node, "("))
    return;
  found.push({
    start: last.start,
    end: last.end,
    message: "a comma at the end of an import needs parentheses around the names",
  });
}
