/** Conditions on what a call writes out: `if how == "mean":` in a function that is called with `how="mean"`. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";

/** A value that is written out in the notebook. */
export type Written = string | number | boolean | null;

/** The value of a plain literal; `undefined` for anything else, strings with prefixes or escapes included. */
export function writtenValue(
  node: SyntaxNode,
  text: string,
): { readonly value: Written } | undefined {
  const source = text.slice(node.start, node.end);
  switch (node.kind) {
    case "true":
    case "false":
      return { value: node.kind === "true" };
    case "none":
      return { value: null };
    case "integer":
    case "float":
      return /^\d+(?:\.\d*)?(?:e[+-]?\d+)?$/iu.test(source) &&
        Math.abs(Number(source)) <= Number.MAX_SAFE_INTEGER
        ? { value: Number(source) }
        : undefined;
    case "unary_operator": {
      const inner = node.children[0];
      const known = inner === undefined ? undefined : writtenValue(inner, text);
      return source.startsWith("-") && typeof known?.value === "number"
        ? { value: -known.value }
        : undefined;
    }
    case "string": {
      const match = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(source);
      return match?.[2] === undefined ? undefined : { value: match[2] };
    }
    default:
      return undefined;
  }
}

/** Whether a condition holds, where that follows from parameters that are known; `undefined` where it does not. */
export function decideCondition(
  node: SyntaxNode,
  text: string,
  known: ReadonlyMap<string, Written>,
): boolean | undefined {
  const decide = (inner: SyntaxNode | undefined): boolean | undefined =>
    inner === undefined ? undefined : decideCondition(inner, text, known);
  switch (node.kind) {
    case "parenthesized_expression":
      return decide(node.children[0]);
    case "not_operator": {
      const inner = decide(node.children[0]);
      return inner === undefined ? undefined : !inner;
    }
    case "boolean_operator": {
      const isAnd = node.tokens.some((token) => token.text === "and");
      const left = decide(fieldOf(node, "left"));
      // What stands behind is not even evaluated.
      if (left === !isAnd) return left;
      const right = decide(fieldOf(node, "right"));
      return left === undefined ? undefined : right;
    }
    case "comparison_operator":
      return decideComparison(node, text, known);
    default: {
      const value = valueOf(node, text, known);
      return value === undefined ? undefined : Boolean(value.value);
    }
  }
}

function decideComparison(
  node: SyntaxNode,
  text: string,
  known: ReadonlyMap<string, Written>,
): boolean | undefined {
  const [leftNode, rightNode, ...more] = node.children;
  if (leftNode === undefined || rightNode === undefined || more.length > 0) return undefined;
  const operator = node.tokens.map((token) => token.text).join(" ");
  const left = valueOf(leftNode, text, known);
  if (left === undefined) return undefined;
  if (operator === "in" || operator === "not in") {
    if (!["tuple", "list", "set"].includes(rightNode.kind)) return undefined;
    const found = rightNode.children.map((child) => valueOf(child, text, known));
    const same = found.map((item) =>
      item === undefined ? undefined : areEqual(left.value, item.value),
    );
    if (same.includes(undefined)) return undefined;
    return same.includes(true) === (operator === "in");
  }
  const right = valueOf(rightNode, text, known);
  if (right === undefined) return undefined;
  if (operator === "is" || operator === "is not")
    return right.value === null ? (left.value === null) === (operator === "is") : undefined;
  if (operator !== "==" && operator !== "!=") return undefined;
  const equal = areEqual(left.value, right.value);
  return equal === undefined ? undefined : equal === (operator === "==");
}

function valueOf(
  node: SyntaxNode,
  text: string,
  known: ReadonlyMap<string, Written>,
): { readonly value: Written } | undefined {
  if (node.kind !== "identifier") return writtenValue(node, text);
  const value = known.get(text.slice(node.start, node.end));
  return value === undefined ? undefined : { value };
}

/** As Python compares; what it would compare across types (`True == 1`) is left open. */
function areEqual(left: Written, right: Written): boolean | undefined {
  const kinds = new Set([typeof left, typeof right]);
  return kinds.has("boolean") && kinds.has("number") ? undefined : left === right;
}
