/**
 * Loops over names of columns, alone, numbered or beside others. What is learned inside is kept by the loop's variables. The predicted
 * column has its turn in training alone.
 */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, textOf, walk } from "../python/syntax.ts";
import { isBesideHistory } from "./history/history-draft.ts";
import { joinNames } from "./join-values.ts";
import type { Part } from "./parts.ts";
import { evaluatePart, servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, isLabelColumn, refuseAt, sourceOf, stringLiterals } from "./scope.ts";
import type { StageInner } from "./stage-block.ts";
import { addBlock, changedNames, refuseBlock, stageBody } from "./stage-block.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { innerDraft } from "./staging-draft.ts";
import type { Edit, Value } from "./value.ts";
import { applyEdits, CONSTANT, once, STATE } from "./value.ts";

/** Stages a `for` loop over names. */
export function stageLoop(node: SyntaxNode, staged: StagedStatement, stageInner: StageInner): void {
  const { scope, draft } = staged;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  const variables = left === undefined ? undefined : variablesOf(left, scope);
  if (
    left === undefined ||
    right === undefined ||
    body === undefined ||
    variables === undefined ||
    fieldOf(node, "alternative") !== undefined
  ) {
    return refuseBlock(node, scope);
  }
  const source = evaluatePart(right, scope);
  const isKnown = source.value.kind === "constant" || source.value.kind === "state";
  if (!isKnown || isGoneOverOnce(right, scope)) return refuseBlock(node, scope);
  const changed = changedNames(body, scope);
  const carried = carriedNames(body, scope);
  if (variables.some((variable) => carried.has(variable))) return refuseBlock(node, scope);
  // A number or a list that each turn changes is known in `fit` alone.
  for (const name of carried)
    if (scope.names.get(name)?.kind === "constant") scope.names.set(name, STATE);
  for (const variable of variables) scope.names.set(variable, CONSTANT);
  const before = new Map<string, Value>(scope.names);
  const inner = innerDraft(draft, {
    ...draft.loop,
    keys: [...draft.loop.keys, ...keysOf(variables, right, scope)],
    changed,
  });
  stageBody(body, { ...staged, draft: inner }, stageInner);
  const unlike = joinNames(scope.names, before);
  if (unlike !== undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${unlike}\` is something else in each turn of \`${excerpt(scope, node)}\`.`,
    );
  const edits = turnEdits(source, scope);
  const { text } = scope.statement.tree;
  const names = applyEdits(text, right, edits, "serve");
  addBlock(staged, inner, {
    fit: `for ${sourceOf(scope, left)} in ${applyEdits(text, right, edits, "fit")}:`,
    serve: `for ${sourceOf(scope, left)} in ${servedTurns(names, right, staged)}:`,
  });
  return undefined;
}

/** Methods that change a list, a set or a dictionary. */
const CHANGING: ReadonlySet<string> = new Set([
  "add",
  "append",
  "clear",
  "discard",
  "extend",
  "insert",
  "pop",
  "popitem",
  "remove",
  "reverse",
  "setdefault",
  "sort",
  "update",
]);

/** Names that are something else behind a turn than before it. */
function carriedNames(body: SyntaxNode, scope: Scope): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (node: SyntaxNode): void => {
    let root = node;
    while (root.kind === "subscript" || root.kind === "attribute") {
      const next = fieldOf(root, root.kind === "subscript" ? "value" : "object");
      if (next === undefined) return;
      root = next;
    }
    if (root.kind === "identifier") names.add(sourceOf(scope, root));
    else if (root.kind === "pattern_list" || root.kind === "tuple_pattern")
      for (const child of root.children) add(child);
  };
  walk(body, (node) => {
    const target =
      node.kind === "assignment" ||
      node.kind === "augmented_assignment" ||
      node.kind === "for_statement"
        ? fieldOf(node, "left")
        : undefined;
    if (target !== undefined) add(target);
    const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
    const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
    const method = callee === undefined ? undefined : fieldOf(callee, "attribute");
    if (object !== undefined && method !== undefined && CHANGING.has(sourceOf(scope, method)))
      add(object);
    return undefined;
  });
  return names;
}

