/**
 * Fits and questions inside the notebook's own functions, seen from where these are called: `model = train(X_train, y_train)`,
 * `evaluate(model, X_test)`. A matrix is a parameter, and then the argument is meant, or a variable of the notebook that the function reads.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { InnerCall, ModelCall } from "./model-call.ts";

/** What is needed to look into a function. */
export interface HelperLookup {
  readonly program: FeatureProgram;
  /** Reads a call of a method that fits or asks; `undefined` for all others. */
  readonly innerCall: (node: SyntaxNode, text: string) => InnerCall | undefined;
}

/** The calls that a call of one of the notebook's functions makes, in the terms of the statement it stands in. */
export function callsThroughHelper(
  node: SyntaxNode,
  statement: FeatureStatement,
  { program, innerCall }: HelperLookup,
): readonly ModelCall[] {
  const callee = fieldOf(node, "function");
  if (callee?.kind !== "identifier") return [];
  const name = statement.tree.text.slice(callee.start, callee.end);
  const definition = program.statements.findLast(
    ({ position, facts }) =>
      position < statement.position &&
      facts.definition?.kind === "function" &&
      facts.definition.name === name,
  );
  const body = definition === undefined ? undefined : fieldOf(definition.node, "body");
  if (definition === undefined || body === undefined) return [];
  const helper: Helper = {
    definition,
    body,
    call: node,
    statement,
    given: givenArguments(node, statement, definition),
    rebound: reboundNames(body, definition.tree.text),
  };
  const calls: ModelCall[] = [];
  walk(body, (child) => {
    if (child.kind === "function_definition" || child.kind === "lambda") return false;
    const inner = child.kind === "call" ? innerCall(child, definition.tree.text) : undefined;
    const made = inner === undefined ? undefined : outerCall(inner, helper);
    if (made !== undefined) calls.push(made);
    return undefined;
  });
  return calls;
}

interface Helper {
  readonly definition: FeatureStatement;
  readonly body: SyntaxNode;
  readonly call: SyntaxNode;
  readonly statement: FeatureStatement;
  /** Arguments by parameter; `undefined` for a default. */
  readonly given: ReadonlyMap<string, SyntaxNode | undefined>;
  /** Names that the body binds itself. */
  readonly rebound: ReadonlySet<string>;
}

function outerCall(inner: InnerCall, helper: Helper): ModelCall | undefined {
  const { definition, statement } = helper;
  const variable = outerName(inner.object, helper);
  if (variable === undefined) return undefined;
  const matrix = inner.matrix === undefined ? undefined : outerNode(inner.matrix, helper);
  const target = inner.target === undefined ? undefined : outerNode(inner.target, helper);
  const isRead = matrix?.isGlobal === true;
  // A text can be read from one cell only: both are arguments, or both are the notebook's variables.
  const isMixed = matrix !== undefined && target !== undefined && target.isGlobal !== isRead;
  return {
    statement: isRead ? { ...definition, position: statement.position } : statement,
    variable,
    method: inner.method,
    matrix: isMixed ? undefined : matrix?.node,
    target: isMixed ? undefined : target?.node,
    type: undefined,
  };
}

/** The notebook's name of a model that the function fits: the argument's, or that of what it returns. */
function outerName(object: SyntaxNode, helper: Helper): string | undefined {
  const { definition, statement, given, rebound } = helper;
  if (object.kind !== "identifier") return undefined;
  const name = definition.tree.text.slice(object.start, object.end);
  if (!rebound.has(name)) {
    if (!given.has(name)) return name;
    const node = given.get(name);
    return node?.kind === "identifier"
      ? statement.tree.text.slice(node.start, node.end)
      : returnedName(name, helper);
  }
  return returnedName(name, helper);
}

function returnedName(
  name: string,
  { body, definition, statement, call }: Helper,
): string | undefined {
  const assignment =
    statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  if (left === undefined || right?.start !== call.start || right.end !== call.end) return undefined;
  const returned = body.children.findLast(({ kind }) => kind === "return_statement")?.children[0];
  if (returned === undefined) return undefined;
  const text = (node: SyntaxNode, of: FeatureStatement): string =>
    of.tree.text.slice(node.start, node.end);
  if (left.kind === "identifier")
    return text(returned, definition) === name ? text(left, statement) : undefined;
  const at = returned.children.findIndex((child) => text(child, definition) === name);
  const bound = at === -1 ? undefined : left.children[at];
  return bound?.kind === "identifier" ? text(bound, statement) : undefined;
}

function outerNode(
  node: SyntaxNode,
  { definition, given, rebound }: Helper,
): { readonly node: SyntaxNode; readonly isGlobal: boolean } | undefined {
  if (node.kind !== "identifier") return undefined;
  const name = definition.tree.text.slice(node.start, node.end);
  if (rebound.has(name)) return undefined;
  if (!given.has(name)) return { node, isGlobal: true };
  const argument = given.get(name);
  return argument === undefined ? undefined : { node: argument, isGlobal: false };
}

function givenArguments(
  call: SyntaxNode,
  statement: FeatureStatement,
  definition: FeatureStatement,
): ReadonlyMap<string, SyntaxNode | undefined> {
  const list = fieldOf(call, "arguments")?.children ?? [];
  const positional = list.filter(({ kind }) => kind !== "keyword_argument");
  const byName = new Map<string, SyntaxNode>();
  for (const child of list) {
    const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
    const value = child.kind === "keyword_argument" ? fieldOf(child, "value") : undefined;
    if (key !== undefined && value !== undefined)
      byName.set(statement.tree.text.slice(key.start, key.end), value);
  }
  const isSpread = positional.some(({ kind }) => kind.includes("splat"));
  return new Map(
    (definition.facts.definition?.parameters ?? []).map(
      (name, at) => [name, isSpread ? undefined : (positional[at] ?? byName.get(name))] as const,
    ),
  );
}

function reboundNames(body: SyntaxNode, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  walk(body, (node) => {
    const left = ["assignment", "augmented_assignment", "for_statement"].includes(node.kind)
      ? fieldOf(node, "left")
      : undefined;
    for (const target of left === undefined ? [] : [left, ...left.children])
      if (target.kind === "identifier") names.add(text.slice(target.start, target.end));
    return undefined;
  });
  return names;
}
