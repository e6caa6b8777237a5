/** Expressions → what went into them. Never refuses: of what is not understood nothing is claimed. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import { callFlow } from "./leak-call.ts";
import { fittedAttribute } from "./leak-estimator.ts";
import { HARMLESS } from "./leak-knowledge.ts";
import { arrayOf, columnOf, columnsOf, combined } from "./leak-rows.ts";
import type { LeakScope } from "./leak-scope.ts";
import { otherRows, textAt } from "./leak-scope.ts";
import { literalStrings } from "./leak-text.ts";
import type { Flow, RowsFlow, Traits } from "./leak-value.ts";
import { NO_TRAITS, PLAIN, withTraits } from "./leak-value.ts";

const COMPREHENSIONS: ReadonlySet<string> = new Set([
  "list_comprehension",
  "dictionary_comprehension",
  "set_comprehension",
  "generator_expression",
]);

/** Evaluates one expression. */
export function leakEvaluate(node: SyntaxNode, scope: LeakScope): Flow {
  switch (node.kind) {
    case "identifier":
      return scope.names.get(textAt(scope, node))?.flow ?? PLAIN;
    case "string":
    case "list":
    case "set": {
      const strings = literalStrings(node, scope);
      if (strings !== undefined && strings.length > 0)
        return { kind: "plain", learned: new Set(), strings };
      return node.kind === "string" ? PLAIN : tupleOf(node, scope);
    }
    case "tuple":
    case "expression_list":
      return tupleOf(node, scope);
    case "parenthesized_expression":
    case "keyword_argument":
      return scope.evaluate(fieldOf(node, "value") ?? node.children[0] ?? node, scope);
    case "attribute":
      return attributeFlow(node, scope);
    case "subscript":
      return subscriptFlow(node, scope);
    case "call":
      return callFlow(node, scope);
    case "lambda":
      return PLAIN;
    default:
      return COMPREHENSIONS.has(node.kind)
        ? comprehension(node, scope)
        : combined(node.children.map((child) => scope.evaluate(child, scope)));
  }
}

function tupleOf(node: SyntaxNode, scope: LeakScope): Flow {
  return { kind: "tuple", items: node.children.map((child) => scope.evaluate(child, scope)) };
}

function attributeFlow(node: SyntaxNode, scope: LeakScope): Flow {
  const object = fieldOf(node, "object");
  const attribute = fieldOf(node, "attribute");
  if (object === undefined || attribute === undefined) return PLAIN;
  const flow = scope.evaluate(object, scope);
  const name = textAt(scope, attribute);
  if (flow.kind === "library") return { kind: "library", path: `${flow.path}.${name}` };
  if (flow.kind === "estimator") return fittedAttribute(flow, name);
  if (flow.kind === "groups") return flow;
  if (flow.kind !== "rows") return flow.kind === "plain" ? flow : PLAIN;
  if (name === "values" || name === "data") return arrayOf(flow);
  if (["str", "dt", "cat", "loc", "iloc", "T"].includes(name)) return name === "T" ? PLAIN : flow;
  if (name === "target" && flow.shape === "unknown") return { ...flow, shape: "matrix" };
  if (["columns", "index", "dtypes", "dtype", "shape", "size", "empty", "ndim"].includes(name))
    return PLAIN;
  return flow.shape === "frame" && !HARMLESS.has(name) ? columnOf(flow, name) : PLAIN;
}

function subscriptFlow(node: SyntaxNode, scope: LeakScope): Flow {
  const target = fieldOf(node, "value");
  const keys = fieldsOf(node, "subscript");
  const [first, second] = keys;
  if (target === undefined || first === undefined) return PLAIN;
  const flow = scope.evaluate(target, scope);
  if (flow.kind === "groups") {
    const names = literalStrings(first, scope);
    return names === undefined ? flow : { ...flow, rows: { ...flow.rows, only: new Set(names) } };
  }
  if (flow.kind === "tuple") {
    const at = Number(textAt(scope, first));
    return flow.items[at] ?? PLAIN;
  }
  if (flow.kind !== "rows")
    return flow.kind === "plain" ? { ...flow, learned: flow.learned } : PLAIN;
  const indexer =
    target.kind === "attribute" ? textAt(scope, fieldOf(target, "attribute") ?? target) : "";
  if (indexer === "loc" || indexer === "iloc" || flow.shape === "matrix")
    return indexed(flow, first, second, { scope, isPositional: indexer !== "loc" });
  if (first.kind === "slice") return otherRows(scope, flow, true);
  return selected(flow, first, scope);
}

