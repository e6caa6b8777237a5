/**
 * Calls of the notebook's own functions with rows: the body must be one straight line of row-wise statements. The function itself is then
 * used unchanged in both halves. A helper that only reduces rows to statistics is called in `fit` alone.
 */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { evaluateTarget } from "./assignment-target.ts";
import type { Argument } from "./call-arguments.ts";
import { namesIn } from "./feature-program.ts";
import { TABLE_READERS } from "./library-roles.ts";
import { combine, requirePure } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated, Value } from "./value.ts";
import { CONSTANT } from "./value.ts";

/** A call of a helper. */
export interface HelperCall {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** Whether a function of the notebook reads the raw table. */
export function readsTable(name: string, scope: Scope): boolean {
  return (
    scope.functions
      .get(name)
      ?.facts.calls.some(({ callee }) => callee !== undefined && TABLE_READERS.has(callee)) ?? false
  );
}

/** Evaluates the call; the text of the call itself does not change, but for arguments that are read from the state. */
export function followHelper(call: HelperCall, scope: Scope): Evaluated {
  const { node, name } = call;
  if (!call.arguments.some(({ value }) => value.kind === "rows")) {
    if (call.arguments.some(({ value }) => value.kind === "element"))
      requirePure(name, node, scope);
    return combine(call.arguments, scope, node);
  }
  requirePure(name, node, scope);
  const statement = scope.functions.get(name);
  const definition = statement === undefined ? undefined : statement.node;
  const body = definition === undefined ? undefined : fieldOf(definition, "body");
  if (
    statement === undefined ||
    definition?.kind !== "function_definition" ||
    body === undefined ||
    scope.inside.includes(name)
  ) {
    return refuseAt(scope, node, "feature-helper-unknown", `\`${name}\` cannot be followed.`);
  }
  const inner: Scope = {
    ...scope,
    statement,
    names: new Map(scope.names),
    lifter: undefined,
    inside: [...scope.inside, name],
  };
  bindParameters(call, definition, { scope, inner });
  const changesRows =
    statement.facts.definition?.mutatesParameters.some(
      (parameter) => inner.names.get(parameter)?.kind === "rows",
    ) === true;
  const result = runBody(body, inner);
  const staysWhole = result.kind === "rows" || result.kind === "constant";
  // Where only what comes back is learned, or kept in `fit`, the change would be missing while serving.
  if (changesRows && !(staysWhole && (scope.lifter === undefined || isWhole(node, scope))))
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${name}\` changes the rows it is given, besides what \`${excerpt(scope, node)}\` is used for.`,
    );
  if (result.kind === "state") return { value: result, edits: [] };
  if (result.kind !== "rows" && result.kind !== "constant") return { value: result, edits: [] };
  if (result.kind === "rows" && result.role !== "value")
    return refuseAt(scope, node, "feature-helper-unknown", `\`${name}\` leaves rows out.`);
  const combined = combine(call.arguments, scope, node);
  return { value: result, edits: combined.edits };
}

/** Whether a call is a statement, or all that is assigned in one. */
function isWhole(call: SyntaxNode, { statement }: Scope): boolean {
  const [expression] = statement.node.children;
  const value = expression?.kind === "assignment" ? fieldOf(expression, "right") : expression;
  return value?.start === call.start && value.end === call.end;
}

function bindParameters(
  call: HelperCall,
  definition: SyntaxNode,
  { scope, inner }: { readonly scope: Scope; readonly inner: Scope },
): void {
  const parameters = fieldOf(definition, "parameters")?.children ?? [];
  const positional = call.arguments.filter(({ keyword }) => keyword === undefined);
  for (const [index, parameter] of parameters.entries()) {
    const nameNode =
      parameter.kind === "identifier"
        ? parameter
        : (fieldOf(parameter, "name") ??
          (parameter.kind === "typed_parameter" ? parameter.children[0] : undefined));
    if (nameNode?.kind !== "identifier")
      return refuseAt(
        scope,
        call.node,
        "feature-helper-unknown",
        `the parameters of \`${call.name}\` are not understood.`,
      );
    const name = sourceOf(inner, nameNode);
    const given = positional[index] ?? call.arguments.find(({ keyword }) => keyword === name);
    if (given === undefined) requireFixedDefault(name, parameter, inner);
    inner.names.set(name, given?.value ?? CONSTANT);
  }
  return undefined;
}

