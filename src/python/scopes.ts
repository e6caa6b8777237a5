/**
 * Scopes as CPython's `symtable` defines them: which names each scope binds, type parameters too, and where a use looks a name up.
 * Invariant: comprehensions are scopes here although Python 3.12 inlines them, because their variables still do not leak.
 */
import {
  bindPattern,
  bindTarget,
  bindTypeParameter,
  type NameBinder,
  parameterName,
} from "./binding-targets.ts";
import { childOfKind, fieldOf, fieldsOf, type SyntaxNode, type SyntaxTree } from "./syntax.ts";

export type ScopeKind =
  | "module"
  | "function"
  | "lambda"
  | "comprehension"
  | "class"
  | "type-parameters";

/** What one scope does with one name. */
export interface ScopeSymbol {
  readonly name: string;
  /** Assigned, imported, deleted, or bound in any other way here. */
  bound: boolean;
  read: boolean;
  parameter: boolean;
  declaredGlobal: boolean;
  declaredNonlocal: boolean;
  annotated: boolean;
  /** What binds it: only imports and only definitions can be looked through from other places. */
  readonly ways: Set<BindingWay>;
}

export type BindingWay = "import" | "definition" | "other";

/** One scope; `node` is the syntax that opens it. */
export interface Scope {
  readonly kind: ScopeKind;
  /** `lambda`, `genexpr`, `listcomp`, … for unnamed scopes, as `symtable` calls them. */
  readonly name: string;
  readonly node: SyntaxNode;
  readonly parent: Scope | undefined;
  readonly children: Scope[];
  readonly symbols: Map<string, ScopeSymbol>;
}

/** Scopes of one text. `byNode` finds the scope that a definition, lambda, comprehension or class opens. */
export interface ScopeTree {
  readonly module: Scope;
  readonly byNode: ReadonlyMap<SyntaxNode, Scope>;
}

/** Builds all scopes of a text. Linear in the tree. */
export function buildScopes(tree: SyntaxTree): ScopeTree {
  const module = newScope("module", "top", tree.root, undefined);
  const builder: Builder = { text: tree.text, byNode: new Map([[tree.root, module]]) };
  visitAll(builder, tree.root.children, module);
  return { module, byNode: builder.byNode };
}

/** The scope that owns `name` as used in `scope`; the module for globals and builtins. */
export function scopeOwning(scope: Scope, name: string): Scope {
  const own = scope.symbols.get(name);
  const module = moduleOf(scope);
  if (own?.declaredGlobal === true || scope.kind === "module") return module;
  if (own?.bound === true && !own.declaredNonlocal) return scope;
  for (
    let outer = scope.parent;
    outer !== undefined && outer.kind !== "module";
    outer = outer.parent
  ) {
    // A class body does not lend its names to the functions in it.
    if (outer.kind === "class") continue;
    const symbol = outer.symbols.get(name);
    if (symbol?.declaredGlobal === true) return module;
    if (symbol?.bound === true && !symbol.declaredNonlocal) return outer;
  }
  return module;
}

