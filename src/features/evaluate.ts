/**
 * Expressions → abstract values and the edits that make the same text serve one request.
 * The rule for rows: every part that was learned from whole columns becomes a field of the state; every operation must be in the tables
 * of `knowledge.ts`, anything else is refused. Expressions without rows run in `fit` alone, unchanged, so that any operation may stand in them.
 */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { evaluateDatasetMember } from "./evaluate-dataset.ts";
import { evaluateSubscript } from "./evaluate-subscript.ts";
import { columnOfHistory } from "./history/history-groups.ts";
import { REDUCING_METHODS, ROW_ATTRIBUTES, ROW_FILTERS, ROW_WISE_METHODS } from "./knowledge.ts";
import { PURE_BUILTINS } from "./library-roles.ts";
import type { Part } from "./parts.ts";
import { combine, evaluateLambda, evaluatePart, requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, isLabelColumn, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated, Value } from "./value.ts";
import { CONSTANT, ELEMENT, LABEL, reshaped, rowsLike, STATE } from "./value.ts";

const LITERALS: ReadonlySet<string> = new Set([
  "integer",
  "float",
  "true",
  "false",
  "none",
  "ellipsis",
]);
const ROW_WISE_OPERATORS: ReadonlySet<string> = new Set([
  "binary_operator",
  "comparison_operator",
  "unary_operator",
]);
const CONTAINERS: ReadonlySet<string> = new Set([
  "list",
  "tuple",
  "dictionary",
  "pair",
  "set",
  "expression_list",
  "slice",
  "string",
  "interpolation",
  "concatenated_string",
  "string_content",
  "format_specifier",
  "list_splat",
  "dictionary_splat",
  "conditional_expression",
  "parenthesized_expression",
  "not_operator",
  "boolean_operator",
  "keyword_argument",
]);
const COMPREHENSIONS: ReadonlySet<string> = new Set([
  "list_comprehension",
  "dictionary_comprehension",
  "set_comprehension",
  "generator_expression",
]);

/** Evaluates one expression. */
export function evaluate(node: SyntaxNode, scope: Scope): Evaluated {
  if (node.kind === "identifier") return { value: nameValue(node, scope), edits: [] };
  if (LITERALS.has(node.kind)) return { value: CONSTANT, edits: [] };
  if (node.kind === "parenthesized_expression" && node.children[0] !== undefined)
    return evaluate(node.children[0], scope);
  if (isTarget(node, scope)) return { value: LABEL, edits: [] };
  if (node.kind === "attribute") return evaluateAttribute(node, scope);
  if (node.kind === "subscript") return evaluateSubscript(node, scope);
  if (node.kind === "call") return evaluateCall(node, scope);
  if (node.kind === "lambda") return evaluateLambda(node, scope, ELEMENT);
  if (COMPREHENSIONS.has(node.kind)) return evaluateComprehension(node, scope);
  if (node.kind === "keyword_argument") return evaluate(fieldOf(node, "value") ?? node, scope);
  if (ROW_WISE_OPERATORS.has(node.kind) || CONTAINERS.has(node.kind))
    return evaluateParts(node, scope);
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${excerpt(scope, node)}\` is not understood.`,
  );
}

/** The predicted column where it is taken out of its table, however it is picked there. */
function isTarget(node: SyntaxNode, { target, statement }: Scope): boolean {
  return (
    target !== undefined &&
    node.kind !== "call" &&
    target.statement.position === statement.position &&
    target.node.start === node.start &&
    target.node.end === node.end
  );
}

function nameValue(node: SyntaxNode, scope: Scope): Value {
  const name = sourceOf(scope, node);
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  if (PURE_BUILTINS.has(name) || name === "print")
    return { kind: "library", path: `builtins.${name}` };
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${name}\` is not known at this place.`,
  );
}

