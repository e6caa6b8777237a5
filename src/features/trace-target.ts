/**
 * From the `y` of `model.fit(X, y)` back to the column that is predicted, and how to turn the model's output into that column's values.
 * Purely by text; what is not recognized leaves the output as the model gives it, except for numbers, where that would be a wrong number.
 */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";

/** How one operation on the target is undone. */
export type TargetStep =
  | {
      readonly kind: "mapping";
      readonly pairs: readonly { readonly output: string; readonly label: string }[];
    }
  | { readonly kind: "encoder"; readonly variable: string; readonly statement: FeatureStatement }
  | { readonly kind: "inverse"; readonly function: string }
  | { readonly kind: "unknown"; readonly node: SyntaxNode; readonly statement: FeatureStatement };

/** The predicted column. */
export interface Target {
  /** Name of the column, when the target is a column of a table. */
  readonly label: string | undefined;
  /** Operations in the order in which the notebook does them, those that only change the container left out. */
  readonly steps: readonly TargetStep[];
}

const CONTAINER_METHODS: ReadonlySet<string> = new Set([
  "to_numpy",
  "ravel",
  "copy",
  "squeeze",
  "flatten",
  "reset_index",
  "reshape",
  "to_list",
  "tolist",
]);
const INVERSES: Readonly<Record<string, string>> = {
  log1p: "expm1",
  log: "exp",
  sqrt: "square",
  expm1: "log1p",
  exp: "log",
};

/** Traces the target expression as it stands in a statement. */
export function traceTarget(
  program: FeatureProgram,
  at: FeatureStatement,
  node: SyntaxNode,
): Target {
  const found = traceExpression({ program, statement: at, depth: 0 }, node);
  if (found.label === undefined) return found;
  const changes = columnChanges(program, found.label, found.position);
  return { label: found.label, steps: [...changes, ...found.steps] };
}

interface Trace {
  readonly program: FeatureProgram;
  readonly statement: FeatureStatement;
  readonly depth: number;
}
interface Traced extends Target {
  /** Position of the statement that took the column out of its table. */
  readonly position: number;
}

function traceExpression(trace: Trace, node: SyntaxNode): Traced {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const nowhere: Traced = {
    label: undefined,
    steps: [{ kind: "unknown", node, statement }],
    position: statement.position,
  };
  const through = (inner: SyntaxNode | undefined, step?: TargetStep): Traced => {
    if (inner === undefined || trace.depth > 30) return nowhere;
    const found = traceExpression({ ...trace, depth: trace.depth + 1 }, inner);
    return step === undefined ? found : { ...found, steps: [...found.steps, step] };
  };
  if (node.kind === "parenthesized_expression") return through(node.children[0]);
  if (node.kind === "identifier") return traceName(trace, text(node)) ?? nowhere;
  if (node.kind === "comparison_operator")
    return through(node.children[0], { kind: "unknown", node, statement });
  if (node.kind === "subscript") {
    const keys = fieldsOf(node, "subscript");
    const last = keys.at(-1);
    const label =
      last === undefined
        ? undefined
        : literalOrConstant(
            trace,
            last.kind === "list" && last.children.length === 1 ? (last.children[0] ?? last) : last,
          );
    return label === undefined ? nowhere : { label, steps: [], position: statement.position };
  }
  if (node.kind === "attribute") {
    const name = fieldOf(node, "attribute");
    const object = fieldOf(node, "object");
    if (name === undefined) return nowhere;
    if (text(name) === "values") return through(object);
    return object?.kind === "identifier"
      ? { label: text(name), steps: [], position: statement.position }
      : nowhere;
  }
  if (node.kind !== "call") return nowhere;
  const callee = fieldOf(node, "function");
  const [first] = fieldOf(node, "arguments")?.children ?? [];
  const object = callee === undefined ? undefined : fieldOf(callee, "object");
  const attribute = callee === undefined ? undefined : fieldOf(callee, "attribute");
  const method = attribute === undefined ? "" : text(attribute);
  if (CONTAINER_METHODS.has(method)) return through(object);
  if (method === "astype") return through(object);
  if (method === "pop" && first !== undefined) {
    const label = literalOrConstant(trace, first);
    return label === undefined ? nowhere : { label, steps: [], position: statement.position };
  }
  if ((method === "map" || method === "replace") && first !== undefined)
    return through(object, mappingStep(first, statement) ?? { kind: "unknown", node, statement });
  if ((method === "fit_transform" || method === "transform") && object?.kind === "identifier") {
    return through(first, { kind: "encoder", variable: text(object), statement });
  }
  const inverse =
    object !== undefined && /^(np|numpy)$/u.test(text(object)) ? INVERSES[method] : undefined;
  if (inverse !== undefined) return through(first, { kind: "inverse", function: inverse });
  return through(object ?? first, { kind: "unknown", node, statement });
}

