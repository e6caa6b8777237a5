/**
 * Training rows and rows of another table under each other: `full = pd.concat([train, test])`. What is learned of them comes from both, as
 * in the notebook; a request stands for the training rows. They part again where training rows are counted off at the head, and only there:
 * until then no rows may be left out or moved.
 */
import { mayMutate } from "../python/mutated-names.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, textOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import type { FeatureStatement } from "./feature-program.ts";
import type { Part } from "./parts.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope, Stacking } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated, RowsValue } from "./value.ts";
import { applyEdits, once, rows, TRAINING, textEdit } from "./value.ts";

/** `pd.concat([train, test])`; `undefined` when it is of another form. */
export function stackTables(
  node: SyntaxNode,
  list: readonly Argument[],
  scope: Scope,
): Evaluated | undefined {
  const { lifter } = scope;
  const [given, ...others] = list;
  const isPlain =
    (given?.node.kind === "list" || given?.node.kind === "tuple") &&
    others.every((argument) => isHarmless(argument, scope));
  if (lifter === undefined || given === undefined || !isPlain || hasOtherServing(scope))
    return undefined;
  const [first, ...below] = given.node.children.map((child) => evaluatePart(child, scope));
  const table = first === undefined ? undefined : rootName(first.node, scope);
  if (first?.value.kind !== "rows" || table === undefined || !isWhole(first.value))
    return undefined;
  if (below.length === 0 || below.some(({ value }) => value.kind !== "state")) return undefined;
  const isAlone =
    scope.seen.stacked === undefined || scope.seen.stacked.statement === scope.statement;
  if (!isAlone) return undefined;
  scope.seen.stacked = { table, statement: scope.statement };
  if (others.some(({ keyword }) => keyword === "ignore_index")) scope.seen.renumbered = true;
  scope.seen.notes.push({
    text: `\`${excerpt(scope, node)}\`: what is learned of all these rows is learned of those that the model is not fitted with too`,
    span: node,
    statement: scope.statement,
  });
  const { text } = scope.statement.tree;
  const fit = once(() => applyEdits(text, node, first.edits, "fit"));
  const types = once(() =>
    lifter.capture({
      base: `${table} types`,
      type: "dict[str, str]",
      source: `types of ${sourceOf(scope, node)}`,
      code: `layout(${fit()})`,
    }),
  );
  // A column that only the other table has is null, as it was for the training rows.
  const serve = (): string => {
    const served = applyEdits(text, first.node, first.edits, "serve");
    const known = lifter.read(types());
    return `pinned(${served}.reindex(columns=[*${known}]), ${known})`;
  };
  const withTypes = (): string => {
    types();
    return fit();
  };
  return { value: rows("frame", "both"), edits: [{ span: node, fit: withTypes, serve }] };
}

/** `full[:len(train)]`, `full.iloc[:n]`, `full[n:]`; `undefined` for tables that are no such rows. */
export function partStacked(
  node: SyntaxNode,
  table: Part,
  { key, scope }: { readonly key: SyntaxNode; readonly scope: Scope },
): Evaluated | undefined {
  if (table.value.kind !== "rows" || table.value.side !== "both") return undefined;
  const [, head, tail] = /^(?:0\s*)?:\s*([^:]+)$|^([^:]+):\s*$/u.exec(sourceOf(scope, key)) ?? [];
  const count = head ?? tail;
  const { stacked } = scope.seen;
  if (stacked === undefined || count === undefined || !isCountOf(count.trim(), stacked, scope))
    return refuseStacked(node, scope);
  classify(scope, "row-filter");
  if (head === undefined) return { value: TRAINING, edits: [] };
  return {
    value: { ...table.value, side: "all" },
    edits: [...table.edits, textEdit({ start: table.node.end, end: node.end }, "")],
  };
}

/** Refuses what leaves rows out of, or moves them within, training rows and others together. */
export function requireUnstacked({ side }: RowsValue, node: SyntaxNode, scope: Scope): void {
  if (side === "both") refuseStacked(node, scope);
}

/** Refuses values of one table beside those of training rows and others together. */
export function requireSameStack(
  one: RowsValue,
  other: RowsValue,
  { node, scope }: { readonly node: SyntaxNode; readonly scope: Scope },
): void {
  if (one.side === other.side || (one.side !== "both" && other.side !== "both")) return;
  refuseStacked(node, scope);
}

function refuseStacked(node: SyntaxNode, scope: Scope): never {
  const { stacked } = scope.seen;
  return refuseAt(
    scope,
    node,
    "feature-mixes-training-rows",
    `\`${excerpt(scope, node)}\` is about the rows of \`${String(stacked?.table)}\` and of another table together; only the first \`len(${String(stacked?.table)})\` of them are known to be training rows.`,
  );
}

function isHarmless({ keyword, node }: Argument, scope: Scope): boolean {
  const text = sourceOf(scope, node);
  if (keyword === "axis") return /^(?:0|["'](?:index|rows)["'])$/u.test(text);
  return (keyword === "sort" || keyword === "ignore_index") && /^(?:True|False)$/u.test(text);
}

function hasOtherServing({ entities, history, inside, ofEarlierRows }: Scope): boolean {
  return (
    entities !== undefined ||
    history.until !== undefined ||
    inside.length > 0 ||
    ofEarlierRows === true
  );
}

function isWhole({ role, side, shape }: RowsValue): boolean {
  return role === "value" && side === "all" && shape === "frame";
}

function rootName(node: SyntaxNode, scope: Scope): string | undefined {
  let at: SyntaxNode | undefined = node;
  while (at !== undefined && at.kind !== "identifier")
    at =
      at.kind === "call"
        ? fieldOf(at, "function")
        : at.kind === "attribute"
          ? fieldOf(at, "object")
          : at.kind === "subscript"
            ? fieldOf(at, "value")
            : undefined;
  return at === undefined ? undefined : sourceOf(scope, at);
}

/** Whether a text is the number of training rows as they were put above the others. */
function isCountOf(count: string, stacked: Stacking, scope: Scope): boolean {
  const { table, statement: stack } = stacked;
  const isLength = (text: string): boolean =>
    [`len(${table})`, `${table}.shape[0]`].includes(text.replaceAll(/\s/gu, ""));
  if (isLength(count)) return !isBoundAnew(stacked, stack, scope.statement, scope);
  const [binder, ...others] = scope.program.statements.filter(({ facts }) =>
    facts.mayWrite.includes(count),
  );
  const assignment =
    binder?.node.kind === "expression_statement" ? binder.node.children[0] : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  if (binder === undefined || others.length > 0 || right === undefined) return false;
  if (left?.kind !== "identifier" || !isLength(textOf(binder.tree.text, right))) return false;
  return binder.position < stack.position
    ? !isBoundAnew(stacked, binder, stack, scope)
    : !isBoundAnew(stacked, stack, binder, scope);
}

/** Whether the variable of the training rows may have more, fewer or other rows at a statement than at an earlier one. */
function isBoundAnew(
  { table, statement: stack }: Stacking,
  { position: from }: FeatureStatement,
  { position: to }: FeatureStatement,
  { program }: Scope,
): boolean {
  return program.statements.some(({ position, facts }) => {
    const isBetween = position > from && position < to;
    // The stack itself may take the name, when it was counted before.
    const isStack = position === stack.position && position === from;
    return (
      (isBetween || isStack) &&
      (facts.mayWrite.includes(table) ||
        facts.deletes.includes(table) ||
        (isBetween && mayMutate(facts, table)))
    );
  });
}
