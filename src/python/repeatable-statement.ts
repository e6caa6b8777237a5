/**
 * Statements that give their names the same meaning wherever they run: a plain `def`, a lambda that is given a name, a class of
 * nothing but methods and literals, an import, an import with something else in case it fails, and an `if` that chooses among
 * these. What a function's body reads is looked up when it is called, so only what runs at the definition itself stands in the way;
 * whether a condition is the same everywhere is for whoever knows what it reads.
 */
import { importedNames } from "./import-statement.ts";
import { literalOf } from "./interpretation/literals.ts";
import { childOfKind, fieldOf, type SyntaxNode, textOf, walk } from "./syntax.ts";

/** The names that the statement binds; empty where it is none of these. */
export function repeatableNames(statement: SyntaxNode, text: string): readonly string[] {
  const name = repeatableFunction(statement, text) ?? repeatableClass(statement, text);
  if (name !== undefined) return [name];
  const found = new Set<string>();
  const isRepeatable =
    statement.kind === "if_statement"
      ? choosesDefinitions(statement, text, found) && isAboutCode(statement)
      : statement.kind === "try_statement"
        ? triesImports(statement, text, found) && isAboutCode(statement)
        : isImport(statement, text, found);
  return isRepeatable ? [...found] : [];
}

const CODE: ReadonlySet<string> = new Set([
  "function_definition",
  "class_definition",
  "lambda",
  "import_statement",
  "import_from_statement",
]);

/**
 * Whether it imports or defines something: what only chooses among literals is data. No function in it may assign variables around:
 * that a plain definition does is known of it, but not by which way it was made.
 */
function isAboutCode(statement: SyntaxNode): boolean {
  const kinds = new Set<string>();
  walk(statement, ({ kind }) => {
    kinds.add(kind);
    return undefined;
  });
  const bindsElsewhere = kinds.has("global_statement") || kinds.has("nonlocal_statement");
  return !bindsElsewhere && [...CODE].some((kind) => kinds.has(kind));
}

/** `if` whose branches only bind names to what any process can make. */
function choosesDefinitions(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  return statement.children.every((child) => {
    if (child.kind === "block")
      return child.children.every((one) => isSubstitute(one, text, found));
    if (child.kind === "elif_clause" || child.kind === "else_clause")
      return choosesDefinitions(child, text, found);
    return onlyNamesThings(child, BINDS_OR_WAITS);
  });
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

/** Imports, definitions and names for what is there already, in the clauses as in what is tried. */
function triesImports(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  return statement.children.every((child) => {
    if (child.kind === "block")
      return child.children.every((one) => isSubstitute(one, text, found));
    if (child.kind !== "except_clause" && child.kind !== "else_clause") return false;
    if (fieldOf(child, "alias") !== undefined || childOfKind(child, "as_pattern") !== undefined)
      return false;
    const block = childOfKind(child, "block");
    return block?.children.every((one) => isSubstitute(one, text, found)) === true;
  });
}

function isSubstitute(statement: SyntaxNode, text: string, found: Set<string>): boolean {
  if (statement.kind === "pass_statement" || isImport(statement, text, found)) return true;
  if (statement.kind === "if_statement") return choosesDefinitions(statement, text, found);
  const defined = repeatableFunction(statement, text) ?? repeatableClass(statement, text);
  if (defined !== undefined) {
    found.add(defined);
    return true;
  }
  const assignment = childOfKind(statement, "assignment");
  const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
  const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
  if (left?.kind !== "identifier" || right === undefined) return false;
  found.add(textOf(text, left));
  return literalOf(right, text) !== undefined || isNameOrAttribute(right);
}

function isNameOrAttribute(node: SyntaxNode): boolean {
  if (node.kind === "identifier") return true;
  const object = node.kind === "attribute" ? fieldOf(node, "object") : undefined;
  return object !== undefined && isNameOrAttribute(object);
}

/** The function's name; `undefined` where the statement is none, or defaults or decorators might give something else each time. */
function repeatableFunction(statement: SyntaxNode, text: string): string | undefined {
  const named = namedFunction(statement);
  if (named === undefined || !isMadeTheSame(named.code)) return undefined;
  return textOf(text, named.name);
}

/** Whether its defaults and types only name things. */
function isMadeTheSame(code: SyntaxNode): boolean {
  for (const parameter of fieldOf(code, "parameters")?.children ?? []) {
    const fallback = fieldOf(parameter, "value");
    const type = fieldOf(parameter, "type");
    if (fallback !== undefined && !onlyNamesThings(fallback, MAKES_SOMETHING)) return false;
    if (type !== undefined && !onlyNamesThings(type, RUNS_SOMETHING)) return false;
  }
  const returned = fieldOf(code, "return_type");
  return returned === undefined || onlyNamesThings(returned, RUNS_SOMETHING);
}

/** Without decorators or a metaclass, and with nothing in its body that makes what its instances would share. */
function repeatableClass(statement: SyntaxNode, text: string): string | undefined {
  const name = fieldOf(statement, "name");
  if (statement.kind !== "class_definition" || name === undefined) return undefined;
  const bases = fieldOf(statement, "superclasses")?.children ?? [];
  if (
    !bases.every(
      (base) => base.kind !== "keyword_argument" && onlyNamesThings(base, MAKES_SOMETHING),
    )
  )
    return undefined;
  const body = fieldOf(statement, "body")?.children ?? [];
  return body.every((member) => isPlainMember(member, text)) ? textOf(text, name) : undefined;
}

const METHOD_DECORATORS: ReadonlySet<string> = new Set(["property", "staticmethod", "classmethod"]);

function isPlainMember(member: SyntaxNode, text: string): boolean {
  if (member.kind === "pass_statement") return true;
  if (member.kind === "function_definition") return isMadeTheSame(member);
  if (member.kind === "decorated_definition") {
    const code = fieldOf(member, "definition");
    const decorators = member.children.filter(({ kind }) => kind === "decorator");
    return (
      code?.kind === "function_definition" &&
      isMadeTheSame(code) &&
      decorators.every(({ children: [inner] }) =>
        METHOD_DECORATORS.has(inner === undefined ? "" : textOf(text, inner)),
      )
    );
  }
  const [inner] = member.children;
  if (member.kind !== "expression_statement" || inner === undefined) return false;
  if (inner.kind !== "assignment") return inner.kind === "string";
  const value = fieldOf(inner, "right");
  const type = fieldOf(inner, "type");
  return (
    fieldOf(inner, "left")?.kind === "identifier" &&
    (type === undefined || onlyNamesThings(type, RUNS_SOMETHING)) &&
    (value === undefined || literalOf(value, text) !== undefined)
  );
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

const BINDS_OR_WAITS: ReadonlySet<string> = new Set(["await", "yield", "named_expression"]);

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
