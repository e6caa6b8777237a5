/** Where a name is bound, and where it only stands for its value. */
import type { TextEdit } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, textOf, walk } from "../../python/syntax.ts";

/** Whether a name is bound anywhere below a node: as a target, a parameter or a variable of a comprehension. */
export function bindsName(node: SyntaxNode, name: string, text: string): boolean {
  let isBound = false;
  const isTheName = (at: SyntaxNode | undefined): boolean => {
    let found = false;
    if (at !== undefined)
      walk(at, (child) => {
        if (child.kind === "attribute" || child.kind === "subscript") return false;
        if (child.kind === "identifier" && textOf(text, child) === name) found = true;
        return undefined;
      });
    return found;
  };
  walk(node, (at) => {
    if (
      at.kind === "assignment" ||
      at.kind === "augmented_assignment" ||
      at.kind === "for_statement" ||
      at.kind === "for_in_clause"
    )
      isBound ||= isTheName(fieldOf(at, "left"));
    else if (at.kind === "lambda") isBound ||= isTheName(fieldOf(at, "parameters"));
    else if (BINDING.has(at.kind)) isBound ||= isTheName(at);
    return undefined;
  });
  return isBound;
}

/** Whatever else may bind a name: a use below one of these counts as well. */
const BINDING: ReadonlySet<string> = new Set([
  "as_pattern",
  "class_definition",
  "delete_statement",
  "except_clause",
  "exec_statement",
  "function_definition",
  "global_statement",
  "import_from_statement",
  "import_statement",
  "match_statement",
  "named_expression",
  "nonlocal_statement",
]);

/** Every place below a node where one of the names stands for its value, with that value in its place. */
export function valuesInPlace(
  node: SyntaxNode,
  text: string,
  values: ReadonlyMap<string, string>,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const visit = (at: SyntaxNode, parent: SyntaxNode | undefined): void => {
    const value = at.kind === "identifier" ? values.get(textOf(text, at)) : undefined;
    const isName =
      at.field !== "attribute" && !(parent?.kind === "keyword_argument" && at.field === "name");
    if (value !== undefined && isName)
      edits.push({ span: { start: at.start, end: at.end }, text: value });
    for (const child of at.children) visit(child, at);
  };
  visit(node, undefined);
  return edits;
}
