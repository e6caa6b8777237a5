/** Everything about a program that holds independently of the order of its statements. */
import { buildEffectTables } from "./effects.ts";
import type { SourceUnit } from "./facts.ts";
import { globalDeclarations } from "./global-declarations.ts";
import { importedNames } from "./import-statement.ts";
import { classDataOf } from "./interpretation/class-data.ts";
import { callBound } from "./interpretation/evaluate-call.ts";
import { evaluateExpression } from "./interpretation/evaluate-expression.ts";
import { describeCode } from "./interpretation/execute-definition.ts";
import { executeStatement } from "./interpretation/execute-statement.ts";
import { newHeap } from "./interpretation/heap.ts";
import type { Code, Program, Unit } from "./interpretation/model.ts";
import { makeSummarizer } from "./interpretation/summarize.ts";
import type { Work } from "./interpretation/work.ts";
import type { PythonParser } from "./parse.ts";
import { buildScopes, type Scope } from "./scopes.ts";
import { fieldOf, type SyntaxNode, statementsOf, textOf, walk } from "./syntax.ts";
import { exposedNames, unreadBindings } from "./unread-bindings.ts";

const TABLES = buildEffectTables();

/** Parses a unit and finds its scopes. */
export function buildUnit(source: SourceUnit, index: number, parser: PythonParser): Unit {
  const tree = parser.parse(source.text);
  return { index, text: source.text, tree, scopes: buildScopes(tree) };
}

/** Collects bound names, imports and definitions of all units, in order. */
export function buildProgram(
  units: readonly Unit[],
  work: Work,
  options: { readonly listsNames?: boolean } = {},
): Program {
  const ways = new Map<string, Set<string>>();
  const imports = new Map<string, Set<string>>();
  const codeByNode = new Map<SyntaxNode, Code>();
  const definitions = new Map<string, Code[]>();
  const methods = new Map<string, Code[]>();
  const codeOf = (node: SyntaxNode, unit: Unit, scope: Scope): Code => {
    let code = codeByNode.get(node);
    if (code === undefined) {
      code = describeCode(node, unit, scope);
      codeByNode.set(node, code);
      for (const [name, method] of code.methods) {
        codeByNode.set(method.node, method);
        push(methods, name, method);
      }
    }
    return code;
  };
  for (const unit of units) {
    collectWays(unit.scopes.module, true, ways);
    collectImports(unit, imports);
    for (const child of moduleDefinitions(unit.scopes.module)) {
      const code = codeOf(child.node, unit, child);
      push(definitions, code.name, code);
    }
    for (const { name, node } of namedLambdas(unit))
      push(definitions, name, codeOf(node, unit, unit.scopes.module));
  }
  const imported = new Map<string, string>();
  for (const [name, targets] of imports) {
    const [only] = targets;
    if (targets.size === 1 && only !== undefined && ways.get(name)?.size === 1)
      imported.set(name, TABLES.canonicalName(only));
  }
  return {
    tables: TABLES,
    texts: units.map(({ text }) => text),
    environment: new Map(),
    boundNames: new Set(ways.keys()),
    definedNames: new Set(
      [...ways]
        .filter(([, found]) => found.size === 1 && found.has("definition"))
        .map(([name]) => name),
    ),
    importedNames: imported,
    definitions,
    classData: classDataOf(units),
    classBodies: new Map(),
    unread: unreadBindings(
      units.map(({ text, scopes, tree }) => ({ text, scopes, nodes: statementsOf(tree) })),
    ),
    hiddenGlobals: units.flatMap((unit) => hiddenGlobalsOf(unit)),
    methods,
    codeByNode,
    summaries: new Map(),
    heap: newHeap(work, options.listsNames),
    sharing: new Map(),
    objects: new Map(),
    attributes: new Map(),
    origins: new Map(),
    restObjects: new Map(),
    tupleParts: new Map(),
    leftByCalls: new Map(),
    loose: new Set(),
    lingering: new Map(),
    stored: new Map(),
    engine: {
      evaluate: evaluateExpression,
      execute: executeStatement,
      summarize: makeSummarizer(),
      codeOf: (node, frame) => codeOf(node, frame.unit, frame.scope),
      callBound,
    },
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** How each module-level name is bound, `global` declarations in functions included. */
function collectWays(scope: Scope, isModule: boolean, ways: Map<string, Set<string>>): void {
  for (const symbol of scope.symbols.values()) {
    if (!symbol.bound || !(isModule || symbol.declaredGlobal)) continue;
    const known = ways.get(symbol.name) ?? new Set();
    for (const way of isModule ? symbol.ways : ["other"]) known.add(way);
    ways.set(symbol.name, known);
  }
  for (const child of scope.children) collectWays(child, false, ways);
}

/** Import statements that run in the module's scope. */
function collectImports(unit: Unit, imports: Map<string, Set<string>>): void {
  walk(unit.tree.root, (node) => {
    if (
      node.kind === "function_definition" ||
      node.kind === "class_definition" ||
      node.kind === "expression_statement"
    )
      return false;
    if (!node.kind.startsWith("import_")) return undefined;
    for (const bound of importedNames(node, unit.text)) {
      const known = imports.get(bound.name) ?? new Set();
      known.add(bound.qualified ?? `?${bound.name}`);
      if (bound.qualified === undefined) known.add("?");
      imports.set(bound.name, known);
    }
    return false;
  });
}

function hiddenGlobalsOf(unit: Unit): Program["hiddenGlobals"] {
  const declared = globalDeclarations(unit.tree).flatMap(({ node, hiddenBy }) =>
    [...hiddenBy].map(([name, within]) => ({ kind: "global" as const, name, within, node })),
  );
  return [...declared, ...readByClassBodies(unit)].map(({ kind, name, within, node }) => ({
    kind,
    name,
    within,
    span: { start: node.start, end: node.end },
    unit,
  }));
}

/** What a class body binds it looks up in itself and in the module, never in a function around. */
function readByClassBodies(unit: Unit): readonly {
  readonly kind: "class-body";
  readonly name: string;
  readonly within: string;
  readonly node: SyntaxNode;
}[] {
  return [...unit.scopes.byNode].flatMap(([node, scope]) => {
    const body = scope.kind === "class" ? fieldOf(node, "body") : undefined;
    if (body === undefined) return [];
    const exposed = exposedNames(body, { text: unit.text, scopes: unit.scopes, nodes: [] });
    return [...exposed]
      .filter((name) => scope.symbols.get(name)?.bound === true)
      .map((name) => ({ kind: "class-body" as const, name, within: scope.name, node }));
  });
}

function moduleDefinitions(module: Scope): readonly Scope[] {
  return module.children.flatMap((child) => {
    if (child.kind === "type-parameters") return moduleDefinitions(child);
    const isDefinition =
      child.node.kind === "function_definition" || child.node.kind === "class_definition";
    return isDefinition ? [child] : [];
  });
}

/** `name = lambda …` at the top level defines a function too. */
function namedLambdas(unit: Unit): readonly { readonly name: string; readonly node: SyntaxNode }[] {
  return unit.tree.root.children.flatMap((statement) => {
    const [assignment] = statement.children;
    if (assignment?.kind !== "assignment") return [];
    const left = fieldOf(assignment, "left");
    const right = fieldOf(assignment, "right");
    return left?.kind === "identifier" && right?.kind === "lambda"
      ? [{ name: textOf(unit.text, left), node: right }]
      : [];
  });
}
