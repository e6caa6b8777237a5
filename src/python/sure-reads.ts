/**
 * Names that a statement evaluates whatever happens, so that it fails where they are unbound. Under-approximated: what only some ways
 * evaluate, what an exception may cut short unseen (`try`), and what runs later (bodies of functions) does not count.
 */
import { fieldOf, fieldsOf, type SyntaxNode, textOf } from "./syntax.ts";

/** Names in the text of the statement; whether they are the module's, and read before it binds them, is for others to say. */
export function surelyEvaluatedNames(statement: SyntaxNode, text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const stack = [statement];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "identifier") found.add(textOf(text, node));
    else for (const part of surePartsOf(node)) stack.push(part);
  }
  return found;
}

function surePartsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const parts = SURE_PARTS[node.kind];
  return parts === undefined ? node.children : parts(node);
}

type Parts = (node: SyntaxNode) => readonly SyntaxNode[];

const NONE: Parts = () => [];

function fields(...names: readonly string[]): Parts {
  return (node) => names.flatMap((name) => fieldsOf(node, name));
}

/** Only its first `for` is evaluated where it stands. */
const COMPREHENSION: Parts = (node) => {
  const first = node.children.find(({ kind }) => kind === "for_in_clause");
  return first === undefined ? [] : fieldsOf(first, "right");
};

/** A name that is assigned to is not read; `x[0] = …` and `x.a = …` read `x`. */
function partsOfTarget(target: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (target === undefined || target.kind === "identifier") return [];
  if (target.kind === "attribute" || target.kind === "subscript") return [target];
  return target.children.flatMap(partsOfTarget);
}

/** By kind of node, what of it is surely evaluated; all of any other kind. */
const SURE_PARTS: Readonly<Record<string, Parts>> = {
  assignment: (node) => [...partsOfTarget(fieldOf(node, "left")), ...fieldsOf(node, "right")],
  named_expression: fields("value"),
  attribute: fields("object"),
  keyword_argument: fields("value"),
  boolean_operator: fields("left"),
  comparison_operator: (node) => node.children.slice(0, 2),
  conditional_expression: (node) => node.children.slice(1, 2),
  lambda: NONE,
  list_comprehension: COMPREHENSION,
  set_comprehension: COMPREHENSION,
  dictionary_comprehension: COMPREHENSION,
  generator_expression: COMPREHENSION,
  if_statement: fields("condition"),
  while_statement: fields("condition"),
  for_statement: fields("right"),
  with_statement: (node) =>
    node.children
      .filter(({ kind }) => kind === "with_clause")
      .flatMap((clause) => clause.children.slice(0, 1)),
  as_pattern: (node) => node.children.slice(0, 1),
  assert_statement: (node) => node.children.slice(0, 1),
  match_statement: fields("subject"),
  try_statement: NONE,
  function_definition: NONE,
  class_definition: NONE,
  decorated_definition: NONE,
  import_statement: NONE,
  import_from_statement: NONE,
  future_import_statement: NONE,
  type_alias_statement: NONE,
  type: NONE,
};
