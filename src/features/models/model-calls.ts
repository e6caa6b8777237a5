/** Where the notebook fits its models and asks them: `model.fit(X, y)`, `model.predict(X)`, its own functions followed. */

import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { callsThroughHelper } from "./helper-calls.ts";
import type { InnerCall, ModelCall } from "./model-call.ts";

const ASKING: ReadonlySet<string> = new Set([
  "predict",
  "predict_proba",
  "decision_function",
  "score",
  "fit_predict",
  "predict_log_proba",
]);

/** All such calls in execution order. */
export function findModelCalls(program: FeatureProgram): readonly ModelCall[] {
  const calls: ModelCall[] = [];
  for (const statement of program.statements) {
    if (statement.facts.definition !== undefined) continue;
    walk(statement.node, (node) => {
      if (node.kind === "lambda" || node.kind === "function_definition") return false;
      if (node.kind === "call") {
        const call = modelCall(node, statement, program);
        if (call !== undefined) calls.push(call);
        calls.push(...callsThroughHelper(node, statement, { program, innerCall: methodCall }));
      }
      return undefined;
    });
  }
  return calls;
}

/** Whether a call asks a fitted model for answers. */
export function isAsking(call: ModelCall): boolean {
  return ASKING.has(call.method);
}

/** Qualified class of a variable at the end of the notebook, as far as the facts know it. */
export function typeOfVariable(program: FeatureProgram, variable: string): string | undefined {
  return program.statements
    .findLast(({ facts }) => facts.types.has(variable))
    ?.facts.types.get(variable);
}

function modelCall(
  node: SyntaxNode,
  statement: FeatureStatement,
  program: FeatureProgram,
): ModelCall | undefined {
  const { text } = statement.tree;
  const inner = methodCall(node, text);
  if (inner === undefined) return undefined;
  const { object, method, matrix, target } = inner;
  const variable =
    object.kind === "identifier"
      ? text.slice(object.start, object.end)
      : method === "fit"
        ? assignedName(statement, node)
        : undefined;
  if (variable === undefined) return undefined;
  const known = statement.facts.calls.find(
    ({ span }) => span.start === node.start && span.end === node.end,
  )?.receiverType;
  const type = known ?? typeOfVariable(program, variable);
  return { statement, variable, method, matrix, target, type };
}

/** A call of a method that fits or asks. */
function methodCall(node: SyntaxNode, text: string): InnerCall | undefined {
  const callee = fieldOf(node, "function");
  if (callee?.kind !== "attribute") return undefined;
  const object = fieldOf(callee, "object");
  const attribute = fieldOf(callee, "attribute");
  const method = attribute === undefined ? "" : text.slice(attribute.start, attribute.end);
  if (object === undefined || (method !== "fit" && !ASKING.has(method))) return undefined;
  const list = fieldOf(node, "arguments")?.children ?? [];
  const positional = list.filter(({ kind }) => kind !== "keyword_argument");
  const keyword = (name: string): SyntaxNode | undefined => {
    const found = list.find((child) => {
      const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
      return key !== undefined && text.slice(key.start, key.end) === name;
    });
    return found === undefined ? undefined : fieldOf(found, "value");
  };
  return {
    object,
    method,
    matrix: keyword("X") ?? positional[0],
    target: keyword("y") ?? positional[1],
  };
}

/** `model` in `model = Ridge().fit(X, y)`; no name where the call is a part of what is assigned, as in `models = {1: Ridge().fit(X, y)}`. */
function assignedName(statement: FeatureStatement, call: SyntaxNode): string | undefined {
  const assignment =
    statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  let right = assignment === undefined ? undefined : fieldOf(assignment, "right");
  while (right?.kind === "assignment" || right?.kind === "parenthesized_expression")
    right = right.kind === "assignment" ? fieldOf(right, "right") : right.children[0];
  const isWhole = right?.start === call.start && right.end === call.end;
  return isWhole && left?.kind === "identifier"
    ? statement.tree.text.slice(left.start, left.end)
    : undefined;
}