function evaluateParts(node: SyntaxNode, scope: Scope): Evaluated {
  const parts = node.children
    .filter(
      ({ kind }) =>
        ![
          "string_start",
          "string_content",
          "string_end",
          "format_specifier",
          "type_conversion",
        ].includes(kind),
    )
    .map((child) => evaluatePart(child, scope));
  // A filter may look at the target: it leaves rows out of training. What comes of it is refused where it reaches a feature.
  const has = (kind: Value["kind"]): boolean => parts.some(({ value }) => value.kind === kind);
  if (ROW_WISE_OPERATORS.has(node.kind) && has("label") && !has("training"))
    return { value: LABEL, edits: [] };
  const combined = combine(
    parts,
    scope,
    node,
    node.kind === "comparison_operator" &&
      !parts.some(({ value }) => value.kind === "rows" && value.shape !== "column")
      ? "column"
      : undefined,
  );
  if (
    combined.value.kind === "rows" &&
    (node.kind === "boolean_operator" ||
      node.kind === "not_operator" ||
      node.kind === "conditional_expression" ||
      node.kind === "string")
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` asks a whole column for one truth value.`,
    );
  }
  return combined;
}

function evaluateAttribute(node: SyntaxNode, scope: Scope): Evaluated {
  const object = fieldOf(node, "object");
  const attribute = fieldOf(node, "attribute");
  if (object === undefined || attribute === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  const part = evaluatePart(object, scope);
  const name = sourceOf(scope, attribute);
  if (part.value.kind === "library")
    return { value: { kind: "library", path: `${part.value.path}.${name}` }, edits: [] };
  if (part.value.kind === "estimator") return { value: STATE, edits: [] };
  if (part.value.kind === "dataset") return evaluateDatasetMember(part, name, scope);
  if (part.value.kind === "grouped")
    return {
      value: {
        ...part.value,
        column: { name, text: JSON.stringify(name) },
        earlier: columnOfHistory(
          { node: part.node, ...part.value.earlier },
          { node: attribute, isAttribute: true },
          scope,
        ),
      },
      edits: part.edits,
    };
  if (part.value.kind === "history")
    return columnOfHistory(
      { ...part, value: part.value },
      { node: attribute, isAttribute: true },
      scope,
    );
  if (part.value.kind !== "rows") return { value: part.value, edits: part.edits };
  if (part.value.role === "accessor")
    return name === "categories"
      ? { value: STATE, edits: [] }
      : { value: rowsLike(part.value, "column"), edits: part.edits };
  const role = ROW_ATTRIBUTES[name];
  if (role === "state") {
    if (name === "shape" || name === "size") requireLearnable(part.value, node, scope);
    return { value: STATE, edits: [] };
  }
  if (role === "accessor" || role === "index")
    return { value: { ...part.value, role }, edits: part.edits };
  if (role === "matrix")
    return {
      value: reshaped(part.value, part.value.shape === "column" ? "column" : "matrix"),
      edits: part.edits,
    };
  const isMethod =
    ROW_WISE_METHODS.has(name) || REDUCING_METHODS.has(name) || ROW_FILTERS.has(name);
  if (role === undefined && part.value.shape === "frame" && !isMethod && name !== "T") {
    return {
      value: isLabelColumn(scope, name) ? LABEL : reshaped(part.value, "column"),
      edits: part.edits,
    };
  }
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`.${name}\` of a table is not understood here.`,
  );
}

function evaluateComprehension(node: SyntaxNode, scope: Scope): Evaluated {
  const names = new Map(scope.names);
  const inner: Scope = { ...scope, names };
  const parts: Part[] = [];
  for (const clause of node.children) {
    if (clause.kind !== "for_in_clause") continue;
    const left = fieldOf(clause, "left");
    const right = fieldOf(clause, "right");
    if (left === undefined || right === undefined) continue;
    const source = evaluatePart(right, inner);
    parts.push(source.value.kind === "rows" ? { ...source, value: STATE, edits: [] } : source);
    const element: Value =
      source.value.kind === "rows" || source.value.kind === "state" ? CONSTANT : source.value;
    for (const name of left.kind === "identifier" ? [left] : left.children)
      names.set(sourceOf(scope, name), element);
  }
  for (const child of node.children) {
    if (child.kind === "for_in_clause") continue;
    const targets = child.kind === "if_clause" || child.kind === "pair" ? child.children : [child];
    parts.push(...targets.map((target) => evaluatePart(target, inner)));
  }
  if (parts.some(({ value }) => value.kind === "rows")) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` collects columns in a way that is not understood.`,
    );
  }
  return combine(parts, scope, node);
}
