/** Names that lines of a function bind, and those that only its lambdas and comprehensions know. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../../python/syntax.ts";

/** Names by where they are known. */
export interface BoundNames {
  /** Variables of the function: bound by assignments, loops, `del`. */
  readonly variables: ReadonlySet<string>;
  /** Those that are bound by an import inside it. */
  readonly imported: ReadonlySet<string>;
  /** Parameters of lambdas and variables of comprehensions. */
  readonly inner: ReadonlySet<string>;
}

/** Nodes that make a scope of their own. */
export const COMPREHENSIONS: ReadonlySet<string> = new Set([
  "list_comprehension",
  "dictionary_comprehension",
  "set_comprehension",
  "generator_expression",
]);

/** Collects what the nodes bind. */
export function boundNames(nodes: readonly SyntaxNode[], text: string): BoundNames {
  const variables = new Set<string>();
  const imported = new Set<string>();
  const inner = new Set<string>();
  for (const root of nodes)
    walk(root, (node) => {
      const targets: readonly (SyntaxNode | undefined)[] =
        node.kind === "assignment" ||
        node.kind === "augmented_assignment" ||
        node.kind === "for_statement"
          ? [fieldOf(node, "left")]
          : node.kind === "delete_statement"
            ? node.children
            : [];
      for (const target of targets)
        for (const name of targetNames(target, text)) variables.add(name);
      for (const name of importedNames(node, text)) imported.add(name);
      for (const name of scopeNames(node, text)) inner.add(name);
      return undefined;
    });
  return { variables, imported, inner };
}

/** Names that a lambda or a comprehension binds for itself. */
export function scopeNames(node: SyntaxNode, text: string): readonly string[] {
  if (COMPREHENSIONS.has(node.kind))
    return node.children
      .filter(({ kind }) => kind === "for_in_clause")
      .flatMap((clause) => targetNames(fieldOf(clause, "left"), text));
  if (node.kind !== "lambda") return [];
  return (fieldOf(node, "parameters")?.children ?? []).flatMap((parameter) => {
    const name =
      parameter.kind === "identifier"
        ? parameter
        : (fieldOf(parameter, "name") ?? parameter.children[0]);
    return name?.kind === "identifier" ? [text.slice(name.start, name.end)] : [];
  });
}

/** Names on the left side of an assignment; a column or attribute that is assigned to binds none. */
export function targetNames(target: SyntaxNode | undefined, text: string): readonly string[] {
  if (target === undefined || target.kind === "subscript" || target.kind === "attribute") return [];
  if (target.kind === "identifier") return [text.slice(target.start, target.end)];
  return target.children.flatMap((child) => targetNames(child, text));
}

/** Methods that call what they are given before they return. */
const CALLING_METHODS: ReadonlySet<string> = new Set([
  "agg",
  "aggregate",
  "apply",
  "applymap",
  "assign",
  "filter",
  "map",
  "mask",
  "pipe",
  "rename",
  "sort_values",
  "transform",
  "where",
]);

/**
 * Names read by lambdas and generators that may run later than where they stand: they see what a name stands for then, so that it must
 * stand for nothing else at any time.
 */
export function namesReadLater(nodes: readonly SyntaxNode[], text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode, parents: readonly SyntaxNode[]): void => {
    const isLate = node.kind === "lambda" || node.kind === "generator_expression";
    if (isLate && !isRunAtOnce(node, parents, text))
      for (const name of identifiersIn([node], text)) names.add(name);
    for (const child of node.children) visit(child, [node, ...parents]);
  };
  for (const node of nodes) visit(node, []);
  return names;
}

function isRunAtOnce(node: SyntaxNode, parents: readonly SyntaxNode[], text: string): boolean {
  const call =
    node.kind === "generator_expression" && parents[0]?.kind === "call"
      ? parents[0]
      : parents
          .slice(0, 3)
          .find(({ kind }, at) => kind === "call" && parents[at - 1]?.kind === "argument_list");
  const callee = call === undefined ? undefined : fieldOf(call, "function");
  if (callee === undefined) return false;
  const name = text.slice(callee.start, callee.end);
  if (node.kind === "generator_expression")
    return ["all", "any", "dict", "list", "max", "min", "set", "sorted", "sum", "tuple"].includes(
      name,
    );
  const attribute = fieldOf(callee, "attribute");
  return attribute !== undefined && CALLING_METHODS.has(text.slice(attribute.start, attribute.end));
}

/** All identifiers that stand for values, the names of attributes and keywords left out. */
export function identifiersIn(nodes: readonly SyntaxNode[], text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const root of nodes)
    walk(root, (node) => {
      if (node.kind === "identifier" && node.field !== "attribute" && node.field !== "name")
        names.add(text.slice(node.start, node.end));
      return undefined;
    });
  return names;
}

function importedNames(node: SyntaxNode, text: string): readonly string[] {
  if (node.kind !== "import_statement" && node.kind !== "import_from_statement") return [];
  return fieldsOf(node, "name").flatMap((item) => {
    const name = item.kind === "aliased_import" ? fieldOf(item, "alias") : item.children[0];
    return name === undefined ? [] : [text.slice(name.start, name.end)];
  });
}
