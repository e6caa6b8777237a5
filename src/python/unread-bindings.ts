/**
 * Which earlier values of the names that a statement binds nobody reads any more, told from syntax alone: after the statement, every
 * way to a read of the name leads through another that surely binds it first. A loop variable mostly is such a name.
 * Errs towards "somebody reads it". Linear in the text.
 */

import { bindTarget } from "./binding-targets.ts";
import { importedNames } from "./import-statement.ts";
import { type Scope, type ScopeTree, scopeOwning } from "./scopes.ts";
import { childOfKind, fieldOf, fieldsOf, type SyntaxNode, textOf, walk } from "./syntax.ts";

/** A text and the statements of it that are run. */
export interface ReadUnit {
  readonly text: string;
  readonly scopes: ScopeTree;
  readonly nodes: readonly SyntaxNode[];
}

/** By statement, the names it may bind that nothing after it reads before they are surely bound again. */
export function unreadBindings(
  units: readonly ReadUnit[],
): ReadonlyMap<SyntaxNode, ReadonlySet<string>> {
  const unread = new Map<SyntaxNode, ReadonlySet<string>>();
  if (units.some(({ text }) => READS_BY_TEXT.test(text))) return unread;
  // Code that runs at some other time may read its names at any time.
  const anytime = new Set<string>();
  for (const { scopes } of units) collectLater(scopes.module, false, anytime);
  const uses = units.flatMap((unit) => unit.nodes.map((node) => ({ node, ...usesOf(node, unit) })));
  const needed = new Set<string>();
  for (const { node, exposed, sure, bound } of uses.reverse()) {
    unread.set(node, new Set([...bound].filter((name) => !needed.has(name) && !anytime.has(name))));
    for (const name of sure) needed.delete(name);
    for (const name of exposed) needed.add(name);
  }
  return unread;
}

