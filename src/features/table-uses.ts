/** What a statement does with a table, read off its text: whether it looks at nothing but columns that it names. */
import type { SyntaxNode, SyntaxTree } from "../python/syntax.ts";
import { fieldOf, fieldsOf, textOf, walk } from "../python/syntax.ts";

/** A statement that takes columns away and does nothing else. */
export interface Drop {
  readonly names: readonly string[];
  /** The variable that is without them afterwards. */
  readonly target: string;
}

/** `df.drop(columns=["a"], inplace=True)`, `x = df.drop("a", axis=1)`, `del df["a"]`. */
export function dropIn(tree: SyntaxTree, variable: string): Drop | undefined {
  const [statement, ...others] = tree.root.children;
  if (statement === undefined || others.length > 0) return undefined;
  if (statement.kind === "delete_statement") {
    const [only, ...more] = statement.children;
    const names = only?.kind === "subscript" ? columnsOf(only, variable, tree) : undefined;
    return names === undefined || more.length > 0 ? undefined : { names, target: variable };
  }
  const [inner] = statement.kind === "expression_statement" ? statement.children : [];
  if (inner?.kind === "call") {
    const read = readDrop(inner, variable, tree);
    return read?.inPlace === true ? { names: read.names, target: variable } : undefined;
  }
  const left = inner?.kind === "assignment" ? fieldOf(inner, "left") : undefined;
  const right = inner?.kind === "assignment" ? fieldOf(inner, "right") : undefined;
  if (left?.kind !== "identifier" || right?.kind !== "call") return undefined;
  const read = readDrop(right, variable, tree);
  return read?.inPlace === false
    ? { names: read.names, target: textOf(tree.text, left) }
    : undefined;
}

function columnsOf(
  subscript: SyntaxNode,
  variable: string,
  tree: SyntaxTree,
): readonly string[] | undefined {
  const value = fieldOf(subscript, "value");
  const [index, ...others] = fieldsOf(subscript, "subscript");
  const isTable = value?.kind === "identifier" && textOf(tree.text, value) === variable;
  return isTable && index?.kind === "string" && others.length === 0
    ? stringsOf(index, tree)
    : undefined;
}

interface DropCall {
  readonly names: readonly string[];
  readonly inPlace: boolean;
}

/** A call of the table's `drop` for columns whose names are written out. */
function readDrop(call: SyntaxNode, variable: string, tree: SyntaxTree): DropCall | undefined {
  const callee = fieldOf(call, "function");
  const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  if (callee === undefined || object?.kind !== "identifier") return undefined;
  if (textOf(tree.text, callee).replace(/\s+/gu, "") !== `${variable}.drop`) return undefined;
  let names: readonly string[] | undefined;
  let isOfColumns = false;
  let inPlace = false;
  for (const argument of fieldOf(call, "arguments")?.children ?? []) {
    const name = argument.kind === "keyword_argument" ? fieldOf(argument, "name") : undefined;
    const value = argument.kind === "keyword_argument" ? fieldOf(argument, "value") : argument;
    const text = value === undefined ? "" : textOf(tree.text, value);
    switch (name === undefined ? "" : textOf(tree.text, name)) {
      case "":
      case "labels":
        names = value === undefined || names !== undefined ? undefined : stringsOf(value, tree);
        if (names === undefined) return undefined;
        break;
      case "columns":
        names = value === undefined || names !== undefined ? undefined : stringsOf(value, tree);
        if (names === undefined) return undefined;
        isOfColumns = true;
        break;
      case "axis":
        if (!/^(?:1|"columns"|'columns')$/u.test(text)) return undefined;
        isOfColumns = true;
        break;
      case "inplace":
        if (text !== "True" && text !== "False") return undefined;
        inPlace = text === "True";
        break;
      default:
        return undefined;
    }
  }
  return names === undefined || !isOfColumns ? undefined : { names, inPlace };
}

/** A string, or a list of strings, without anything to escape or to fill in. */
function stringsOf(node: SyntaxNode, { text }: SyntaxTree): readonly string[] | undefined {
  const parts = node.kind === "list" || node.kind === "tuple" ? node.children : [node];
  const names = parts.map((part) =>
    part.kind === "string"
      ? /^(?:"([^"\\\n]*)"|'([^'\\\n]*)')$/u.exec(textOf(text, part))?.slice(1).find(isGiven)
      : undefined,
  );
  return names.every(isGiven) && names.length > 0 ? names : undefined;
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined;
}

/** Variables that stand for nothing but names in a list that is written out, as loops go over them. */
export function listVariables(trees: readonly SyntaxTree[]): ReadonlySet<string> {
  const listed = new Set<string>();
  const others = new Set<string>();
  for (const tree of trees) {
    walk(tree.root, (node) => {
      const left = BINDING.has(node.kind) ? fieldOf(node, "left") : undefined;
      if (left === undefined) return undefined;
      const right = fieldOf(node, "right");
      const isListed =
        node.kind === "for_statement" &&
        left.kind === "identifier" &&
        right !== undefined &&
        stringsOf(right, tree) !== undefined;
      walk(left, (target) => {
        if (target.kind === "identifier")
          (isListed ? listed : others).add(textOf(tree.text, target));
        return target.kind !== "subscript" && target.kind !== "attribute";
      });
      return undefined;
    });
  }
  return new Set([...listed].filter((name) => !others.has(name)));
}

