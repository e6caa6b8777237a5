/**
 * Functions that come out the same wherever their definition runs: a plain `def`, or a lambda that is given a name. What their
 * body reads is looked up when they are called, so only what runs at the definition itself stands in the way.
 */
import { childOfKind, fieldOf, type SyntaxNode, textOf, walk } from "./syntax.ts";

/** The function's name; `undefined` where the statement is none, or defaults or decorators might give something else each time. */
export function repeatableFunction(statement: SyntaxNode, text: string): string | undefined {
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
