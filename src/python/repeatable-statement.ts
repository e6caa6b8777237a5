/**
 * Statements that give their names the same meaning wherever they run: a plain `def`, a lambda that is given a name, an import, and
 * an import with another in case it fails. What a function's body reads is looked up when it is called, so only what runs at
 * the definition itself stands in the way.
 */
import { importedNames } from "./import-statement.ts";
import { literalOf } from "./interpretation/literals.ts";
import { childOfKind, fieldOf, type SyntaxNode, textOf, walk } from "./syntax.ts";

/** The names that the statement binds; empty where it is none of these. */
export function repeatableNames(statement: SyntaxNode, text: string): readonly string[] {
  const name = repeatableFunction(statement, text);
  if (name !== undefined) return [name];
  const found = new Set<string>();
  const isOnlyImports =
    statement.kind === "try_statement"
      ? triesImports(statement, text, found)
      : isImport(statement, text, found);
  return isOnlyImports ? [...found] : [];
}

/** A plain import; of `import a.b` the name alone does not say what is loaded. */
function isImport(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  if (statement.kind !== "import_statement" && statement.kind !== "import_from_statement")
    return false;
  const isPlain = statement.children.every(
    (child) =>
      statement.kind === "import_from_statement" ||
      child.kind !== "dotted_name" ||
      child.children.length === 1,
  );
  for (const { name } of importedNames(statement, text)) found.add(name);
  return isPlain && !found.has("*");
}

/** Imports, and in the clauses after them also `pass` and names for literals. */
function triesImports(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  return statement.children.every((child) => {
    if (child.kind === "block") return child.children.every((one) => isImport(one, text, found));
    if (child.kind !== "except_clause" && child.kind !== "else_clause") return false;
    if (fieldOf(child, "alias") !== undefined || childOfKind(child, "as_pattern") !== undefined)
      return false;
    const block = childOfKind(child, "block");
    return block?.children.every((one) => isSubstitute(one, text, found)) === true;
  });
}

function isSubstitute(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  if (statement.kind === "pass_statement" || isImport(statement, text, found)) return true;
  const assignment = childOfKind(statement, "assignment");
  const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
  const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
  if (left?.kind !== "identifier" || right === undefined) return false;
  found.add(textOf(text, left));
  return literalOf(right, text) !== undefined;
}

/** The function's name; `undefined` where the statement is none, or defaults or decorators might give something else each time. */
function repeatableFunction(statement: SyntaxNode, text: string): string | undefined {
  const named = namedFunction(statement);
  if (named === undefined) return undefined;
  const { name, code } = named;
  for (const parameter of fieldOf(code, "parameters")?.children ?? []) {
    const fallback = fieldOf(parameter, "value");
    const type = fieldOf(parameter, "type");
    if (fallback !== undefined && !onlyNamesThings(fallback, MAKES_SOMETHING)) return undefined;
    if (type !== undefined && !onlyNamesThings(type, RUNS_SOMETHING)) return undefined;
  }
  const returned = fieldOf(code, "return_type");
  if (returned !== undefined && !onlyNamesThings(returned, RUNS_SOMETHING)) return undefined;
  return textOf(text, name);
}

function namedFunction(
  statement: SyntaxNode,
): { readonly name: SyntaxNode; readonly code: SyntaxNode } | undefined {
  if (statement.kind === "function_definition") {
    const name = fieldOf(statement, "name");
    return name === undefined ? undefined : { name, code: statement };
  }
  const assignment = childOfKind(statement, "assignment");
  const name = assignment === undefined ? undefined : fieldOf(assignment, "left");
  const code = assignment === undefined ? undefined : fieldOf(assignment, "right");
  return name?.kind === "identifier" && code?.kind === "lambda" ? { name, code } : undefined;
}

const RUNS_SOMETHING: ReadonlySet<string> = new Set([
  "call",
  "await",
  "yield",
  "named_expression",
  "lambda",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);

/** A list or dictionary that is a default is one for all calls. */
const MAKES_SOMETHING: ReadonlySet<string> = new Set([
  ...RUNS_SOMETHING,
  "list",
  "set",
  "dictionary",
  "subscript",
  "binary_operator",
]);

function onlyNamesThings(node: SyntaxNode, unwanted: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (inner) => {
    if (unwanted.has(inner.kind)) found = true;
    return !found;
  });
  return !found;
}