const BINDING: ReadonlySet<string> = new Set([
  "assignment",
  "augmented_assignment",
  "for_statement",
  "for_in_clause",
  "named_expression",
]);

interface Names {
  /** Variables that stand for names of columns. */
  readonly loops: ReadonlySet<string>;
  /** Whether a request lacks a column: such a one may not be named. */
  readonly isUnserved: (name: string) => boolean;
}

/** Whether the table is used by names of columns alone, and stays the table that it is. */
export function usesByName(tree: SyntaxTree, variable: string, names: Names): boolean {
  const check = (node: SyntaxNode, above: readonly SyntaxNode[]): boolean => {
    if (isNamed(node, variable, tree) && !isByName(node, above, { tree, variable, ...names }))
      return false;
    return node.children.every((child) => check(child, [node, ...above]));
  };
  return check(tree.root, []) && !isHandedOn(tree, variable);
}

/**
 * Whether something made of the table gets a name of its own, or is read later or by a variable that hides a loop's: a second table has
 * the columns in question as well, and a column may be a view, which shares what is changed in place.
 */
function isHandedOn(tree: SyntaxTree, variable: string): boolean {
  let isOut = false as boolean;
  walk(tree.root, (node) => {
    const isBinding = BINDING.has(node.kind);
    const left = isBinding ? (fieldOf(node, "left") ?? fieldOf(node, "name")) : undefined;
    const isOwn =
      left?.kind === "subscript" || (left !== undefined && isNamed(left, variable, tree));
    const isInner = /lambda|comprehension|generator_expression/u.test(node.kind);
    if (!isInner && (!isBinding || isOwn)) return undefined;
    const read = isInner ? node : (fieldOf(node, "right") ?? fieldOf(node, "value"));
    if (read === undefined) return undefined;
    walk(read, (inner) => {
      if (isNamed(inner, variable, tree)) isOut = true;
      return undefined;
    });
    return undefined;
  });
  return isOut;
}

function isNamed(node: SyntaxNode, variable: string, tree: SyntaxTree): boolean {
  return (
    node.kind === "identifier" &&
    node.field !== "attribute" &&
    node.field !== "name" &&
    textOf(tree.text, node) === variable
  );
}

interface Use extends Names {
  readonly tree: SyntaxTree;
  readonly variable: string;
}

function isByName(node: SyntaxNode, above: readonly SyntaxNode[], use: Use): boolean {
  const [parent, next] = above;
  const { tree } = use;
  if (parent?.kind === "subscript" && node.field === "value")
    return areNames(fieldsOf(parent, "subscript"), use);
  if (parent?.kind === "attribute" && node.field === "object") {
    const attribute = fieldOf(parent, "attribute");
    const name = attribute === undefined ? "" : textOf(tree.text, attribute);
    if (name === "loc" && next?.kind === "subscript" && parent.field === "value") {
      const [, ...columns] = fieldsOf(next, "subscript");
      return columns.length === 1 && areNames(columns, use);
    }
    return next?.kind === "call" && isNeutral(next, use);
  }
  if (parent?.kind === "argument_list" && next?.kind === "call") return isNeutral(next, use);
  if (parent?.kind === "assignment" && node.field === "left") {
    const right = fieldOf(parent, "right");
    return right?.kind === "call" && isNeutral(right, use);
  }
  return false;
}

/** A call that gives the same table with other columns by name: `df.drop(columns=["a"])`, `known_dummies(df, …, columns=["a"])`. */
function isNeutral(call: SyntaxNode, use: Use): boolean {
  const { tree, variable, isUnserved } = use;
  const dropped = readDrop(call, variable, tree);
  if (dropped !== undefined) return !dropped.names.some(isUnserved);
  const callee = fieldOf(call, "function");
  const [first, ...others] = fieldOf(call, "arguments")?.children ?? [];
  if (callee === undefined || first === undefined) return false;
  if (textOf(tree.text, callee) !== "known_dummies" || textOf(tree.text, first) !== variable)
    return false;
  const columns = others.find((argument) => {
    const name = argument.kind === "keyword_argument" ? fieldOf(argument, "name") : undefined;
    return name !== undefined && textOf(tree.text, name) === "columns";
  });
  const value = columns === undefined ? undefined : fieldOf(columns, "value");
  return value !== undefined && areNames([value], use);
}

function areNames(nodes: readonly SyntaxNode[], { tree, loops, isUnserved }: Use): boolean {
  return (
    nodes.length === 1 &&
    nodes.every((node) => {
      if (node.kind === "identifier") return loops.has(textOf(tree.text, node));
      const names = stringsOf(node, tree);
      return names !== undefined && !names.some(isUnserved);
    })
  );
}
