/** Calls of functions whose lines may stand in front of the statement: whatever is evaluated before the call must not notice. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";

/** A call inside a simple statement. */
export interface FoundCall {
  /** The statement of the notebook around it. */
  readonly statement: FeatureStatement;
  /** The simple statement that the call stands in: the statement itself, or one in its blocks. */
  readonly host: SyntaxNode;
  readonly call: SyntaxNode;
  readonly name: string;
  /** Arguments in order of evaluation; of `df.pipe(clean)` the first is `df`. */
  readonly arguments: readonly GivenArgument[];
}

/** One argument as it is written. */
export interface GivenArgument {
  readonly keyword: string | undefined;
  readonly node: SyntaxNode;
}

/** A call, nothing that matters, or something that has to happen first. */
type Evaluation = SyntaxNode | "inert" | "matters";

/** One call for each simple statement: the first that is evaluated there. */
export function findCalls(
  program: FeatureProgram,
  names: ReadonlySet<string>,
): readonly FoundCall[] {
  const found: FoundCall[] = [];
  for (const statement of program.statements) {
    if (statement.facts.definition !== undefined) continue;
    walk(statement.node, (host) => {
      if (host.kind === "function_definition" || host.kind === "class_definition") return false;
      if (host.kind !== "expression_statement") return undefined;
      const { text } = statement.tree;
      const [expression] = host.children;
      const call =
        expression === undefined || host.children.length > 1
          ? undefined
          : firstCall(expression, { text, names, program });
      if (typeof call === "object") {
        const name = calledName(call, text, names);
        if (name !== undefined)
          found.push({
            statement,
            host,
            call,
            name,
            arguments: argumentsOfCall(call, text, names),
          });
      }
      return false;
    });
  }
  return found;
}

/** Names of functions that a node calls or hands rows to by `pipe`. */
export function calledNames(
  node: SyntaxNode,
  text: string,
  names: ReadonlySet<string>,
): readonly string[] {
  const called: string[] = [];
  walk(node, (child) => {
    const name = child.kind === "call" ? calledName(child, text, names) : undefined;
    if (name !== undefined) called.push(name);
    return undefined;
  });
  return called;
}

interface Lookup {
  readonly text: string;
  readonly names: ReadonlySet<string>;
  readonly program: FeatureProgram;
}

function calledName(
  call: SyntaxNode,
  text: string,
  names: ReadonlySet<string>,
): string | undefined {
  const callee = fieldOf(call, "function");
  const list = fieldOf(call, "arguments")?.children ?? [];
  const named = isPipe(callee, text) ? list[0] : callee;
  const name = named?.kind === "identifier" ? text.slice(named.start, named.end) : undefined;
  return name !== undefined && names.has(name) ? name : undefined;
}

function isPipe(callee: SyntaxNode | undefined, text: string): boolean {
  const attribute = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  return attribute !== undefined && text.slice(attribute.start, attribute.end) === "pipe";
}

function argumentsOfCall(
  call: SyntaxNode,
  text: string,
  names: ReadonlySet<string>,
): readonly GivenArgument[] {
  const callee = fieldOf(call, "function");
  const list = fieldOf(call, "arguments")?.children ?? [];
  const given = list.map((child): GivenArgument => {
    const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
    const value = child.kind === "keyword_argument" ? fieldOf(child, "value") : undefined;
    return {
      keyword: key === undefined ? undefined : text.slice(key.start, key.end),
      node: value ?? child,
    };
  });
  const receiver = callee === undefined ? undefined : fieldOf(callee, "object");
  const isPiped = receiver !== undefined && calledName(call, text, names) !== undefined;
  return isPiped && isPipe(callee, text)
    ? [{ keyword: undefined, node: receiver }, ...given.slice(1)]
    : given;
}

/** Kinds whose parts are evaluated one after the other, and that only hold them. */
const CONTAINERS: ReadonlySet<string> = new Set([
  "argument_list",
  "dictionary",
  "expression_list",
  "list",
  "pair",
  "parenthesized_expression",
  "set",
  "tuple",
]);
/** Kinds that look at what their parts are. */
const OPERATIONS: ReadonlySet<string> = new Set([
  "binary_operator",
  "comparison_operator",
  "subscript",
  "unary_operator",
]);
const LITERALS: ReadonlySet<string> = new Set(["integer", "float", "true", "false", "none"]);

/** The first call of one of the functions, if nothing before it looks at values. */
function firstCall(node: SyntaxNode, lookup: Lookup): Evaluation {
  const { text } = lookup;
  if (node.kind === "assignment") {
    const right = fieldOf(node, "right");
    return right === undefined ? "inert" : firstCall(right, lookup);
  }
  if (node.kind === "augmented_assignment") {
    const right = fieldOf(node, "right");
    const isName = fieldOf(node, "left")?.kind === "identifier";
    return right === undefined || !isName ? "matters" : firstCall(right, lookup);
  }
  if (node.kind === "identifier" || LITERALS.has(node.kind)) return "inert";
  if (node.kind === "string")
    return node.children.some(({ kind }) => kind === "interpolation") ? "matters" : "inert";
  if (node.kind === "keyword_argument") {
    const value = fieldOf(node, "value");
    return value === undefined ? "matters" : firstCall(value, lookup);
  }
  if (CONTAINERS.has(node.kind)) return firstOf(node.children, lookup);
  if (OPERATIONS.has(node.kind)) {
    const first = firstOf(node.children, lookup);
    return first === "inert" ? "matters" : first;
  }
  if (node.kind === "attribute") {
    const object = fieldOf(node, "object");
    const first = object === undefined ? "matters" : firstCall(object, lookup);
    if (first !== "inert") return first;
    const isModule =
      object?.kind === "identifier" &&
      lookup.program.statements.some(({ facts }) =>
        facts.imports.some(({ name }) => name === text.slice(object.start, object.end)),
      );
    return isModule ? "inert" : "matters";
  }
  if (node.kind !== "call") return "matters";
  const callee = fieldOf(node, "function");
  const list = fieldOf(node, "arguments");
  if (callee === undefined || list === undefined) return "matters";
  // The arguments of a call that is written out are evaluated in their turn, whatever they are; of `df.pipe(clean)` that is `df` too.
  const isFound = calledName(node, text, lookup.names) !== undefined;
  const object = callee.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  for (const part of [object ?? callee, list]) {
    const first = firstCall(part, lookup);
    if (typeof first === "object") return first;
    if (first === "matters") return isFound ? node : first;
  }
  return isFound ? node : "matters";
}

function firstOf(nodes: readonly SyntaxNode[], lookup: Lookup): Evaluation {
  for (const node of nodes) {
    const found = firstCall(node, lookup);
    if (found !== "inert") return found;
  }
  return "inert";
}