function moduleOf(scope: Scope): Scope {
  let at = scope;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

interface Builder {
  readonly text: string;
  readonly byNode: Map<SyntaxNode, Scope>;
}

function newScope(
  kind: ScopeKind,
  name: string,
  node: SyntaxNode,
  parent: Scope | undefined,
): Scope {
  const scope: Scope = { kind, name, node, parent, children: [], symbols: new Map() };
  parent?.children.push(scope);
  return scope;
}

function openScope(
  builder: Builder,
  node: SyntaxNode,
  opened: { readonly kind: ScopeKind; readonly name: string; readonly parent: Scope },
): Scope {
  const scope = newScope(opened.kind, opened.name, node, opened.parent);
  builder.byNode.set(node, scope);
  return scope;
}

function symbolOf(scope: Scope, name: string): ScopeSymbol {
  let symbol = scope.symbols.get(name);
  if (symbol === undefined) {
    symbol = {
      name,
      bound: false,
      read: false,
      parameter: false,
      declaredGlobal: false,
      declaredNonlocal: false,
      annotated: false,
      ways: new Set(),
    };
    scope.symbols.set(name, symbol);
  }
  return symbol;
}

function bind(scope: Scope, name: string, way: BindingWay = "other"): void {
  const symbol = symbolOf(scope, name);
  symbol.bound = true;
  symbol.ways.add(way);
}

function nameOf(builder: Builder, node: SyntaxNode | undefined): string {
  return node === undefined ? "" : builder.text.slice(node.start, node.end);
}

function visitAll(builder: Builder, nodes: readonly SyntaxNode[], scope: Scope): void {
  for (const node of nodes) visit(builder, node, scope);
}

/** Binds every name of an assignment target; expressions inside (`a[i]`, `a.b`) are uses. */
function visitTarget(builder: Builder, target: SyntaxNode, scope: Scope): void {
  bindTarget(target, binderFor(builder, scope));
}

function binderFor(builder: Builder, scope: Scope): NameBinder {
  return {
    name: (node) => {
      bind(scope, nameOf(builder, node));
    },
    expression: (node) => {
      visit(builder, node, scope);
    },
  };
}

/** Where a walrus inside a comprehension binds: the nearest scope that is no comprehension. */
function walrusScope(scope: Scope): Scope {
  let at = scope;
  while (at.kind === "comprehension" && at.parent !== undefined) at = at.parent;
  return at;
}

function visit(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const visitor = VISITORS[node.kind];
  if (visitor === undefined) visitAll(builder, node.children, scope);
  else visitor(builder, node, scope);
}

type Visitor = (builder: Builder, node: SyntaxNode, scope: Scope) => void;

const VISITORS: Readonly<Record<string, Visitor>> = {
  identifier: (builder, node, scope) => {
    symbolOf(scope, nameOf(builder, node)).read = true;
  },
  attribute: (builder, node, scope) => {
    const object = fieldOf(node, "object");
    if (object !== undefined) visit(builder, object, scope);
  },
  keyword_argument: (builder, node, scope) => {
    const value = fieldOf(node, "value");
    if (value !== undefined) visit(builder, value, scope);
  },
  assignment: (builder, node, scope) => {
    const left = fieldOf(node, "left");
    const right = fieldOf(node, "right");
    const type = fieldOf(node, "type");
    if (right !== undefined) visit(builder, right, scope);
    if (left === undefined) return;
    if (type !== undefined && left.kind === "identifier") {
      symbolOf(scope, nameOf(builder, left)).annotated = true;
    }
    // `(x): int` without a value says nothing about where `x` is.
    if (right !== undefined || left.kind !== "tuple_pattern") visitTarget(builder, left, scope);
    if (type !== undefined) visit(builder, type, scope);
  },
  augmented_assignment: (builder, node, scope) => {
    const left = fieldOf(node, "left");
    const right = fieldOf(node, "right");
    if (left !== undefined) visitTarget(builder, left, scope);
    if (right !== undefined) visit(builder, right, scope);
  },
  named_expression: (builder, node, scope) => {
    const name = fieldOf(node, "name");
    const value = fieldOf(node, "value");
    if (value !== undefined) visit(builder, value, scope);
    const owner = walrusScope(scope);
    const text = nameOf(builder, name);
    bind(owner, text);
    if (owner === scope) return;
    // `symtable` marks the name in the comprehension as belonging to the scope outside.
    const inner = symbolOf(scope, text);
    bind(scope, text);
    if (owner.kind === "module" || owner.symbols.get(text)?.declaredGlobal === true)
      inner.declaredGlobal = true;
    else inner.declaredNonlocal = true;
  },
  for_statement: (builder, node, scope) => {
    for (const child of node.children) {
      if (child.field === "left") visitTarget(builder, child, scope);
      else visit(builder, child, scope);
    }
  },
  as_pattern: (builder, node, scope) => {
    const [value] = node.children;
    const alias = fieldOf(node, "alias");
    if (value !== undefined) visit(builder, value, scope);
    for (const target of alias?.children ?? []) visitTarget(builder, target, scope);
  },
  case_clause: (builder, node, scope) => {
    for (const child of node.children) {
      if (child.kind === "case_pattern")
        bindPattern(child, builder.text, binderFor(builder, scope));
      else visit(builder, child, scope);
    }
  },
  delete_statement: (builder, node, scope) => {
    for (const child of node.children) visitTarget(builder, child, scope);
  },
  global_statement: (builder, node, scope) => {
    for (const child of node.children)
      symbolOf(scope, nameOf(builder, child)).declaredGlobal = true;
  },
  nonlocal_statement: (builder, node, scope) => {
    for (const child of node.children)
      symbolOf(scope, nameOf(builder, child)).declaredNonlocal = true;
  },
  import_statement: visitImport,
  import_from_statement: visitImport,
  future_import_statement: visitImport,
  function_definition: visitFunction,
  lambda: visitLambda,
  class_definition: visitClass,
  type_alias_statement: visitTypeAlias,
  list_comprehension: visitComprehension,
  set_comprehension: visitComprehension,
  dictionary_comprehension: visitComprehension,
  generator_expression: visitComprehension,
};

function visitImport(builder: Builder, node: SyntaxNode, scope: Scope): void {
  for (const imported of fieldsOf(node, "name")) {
    if (imported.kind === "aliased_import") {
      bind(scope, nameOf(builder, fieldOf(imported, "alias")), "import");
    } else {
      bind(scope, nameOf(builder, imported.children[0]), "import");
    }
  }
}

/** Opens the scope of type parameters when there are any, else gives back `scope`. */
function visitTypeParameters(builder: Builder, node: SyntaxNode, scope: Scope): Scope {
  const parameters = fieldOf(node, "type_parameters");
  if (parameters === undefined) return scope;
  const name = nameOf(builder, fieldOf(node, "name"));
  const inner = openScope(builder, parameters, { kind: "type-parameters", name, parent: scope });
  for (const parameter of parameters.children)
    bindTypeParameter(parameter, binderFor(builder, inner));
  return inner;
}

function visitFunction(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const name = nameOf(builder, fieldOf(node, "name"));
  bind(scope, name, "definition");
  const parameters = fieldOf(node, "parameters");
  const returns = fieldOf(node, "return_type");
  visitDefaults(builder, parameters, scope);
  const outer = visitTypeParameters(builder, node, scope);
  visitAnnotations(builder, parameters, outer);
  if (returns !== undefined) visit(builder, returns, outer);
  const inner = openScope(builder, node, { kind: "function", name, parent: outer });
  bindParameters(builder, parameters, inner);
  const body = fieldOf(node, "body");
  if (body !== undefined) visit(builder, body, inner);
}

function visitLambda(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const parameters = fieldOf(node, "parameters");
  visitDefaults(builder, parameters, scope);
  const inner = openScope(builder, node, { kind: "lambda", name: "lambda", parent: scope });
  bindParameters(builder, parameters, inner);
  const body = fieldOf(node, "body");
  if (body !== undefined) visit(builder, body, inner);
}

function visitDefaults(builder: Builder, parameters: SyntaxNode | undefined, scope: Scope): void {
  for (const parameter of parameters?.children ?? []) {
    const value = fieldOf(parameter, "value");
    if (value !== undefined) visit(builder, value, scope);
  }
}

function visitAnnotations(
  builder: Builder,
  parameters: SyntaxNode | undefined,
  scope: Scope,
): void {
  for (const parameter of parameters?.children ?? []) {
    const type = fieldOf(parameter, "type");
    if (type !== undefined) visit(builder, type, scope);
  }
}

function bindParameters(builder: Builder, parameters: SyntaxNode | undefined, scope: Scope): void {
  for (const parameter of parameters?.children ?? []) {
    const name = parameterName(parameter);
    if (name === undefined) continue;
    const symbol = symbolOf(scope, nameOf(builder, name));
    symbol.parameter = true;
    symbol.bound = true;
  }
}

function visitClass(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const name = nameOf(builder, fieldOf(node, "name"));
  bind(scope, name, "definition");
  const outer = visitTypeParameters(builder, node, scope);
  const superclasses = fieldOf(node, "superclasses");
  if (superclasses !== undefined) visit(builder, superclasses, outer);
  const inner = openScope(builder, node, { kind: "class", name, parent: outer });
  const body = fieldOf(node, "body");
  if (body !== undefined) visit(builder, body, inner);
}

function visitTypeAlias(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const left = fieldOf(node, "left")?.children[0];
  const right = fieldOf(node, "right");
  if (left === undefined) return;
  const generic = left.kind === "generic_type" ? left : undefined;
  const name = nameOf(builder, generic === undefined ? left : generic.children[0]);
  bind(scope, name);
  const parameters = generic === undefined ? undefined : childOfKind(generic, "type_parameter");
  let outer = scope;
  if (parameters !== undefined) {
    outer = openScope(builder, parameters, { kind: "type-parameters", name, parent: scope });
    for (const parameter of parameters.children)
      bindTypeParameter(parameter, binderFor(builder, outer));
  }
  // The right side is evaluated lazily, in a scope of its own.
  const inner = openScope(builder, node, { kind: "function", name, parent: outer });
  if (right !== undefined) visit(builder, right, inner);
}

const COMPREHENSION_NAMES: Readonly<Record<string, string>> = {
  list_comprehension: "listcomp",
  set_comprehension: "setcomp",
  dictionary_comprehension: "dictcomp",
  generator_expression: "genexpr",
};

/** The first iterable is evaluated outside, everything else inside. */
function visitComprehension(builder: Builder, node: SyntaxNode, scope: Scope): void {
  const clauses = node.children.filter(
    (child) => child.kind === "for_in_clause" || child.kind === "if_clause",
  );
  const first = clauses[0];
  for (const iterable of first === undefined ? [] : fieldsOf(first, "right"))
    visit(builder, iterable, scope);
  const name = COMPREHENSION_NAMES[node.kind] ?? "genexpr";
  const inner = openScope(builder, node, { kind: "comprehension", name, parent: scope });
  for (const clause of clauses) {
    for (const child of clause.children) {
      if (child.field === "left") visitTarget(builder, child, inner);
      else if (clause !== first || child.field !== "right") visit(builder, child, inner);
    }
  }
  const body = fieldOf(node, "body");
  if (body !== undefined) visit(builder, body, inner);
}