function traceName({ program, statement, depth }: Trace, name: string): Traced | undefined {
  if (depth > 30) return undefined;
  const binder = program.statements.findLast(
    ({ position, facts }) => position < statement.position && facts.mayWrite.includes(name),
  );
  const assignment =
    binder?.node.kind === "expression_statement" ? binder.node.children[0] : undefined;
  const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
  const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
  if (
    binder === undefined ||
    assignment?.kind !== "assignment" ||
    left === undefined ||
    right === undefined
  )
    return undefined;
  const next: Trace = { program, statement: binder, depth: depth + 1 };
  if (left.kind === "identifier") return traceExpression(next, right);
  const index = left.children.findIndex(
    (child) => binder.tree.text.slice(child.start, child.end) === name,
  );
  const list =
    fieldOf(right, "arguments")?.children.filter(({ kind }) => kind !== "keyword_argument") ?? [];
  const callee = fieldOf(right, "function");
  const isSplit =
    callee !== undefined &&
    binder.tree.text.slice(callee.start, callee.end).endsWith("train_test_split");
  const source = isSplit
    ? list[Math.floor(index / 2)]
    : right.kind === "expression_list" || right.kind === "tuple"
      ? right.children[index]
      : undefined;
  return source === undefined ? undefined : traceExpression(next, source);
}

/** What is done to the column inside its table, before it is taken out. */
function columnChanges(
  program: FeatureProgram,
  label: string,
  before: number,
): readonly TargetStep[] {
  const steps: TargetStep[] = [];
  for (const statement of program.statements) {
    if (statement.position >= before) break;
    if (mayChangeInBlock(program, statement, label))
      steps.push({ kind: "unknown", node: statement.node, statement });
    const assignment =
      statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
    const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
    const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
    if (assignment === undefined || left?.kind !== "subscript" || right === undefined) continue;
    const key = fieldsOf(left, "subscript").at(-1);
    const trace: Trace = { program, statement, depth: 0 };
    if (key === undefined || literalOrConstant(trace, key) !== label) continue;
    const direct = assignment.kind === "assignment" && fieldsOf(left, "subscript").length === 1;
    const found = traceExpression(trace, right);
    steps.push(
      ...(direct && found.label === label
        ? found.steps
        : [{ kind: "unknown" as const, node: right, statement }]),
    );
  }
  return steps;
}

/** Whether a loop or branch writes columns and may mean this one: it names it, or takes names that are not written out. */
function mayChangeInBlock(
  program: FeatureProgram,
  statement: FeatureStatement,
  label: string,
): boolean {
  const { node, facts } = statement;
  if (facts.definition !== undefined || node.kind === "expression_statement") return false;
  let found = false;
  walk(node, (child) => {
    const left =
      child.kind === "assignment" || child.kind === "augmented_assignment"
        ? fieldOf(child, "left")
        : undefined;
    const key = left?.kind === "subscript" ? fieldsOf(left, "subscript").at(-1) : undefined;
    if (key === undefined) return undefined;
    const literal = literalOrConstant({ program, statement, depth: 0 }, key);
    found ||=
      literal === undefined ? !loopsOverOthers(program, statement, label) : literal === label;
    return undefined;
  });
  return found;
}

/** `for column in ["age", "fare"]`, written there or in a constant, without the column. */
function loopsOverOthers(
  program: FeatureProgram,
  statement: FeatureStatement,
  label: string,
): boolean {
  const right =
    statement.node.kind === "for_statement" ? fieldOf(statement.node, "right") : undefined;
  if (right === undefined) return false;
  const text = statement.tree.text.slice(right.start, right.end);
  const binders =
    right.kind === "identifier"
      ? program.statements.filter(({ facts }) => facts.mayWrite.includes(text))
      : [];
  const [binder] = binders;
  const list =
    right.kind === "identifier"
      ? binders.length === 1 && binder !== undefined
        ? binder.tree.text
            .slice(binder.facts.span.start, binder.facts.span.end)
            .replace(/^\w+\s*=\s*/u, "")
        : ""
      : text;
  return (
    /^[[(](?:\s*(["'])[^"'\\]*\1\s*,?)*\s*[\])]$/u.test(list) &&
    !list.includes(`"${label}"`) &&
    !list.includes(`'${label}'`)
  );
}

function mappingStep(node: SyntaxNode, statement: FeatureStatement): TargetStep | undefined {
  if (node.kind !== "dictionary") return undefined;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const pairs: { output: string; label: string }[] = [];
  for (const pair of node.children) {
    const key = fieldOf(pair, "key");
    const value = fieldOf(pair, "value");
    const simple = ["string", "integer", "float", "true", "false"];
    if (
      key === undefined ||
      value === undefined ||
      !simple.includes(key.kind) ||
      !simple.includes(value.kind)
    )
      return undefined;
    pairs.push({ output: text(value), label: text(key) });
  }
  const distinct = new Set(pairs.map(({ output }) => output)).size === pairs.length;
  return distinct && pairs.length > 0 ? { kind: "mapping", pairs } : undefined;
}

function literalOrConstant({ program, statement }: Trace, node: SyntaxNode): string | undefined {
  const text = statement.tree.text.slice(node.start, node.end);
  const literal = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(text)?.[2];
  if (literal !== undefined || node.kind !== "identifier") return literal;
  const binders = program.statements.filter(({ facts }) => facts.mayWrite.includes(text));
  const constant = binders.length === 1 ? binders[0]?.facts.constant : undefined;
  return constant?.literal.kind === "string" && typeof constant.literal.value === "string"
    ? constant.literal.value
    : undefined;
}