/** What may read variables without saying their names outside of a string. */
const READS_BY_TEXT =
  /\b(?:exec|eval|query|globals|locals|vars|__dict__|_getframe|currentframe|f_globals|get_ipython)\b|\bmodules\[|\bimport __main__/;

function collectLater(scope: Scope, isLater: boolean, names: Set<string>): void {
  const later = isLater || (scope.kind !== "module" && !runsInPlace(scope));
  if (later)
    for (const { name, read } of scope.symbols.values())
      if (read && (scope.kind === "class" || scopeOwning(scope, name).kind === "module"))
        names.add(name);
  for (const child of scope.children) collectLater(child, later, names);
}

function runsInPlace({ kind, name }: Scope): boolean {
  return kind === "comprehension" && name !== "genexpr";
}

interface Uses {
  /** Names that may be read before the statement has surely bound them. */
  readonly exposed: Set<string>;
  readonly sure: Set<string>;
  readonly bound: Set<string>;
}

interface Reader {
  readonly unit: ReadUnit;
  readonly exposed: Set<string>;
  readonly bound: Set<string>;
  /** What is surely bound where the reader stands. */
  sure: Set<string>;
}

function usesOf(node: SyntaxNode, unit: ReadUnit): Uses {
  const reader: Reader = { unit, exposed: new Set(), bound: new Set(), sure: new Set() };
  readStatement(node, reader);
  return reader;
}

/** Names that running the statement may look up before it has surely bound them itself. */
export function exposedNames(node: SyntaxNode, unit: ReadUnit): ReadonlySet<string> {
  return usesOf(node, unit).exposed;
}

function readStatement(node: SyntaxNode, reader: Reader): void {
  const read = STATEMENTS[node.kind];
  if (read === undefined) readExpression(node, reader);
  else read(node, reader);
}

const STATEMENTS: Readonly<Record<string, (node: SyntaxNode, reader: Reader) => void>> = {
  block: readStatements,
  expression_statement: readStatements,
  assignment: (node, reader) => {
    const right = fieldOf(node, "right");
    readField(node, "type", reader);
    if (right === undefined) return;
    readStatement(right, reader);
    bindField(node, "left", reader);
  },
  augmented_assignment: (node, reader) => {
    readExpression(node, reader);
    bindField(node, "left", reader);
  },
  import_statement: readImport,
  import_from_statement: readImport,
  future_import_statement: readImport,
  if_statement: (node, reader) => {
    readField(node, "condition", reader);
    readMaybe(
      node.children.filter(({ field }) => field !== "condition"),
      reader,
    );
  },
  elif_clause: (node, reader) => {
    readField(node, "condition", reader);
    readMaybe(fieldsOf(node, "consequence"), reader);
  },
  else_clause: readStatements,
  while_statement: (node, reader) => {
    readField(node, "condition", reader);
    readMaybe(
      node.children.filter(({ field }) => field !== "condition"),
      reader,
    );
  },
  for_statement: (node, reader) => {
    readField(node, "right", reader);
    const { sure } = reader;
    reader.sure = new Set(sure);
    bindField(node, "left", reader);
    readMaybe(fieldsOf(node, "body"), reader);
    reader.sure = sure;
    readMaybe(fieldsOf(node, "alternative"), reader);
  },
  with_statement: (node, reader) => {
    for (const item of childOfKind(node, "with_clause")?.children ?? []) {
      const managed = fieldOf(item, "value");
      const alias = managed?.kind === "as_pattern" ? fieldOf(managed, "alias") : undefined;
      const expression = managed?.kind === "as_pattern" ? managed.children[0] : managed;
      readExpression(expression ?? item, reader);
      if (alias !== undefined) bind(alias, reader);
    }
    readMaybe(fieldsOf(node, "body"), reader);
  },
  try_statement: (node, reader) => {
    for (const child of node.children) readMaybe([child], reader);
  },
  except_clause: readExcept,
  finally_clause: readStatements,
  function_definition: readDefinition,
  class_definition: readDefinition,
  decorated_definition: (node, reader) => {
    for (const child of node.children) {
      if (child.kind === "decorator") readExpression(child, reader);
      else readStatement(child, reader);
    }
  },
};

function readStatements(node: SyntaxNode, reader: Reader): void {
  for (const child of node.children) readStatement(child, reader);
}

/** Each of them may run or not, and may be left anywhere. */
function readMaybe(nodes: readonly SyntaxNode[], reader: Reader): void {
  const { sure } = reader;
  for (const node of nodes) {
    reader.sure = new Set(sure);
    readStatement(node, reader);
  }
  reader.sure = sure;
}

function readField(node: SyntaxNode, field: string, reader: Reader): void {
  for (const child of fieldsOf(node, field)) readExpression(child, reader);
}

function bindField(node: SyntaxNode, field: string, reader: Reader): void {
  for (const child of fieldsOf(node, field)) bind(child, reader);
}

function bind(target: SyntaxNode, reader: Reader): void {
  bindTarget(target, {
    name: (node) => {
      bindName(textOf(reader.unit.text, node), reader);
    },
    expression: (node) => {
      readExpression(node, reader);
    },
  });
}

function bindName(name: string, reader: Reader): void {
  reader.bound.add(name);
  reader.sure.add(name);
}

function readImport(node: SyntaxNode, reader: Reader): void {
  for (const { name } of importedNames(node, reader.unit.text)) bindName(name, reader);
}

function readExcept(node: SyntaxNode, reader: Reader): void {
  for (const child of node.children) {
    const alias = child.kind === "as_pattern" ? fieldOf(child, "alias") : undefined;
    const [caught] = child.children;
    if (alias === undefined || caught === undefined) {
      readStatement(child, reader);
      continue;
    }
    readExpression(caught, reader);
    bind(alias, reader);
  }
}

/** What it evaluates when it is made; its body is read at any time. */
function readDefinition(node: SyntaxNode, reader: Reader): void {
  for (const child of node.children) {
    if (child.field === "parameters") readDefaults(child, reader);
    else if (child.field !== "body" && child.field !== "name") readExpression(child, reader);
  }
  const name = fieldOf(node, "name");
  if (name !== undefined) bindName(textOf(reader.unit.text, name), reader);
}

function readDefaults(parameters: SyntaxNode, reader: Reader): void {
  for (const parameter of parameters.children) {
    readField(parameter, "value", reader);
    readField(parameter, "type", reader);
  }
}

/** Every identifier in it counts as read, unless it is a variable of a comprehension or of other code inside. */
function readExpression(node: SyntaxNode, reader: Reader): void {
  const { text, scopes } = reader.unit;
  walk(node, (inner) => {
    if (inner.kind === "lambda") {
      for (const parameters of fieldsOf(inner, "parameters")) readDefaults(parameters, reader);
      return false;
    }
    const scope = scopes.byNode.get(inner);
    if (scope?.kind === "comprehension") {
      readComprehension(inner, scope, reader);
      return false;
    }
    if (inner.kind === "identifier" && !LABELS.has(inner.field ?? ""))
      expose(textOf(text, inner), reader);
    return undefined;
  });
}

/** The fields of identifiers that are no variables (`a.name`, `f(name=…)`) or are bound (`(name := …)`). */
const LABELS: ReadonlySet<string> = new Set(["attribute", "name"]);

function expose(name: string, { sure, exposed }: Reader): void {
  if (!sure.has(name)) exposed.add(name);
}

/** What it iterates over first is read outside of it. */
function readComprehension(node: SyntaxNode, scope: Scope, reader: Reader): void {
  const first = childOfKind(node, "for_in_clause");
  if (first !== undefined) readField(first, "right", reader);
  exposeReads(scope, reader);
}

function exposeReads(scope: Scope, reader: Reader): void {
  for (const { name, read } of scope.symbols.values())
    if (read && scopeOwning(scope, name).kind === "module") expose(name, reader);
  for (const child of scope.children) exposeReads(child, reader);
}