/** Names of the variables, those in pairs within pairs included. */
function variablesOf(left: SyntaxNode, scope: Scope): readonly string[] | undefined {
  if (left.kind === "identifier") return [sourceOf(scope, left)];
  if (left.kind !== "pattern_list" && left.kind !== "tuple_pattern") return undefined;
  const names = left.children.map((child) => variablesOf(child, scope));
  return names.every((name) => name !== undefined) ? names.flat() : undefined;
}

/** The variables that tell one turn from another. */
function keysOf(variables: readonly string[], right: SyntaxNode, scope: Scope): readonly string[] {
  const [first] = variables;
  const isByFirst = /^enumerate\s*\(|\.items\s*\(\s*\)$/u.test(sourceOf(scope, right));
  return first !== undefined && isByFirst ? [first] : variables;
}

/** Calls whose result can be gone over once: there would be nothing left of it for the next request. */
const ONCE =
  /^(?:enumerate|filter|iter|map|reversed|zip|(?:itertools\.)?(?:chain|combinations|combinations_with_replacement|cycle|islice|permutations|product|starmap|zip_longest)(?:\.\w+)?)\s*\(/u;

/** A name for what can be gone over once. */
function isGoneOverOnce(right: SyntaxNode, scope: Scope): boolean {
  if (right.kind !== "identifier") return false;
  const name = sourceOf(scope, right);
  return scope.program.statements.some(({ node, tree, facts }) => {
    const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
    const value = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
    if (value === undefined || !facts.mayWrite.includes(name)) return false;
    return value.kind === "generator_expression" || ONCE.test(textOf(tree.text, value));
  });
}

/** The turns in both halves; those that are learned are kept as a list. */
function turnEdits(source: Part, scope: Scope): readonly Edit[] {
  const { lifter } = scope;
  const text = sourceOf(scope, source.node);
  const isOnce =
    source.node.kind === "generator_expression" ||
    ONCE.test(text) ||
    /\.(?:items|iteritems|keys|values)\s*\(\s*\)$/u.test(text);
  if (source.value.kind !== "state" || lifter === undefined || !isOnce)
    return servedEdits([source], scope);
  const field = once(() =>
    lifter.capture({ base: "turns", type: "list[Any]", source: text, code: `list(${text})` }),
  );
  return [{ span: source.node, fit: field, serve: () => lifter.read(field()) }];
}

/** What is gone over while serving: the turns without those of columns that a request does not bring. */
function servedTurns(names: string, right: SyntaxNode, { scope, draft }: StagedStatement): string {
  // Beside history the predicted column is there: earlier rows have it.
  if (isBesideHistory(scope)) return names;
  const literal = namesIn(right, scope);
  if (literal !== undefined && !literal.some((name) => isLabelColumn(scope, name))) return names;
  const others = [...scope.seen.labelColumns.keys()].map((name) => JSON.stringify(name));
  const skipped = others.length === 0 ? "UNSERVED" : `(*UNSERVED, ${others.join(", ")})`;
  draft.support.add("served_names");
  return `served_names(${names}, ${skipped})`;
}

/** The strings that a loop goes over, alone or in pairs; `undefined` when they are not written out. */
function namesIn(right: SyntaxNode, scope: Scope): readonly string[] | undefined {
  const { value } = evaluatePart(right, scope);
  if (value.kind !== "constant") return undefined;
  const literal = value.strings ?? stringLiterals(scope, right);
  if (literal !== undefined) return literal;
  if (right.kind === "integer" || right.kind === "float") return [];
  const parts = partsOf(right, scope);
  const all = parts?.map((part) => namesIn(part, scope));
  return all?.every((part) => part !== undefined) === true ? all.flat() : undefined;
}

/** What a list or dictionary that is written out is made of, numbered or paired with others or not. */
function partsOf(node: SyntaxNode, scope: Scope): readonly SyntaxNode[] | undefined {
  if (node.kind === "list" || node.kind === "tuple" || node.kind === "argument_list")
    return node.children;
  if (node.kind === "dictionary") {
    const isPlain = node.children.every(({ kind }) => kind === "pair");
    return isPlain ? node.children.flatMap(({ children }) => children) : undefined;
  }
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  if (callee === undefined) return undefined;
  const object = fieldOf(callee, "object");
  if (object?.kind === "dictionary") return partsOf(object, scope);
  return /^(?:enumerate|range|zip)$/u.test(sourceOf(scope, callee))
    ? fieldOf(node, "arguments")?.children
    : undefined;
}