/** `df["a"]`, `df[["a", "b"]]`, `df[columns]`, `df[mask]`. */
function selected(rows: RowsFlow, key: SyntaxNode, scope: LeakScope): Flow {
  const keyFlow = scope.evaluate(key, scope);
  if (keyFlow.kind === "rows") return otherRows(scope, rows);
  const strings = keyFlow.kind === "plain" ? keyFlow.strings : undefined;
  if (strings !== undefined && rows.shape !== "column") {
    const [only] = strings;
    const isOne =
      key.kind === "string" ||
      (key.kind === "identifier" && strings.length === 1 && !isList(key, scope));
    return isOne && only !== undefined ? columnOf(rows, only) : columnsOf(rows, strings);
  }
  const selecting =
    keyFlow.kind === "plain" ? [...keyFlow.learned].filter(({ kind }) => kind === "selection") : [];
  return withTraits(
    { ...rows, isExact: false, name: undefined },
    { ...NO_TRAITS, learned: new Set(selecting) },
  );
}

/** Whether a constant was written as a list, not as a single string. */
function isList(key: SyntaxNode, scope: LeakScope): boolean {
  const ref = scope.names.get(textAt(scope, key));
  return ref?.flow.kind === "plain" && (ref.flow.strings?.length ?? 0) > 1;
}

function indexed(
  rows: RowsFlow,
  rowKey: SyntaxNode,
  columnKey: SyntaxNode | undefined,
  { scope, isPositional }: { readonly scope: LeakScope; readonly isPositional: boolean },
): Flow {
  const isAll = rowKey.kind === "slice" && rowKey.children.length === 0;
  if (!isAll && rowKey.kind !== "slice" && !hasManyRows(rowKey, scope)) return PLAIN;
  const kept = isAll ? rows : otherRows(scope, rows, rowKey.kind === "slice" || isPositional);
  if (columnKey === undefined || rows.shape === "column") return kept;
  const key = scope.evaluate(columnKey, scope);
  const strings = key.kind === "plain" ? key.strings : undefined;
  if (strings !== undefined && !isPositional && rows.shape === "frame") {
    const [only] = strings;
    return columnKey.kind === "string" && only !== undefined
      ? columnOf(kept, only)
      : columnsOf(kept, strings);
  }
  const isSingle = columnKey.kind === "integer" || columnKey.kind === "unary_operator";
  return {
    ...kept,
    shape: isSingle && kept.shape === "frame" ? "column" : kept.shape,
    isExact: false,
    name: undefined,
  };
}

/** A mask or a list of rows, not one row. */
function hasManyRows(key: SyntaxNode, scope: LeakScope): boolean {
  return (
    key.kind !== "integer" && key.kind !== "string" && scope.evaluate(key, scope).kind !== "library"
  );
}

/** Parts of a comprehension; what it makes is a collection, no rows. */
function comprehension(node: SyntaxNode, scope: LeakScope): Flow {
  const names = new Map(scope.names);
  const inner = { ...scope, names, inside: "it is computed in a comprehension" };
  let learned = NO_TRAITS.learned;
  const parts: SyntaxNode[] = [];
  for (const child of node.children) {
    if (child.kind !== "for_in_clause") {
      parts.push(child);
      continue;
    }
    const right = fieldOf(child, "right");
    const left = fieldOf(child, "left");
    if (right !== undefined)
      learned = new Set([...learned, ...plainLearned(scope.evaluate(right, inner))]);
    for (const name of left === undefined
      ? []
      : left.kind === "identifier"
        ? [left]
        : left.children)
      names.set(textAt(scope, name), { flow: PLAIN });
  }
  for (const part of parts)
    learned = new Set([...learned, ...plainLearned(scope.evaluate(part, inner))]);
  return { kind: "plain", learned };
}

function plainLearned(flow: Flow): Traits["learned"] {
  return flow.kind === "plain" ? flow.learned : NO_TRAITS.learned;
}
