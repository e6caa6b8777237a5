/** Calls of functions whose lines may stand in front of the statement: whatever is evaluated before the call must not notice. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { ClassDefinition } from "./class-definition.ts";
import type { Instances } from "./instances.ts";

/** A call inside a simple statement. */
export interface FoundCall {
  /** The statement of the notebook around it. */
  readonly statement: FeatureStatement;
  /** The simple statement that the call stands in: the statement itself, or one in its blocks. */
  readonly host: SyntaxNode;
  readonly call: SyntaxNode;
  readonly name: string;
  /** Arguments in order of evaluation; of `df.pipe(clean)` the first is `df`, of a method the object. */
  readonly arguments: readonly GivenArgument[];
  /** The method that is called, when it is one. */
  readonly method: MethodCall | undefined;
}

/** A method of an object that a variable holds; `__init__` where the object is made. */
export interface MethodCall {
  readonly variable: string;
  readonly name: string;
  /** All methods that its class defines. */
  readonly methods: ReadonlySet<string>;
}

/** What calls are looked for. */
export interface Wanted {
  readonly functions: ReadonlySet<string>;
  readonly instances: Instances;
}

/** One argument as it is written. */
export interface GivenArgument {
  readonly keyword: string | undefined;
  readonly node: SyntaxNode;
}

/** A call, nothing that matters, or something that has to happen first. */
type Evaluation = SyntaxNode | "inert" | "matters";

/** One call for each simple statement: the first that is evaluated there. */
export function findCalls(program: FeatureProgram, wanted: Wanted): readonly FoundCall[] {
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
          : firstCall(expression, { text, wanted, program });
      if (typeof call === "object") found.push(...describeCall(statement, host, { call, wanted }));
      return false;
    });
  }
  return found;
}

function describeCall(
  statement: FeatureStatement,
  host: SyntaxNode,
  { call, wanted }: { readonly call: SyntaxNode; readonly wanted: Wanted },
): readonly FoundCall[] {
  const { text } = statement.tree;
  const method = calledMethod(call, text, wanted);
  if (method !== undefined)
    return [
      {
        statement,
        host,
        call,
        name: `${method.variable}.${method.name}`,
        arguments: [{ keyword: undefined, node: method.object }, ...writtenArguments(call, text)],
        method,
      },
    ];
  const made = constructedBy(host, call, { text, wanted });
  if (made !== undefined)
    return [
      {
        statement,
        host,
        call,
        name: `${made.variable}.__init__`,
        arguments: [{ keyword: undefined, node: made.object }, ...writtenArguments(call, text)],
        method: { ...made, name: "__init__" },
      },
    ];
  const name = calledName(call, text, wanted.functions);
  if (name === undefined) return [];
  const list = argumentsOfCall(call, text, wanted.functions);
  return [{ statement, host, call, name, arguments: list, method: undefined }];
}

/** `p.fit(df)` of an object that is followed. */
function calledMethod(
  call: SyntaxNode,
  text: string,
  { instances }: Wanted,
): (MethodCall & { readonly object: SyntaxNode }) | undefined {
  const callee = fieldOf(call, "function");
  const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const attribute = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  if (object?.kind !== "identifier" || attribute === undefined) return undefined;
  const variable = text.slice(object.start, object.end);
  const known = instances.get(variable);
  if (known === undefined) return undefined;
  const name = text.slice(attribute.start, attribute.end);
  return { variable, object, name, methods: methodsOf(known) };
}

/** `p` in `p = Preprocessor()`. */
function constructedBy(
  host: SyntaxNode,
  call: SyntaxNode,
  { text, wanted }: { readonly text: string; readonly wanted: Wanted },
): Omit<MethodCall & { readonly object: SyntaxNode }, "name"> | undefined {
  const [assignment] = host.children;
  const object = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  const variable = object === undefined ? "" : text.slice(object.start, object.end);
  const known = wanted.instances.get(variable);
  return object !== undefined && known !== undefined && className(call, text, wanted) === known.name
    ? { variable, object, methods: methodsOf(known) }
    : undefined;
}

function methodsOf({ methods, isTransformer }: ClassDefinition): ReadonlySet<string> {
  return new Set([...methods.keys(), ...(isTransformer ? ["fit_transform"] : [])]);
}

function className(call: SyntaxNode, text: string, { instances }: Wanted): string | undefined {
  const callee = fieldOf(call, "function");
  const name = callee?.kind === "identifier" ? text.slice(callee.start, callee.end) : undefined;
  return [...instances.values()].some((known) => known.name === name) ? name : undefined;
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
  readonly wanted: Wanted;
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
  const given = writtenArguments(call, text);
  const receiver = callee === undefined ? undefined : fieldOf(callee, "object");
  const isPiped = receiver !== undefined && calledName(call, text, names) !== undefined;
  return isPiped && isPipe(callee, text)
    ? [{ keyword: undefined, node: receiver }, ...given.slice(1)]
    : given;
}

function writtenArguments(call: SyntaxNode, text: string): readonly GivenArgument[] {
  return (fieldOf(call, "arguments")?.children ?? []).map((child): GivenArgument => {
    const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
    const value = child.kind === "keyword_argument" ? fieldOf(child, "value") : undefined;
    return {
      keyword: key === undefined ? undefined : text.slice(key.start, key.end),
      node: value ?? child,
    };
  });
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
  const { wanted } = lookup;
  const isFound =
    calledName(node, text, wanted.functions) !== undefined ||
    calledMethod(node, text, wanted) !== undefined ||
    className(node, text, wanted) !== undefined;
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