/** A default is made once, where the function is defined: all calls share it, and it must be the same in the generated module. */
function requireFixedDefault(name: string, parameter: SyntaxNode, inner: Scope): void {
  const fallback = fieldOf(parameter, "value");
  if (fallback === undefined) return undefined;
  const { facts } = inner.statement;
  const changes = facts.definition?.mutatesParameters.includes(name) === true;
  const isContainer = ["list", "dictionary", "set", "call"].includes(fallback.kind);
  const reads = namesIn(inner.statement, fallback);
  const isFixed = reads.every(
    (read) =>
      inner.program.statements.filter((statement) => statement.facts.mayWrite.includes(read))
        .length <= 1,
  );
  const { kind } = inner.evaluate(fallback, inner).value;
  if ((changes && isContainer) || !isFixed || !["constant", "library", "function"].includes(kind))
    return refuseAt(
      inner,
      fallback,
      "feature-helper-unknown",
      `the default of \`${name}\` is not the same at every call.`,
    );
  return undefined;
}

/** Runs a body in the abstract; gives the value it returns. */
function runBody(body: SyntaxNode, scope: Scope): Value {
  for (const statement of body.children) {
    if (statement.kind === "pass_statement") continue;
    if (statement.kind === "return_statement")
      return statement.children[0] === undefined
        ? CONSTANT
        : scope.evaluate(statement.children[0], scope).value;
    if (statement.kind === "for_statement") {
      runLoop(statement, scope);
      continue;
    }
    const inner = statement.kind === "expression_statement" ? statement.children[0] : undefined;
    if (inner === undefined) return refuseHelper(statement, scope);
    if (inner.kind === "string") continue;
    if (inner.kind === "assignment" || inner.kind === "augmented_assignment") assign(inner, scope);
    else if (inner.kind === "call") requireNothingLearned(inner, scope);
    else refuseHelper(statement, scope);
  }
  return CONSTANT;
}

/** `seen.append(table["age"].mean())`: what is handed to something may come back from it later. */
function requireNothingLearned(call: SyntaxNode, scope: Scope): void {
  const value = requireValue(scope.evaluate(call, scope).value, call, scope);
  if (value.kind === "state" || value.kind === "estimator")
    return refuseAt(
      scope,
      call,
      "feature-helper-unknown",
      `\`${excerpt(scope, call)}\` learns from the whole table inside a helper function.`,
    );
  return undefined;
}

/** A loop over what is known before any data; what one turn does to rows, every turn does. */
function runLoop(node: SyntaxNode, scope: Scope): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  const isPlain =
    left?.kind === "identifier" &&
    fieldOf(node, "alternative") === undefined &&
    body?.children.every(
      ({ kind }) => kind === "expression_statement" || kind === "pass_statement",
    ) === true;
  if (!isPlain || right === undefined) return refuseHelper(node, scope);
  if (scope.evaluate(right, scope).value.kind !== "constant") return refuseHelper(node, scope);
  const before = new Map(scope.names);
  scope.names.set(sourceOf(scope, left), CONSTANT);
  runBody(body, scope);
  // What a turn leaves must be what the next one finds.
  for (const [name, value] of scope.names) {
    const known = before.get(name);
    if (known !== undefined && known.kind !== value.kind) return refuseHelper(node, scope);
  }
  return undefined;
}

function assign(node: SyntaxNode, scope: Scope): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return refuseHelper(node, scope);
  const value =
    right.kind === "assignment" ? refuseHelper(right, scope) : scope.evaluate(right, scope).value;
  if (left.kind === "identifier") {
    const present =
      node.kind === "augmented_assignment" ? scope.evaluate(left, scope).value : value;
    scope.names.set(
      sourceOf(scope, left),
      requireValue(present.kind === "rows" ? present : value, node, scope),
    );
    return undefined;
  }
  const target = evaluateTarget(left, scope);
  if (target.base.kind !== "rows") return refuseHelper(node, scope);
  if (target.isLabel)
    return refuseAt(
      scope,
      node,
      "feature-uses-target",
      `\`${excerpt(scope, node)}\` changes the column that is predicted.`,
    );
  if (value.kind !== "rows" && value.kind !== "constant") return refuseHelper(node, scope);
  requireValue(value, node, scope);
  return undefined;
}

function requireValue(value: Value, node: SyntaxNode, scope: Scope): Value {
  if (value.kind === "rows" && value.role !== "value") return refuseHelper(node, scope);
  if (value.kind === "label" || value.kind === "training") return refuseHelper(node, scope);
  return value;
}

function refuseHelper(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-helper-unknown",
    `\`${excerpt(scope, node)}\` in a helper function is not understood.`,
  );
}
