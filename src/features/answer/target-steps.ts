/** What notebooks do to the column that is predicted before a model is fitted, and how each of it is undone in an answer. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureStatement } from "../feature-program.ts";

/** One operation on the target. */
export type TargetStep =
  /** A literal dictionary; `others` says what becomes of values that are not in it. */
  | {
      readonly kind: "mapping";
      readonly pairs: readonly { readonly output: string; readonly label: string }[];
      readonly others: "kept" | "null";
    }
  /** A fitted encoder or scaler; `object` is a name, or what makes one on the spot from `data`. */
  | {
      readonly kind: "encoder";
      readonly object: SyntaxNode;
      readonly data: SyntaxNode;
      readonly statement: FeatureStatement;
    }
  /** A Python expression that undoes it, with `outputs` for what the model gives. */
  | { readonly kind: "inverse"; readonly undo: string }
  /** Single values may be replaced, the unit stays. */
  | { readonly kind: "values" }
  /** A column by its place, in a table whose columns are not known. */
  | { readonly kind: "position"; readonly node: SyntaxNode; readonly statement: FeatureStatement }
  | { readonly kind: "unknown"; readonly node: SyntaxNode; readonly statement: FeatureStatement };

/** Inverse of NumPy's functions, by name. */
const INVERSES: Readonly<Record<string, string>> = {
  log1p: "np.expm1(outputs)",
  log: "np.exp(outputs)",
  log2: "np.exp2(outputs)",
  log10: "np.power(10.0, outputs)",
  sqrt: "np.square(outputs)",
  cbrt: "np.power(outputs, 3)",
  expm1: "np.log1p(outputs)",
  exp: "np.log(outputs)",
  negative: "-outputs",
  reciprocal: "1.0 / outputs",
};

/** The step of a function of NumPy with the target as its only argument. */
export function inverseOfFunction(name: string): TargetStep | undefined {
  const undo = INVERSES[name];
  return undo === undefined ? undefined : { kind: "inverse", undo };
}

/** An operation with a number: which side the number stands on, and its text. */
export interface WithNumber {
  readonly operator: string;
  readonly number: string;
  readonly numberSide: "left" | "right";
}

/** The step of `target OPERATOR number`, or the other way round; `undefined` when it has no inverse. */
export function inverseOfOperation({
  operator,
  number,
  numberSide,
}: WithNumber): TargetStep | undefined {
  const value = Number(number.replaceAll("_", ""));
  if (!Number.isFinite(value)) return undefined;
  const text = number.startsWith("-") ? `(${number})` : number;
  const undo = (() => {
    switch (operator) {
      case "+":
        return `outputs - ${text}`;
      case "-":
        return numberSide === "right" ? `outputs + ${text}` : `${text} - outputs`;
      case "*":
        return value === 0 ? undefined : `outputs / ${text}`;
      case "/":
        if (numberSide === "left") return value === 0 ? undefined : `${text} / outputs`;
        return value === 0 ? undefined : `outputs * ${text}`;
      case "**":
        return numberSide === "right" && value > 0 ? `np.power(outputs, 1.0 / ${text})` : undefined;
      default:
        return undefined;
    }
  })();
  return undo === undefined ? undefined : { kind: "inverse", undo };
}

/** The step of `.map({…})` and `.replace({…})` with a literal dictionary that can be read backward. */
export function mappingStep(
  node: SyntaxNode,
  statement: FeatureStatement,
  others: "kept" | "null",
): TargetStep | undefined {
  if (node.kind !== "dictionary") return undefined;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const pairs: { output: string; label: string }[] = [];
  for (const pair of node.children) {
    const key = fieldOf(pair, "key");
    const value = fieldOf(pair, "value");
    if (key === undefined || value === undefined || !isPlain(key, text) || !isPlain(value, text))
      return undefined;
    pairs.push({ output: text(value), label: text(key) });
  }
  const distinct = new Set(pairs.map(({ output }) => output)).size === pairs.length;
  return distinct && pairs.length > 0 ? { kind: "mapping", pairs, others } : undefined;
}

/** `.replace(["No", "Yes"], [0, 1])`, `.replace("Yes", 1)`. */
export function mappingOfLists(
  from: SyntaxNode,
  to: SyntaxNode,
  statement: FeatureStatement,
): TargetStep | undefined {
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const items = (of: SyntaxNode): readonly SyntaxNode[] =>
    of.kind === "list" || of.kind === "tuple" ? of.children : [of];
  const labels = items(from);
  const outputs = items(to);
  if (labels.length !== outputs.length || labels.length === 0) return undefined;
  if (![...labels, ...outputs].every((node) => isPlain(node, text))) return undefined;
  const pairs = labels.map((label, at) => ({
    output: text(outputs[at] ?? label),
    label: text(label),
  }));
  const distinct = new Set(pairs.map(({ output }) => output)).size === pairs.length;
  return distinct ? { kind: "mapping", pairs, others: "kept" } : undefined;
}

function isPlain(node: SyntaxNode, text: (of: SyntaxNode) => string): boolean {
  return (
    ["string", "integer", "float", "true", "false"].includes(node.kind) ||
    (node.kind === "unary_operator" && /^-\s*[\d.]+$/u.test(text(node)))
  );
}
