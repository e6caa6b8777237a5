/**
 * Operations on earlier rows of the same entity: lags, windows, running totals, in their plain form (one series) and by group. They are
 * served from a history when entity and time are declared; what looks at later rows or at rows of others is refused.
 * The predicted column may be looked at only where the row itself is left out, which is what a lag does.
 */

import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import { HISTORY_METHODS } from "../knowledge.ts";
import type { Part } from "../parts.ts";
import { combine, evaluatePart, servedEdits } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiteral } from "../scope.ts";
import type { Evaluated, HistoryValue, RowsValue, Value } from "../value.ts";
import { LABEL, reshaped, rows } from "../value.ts";
import { asEarlier, refuseHistory, refuseUndeclared, useHistory } from "./history-draft.ts";
import type { HistoryCall } from "./history-groups.ts";
import { singleName } from "./history-groups.ts";
import type { Reach } from "./history-reach.ts";
import { reachOf } from "./history-reach.ts";

const WINDOWS: ReadonlySet<string> = new Set(["rolling", "expanding", "ewm"]);
const WINDOW_STATISTICS: ReadonlySet<string> = new Set([
  "count",
  "kurt",
  "max",
  "mean",
  "median",
  "min",
  "quantile",
  "sem",
  "skew",
  "std",
  "sum",
  "var",
]);
const NAMED_TRANSFORMS: ReadonlySet<string> = new Set([
  "cumcount",
  "cummax",
  "cummin",
  "cumprod",
  "cumsum",
  "diff",
  "ffill",
  "pct_change",
  "shift",
]);

/** `df["x"].shift(1)`, `df.rolling(7)`: sound for one series, or inside a function over the rows of one entity. */
export function callOnSeries(
  { node, receiver, method }: HistoryCall<RowsValue>,
  scope: Scope,
): Evaluated {
  const list = argumentsOf(node, scope);
  const reach = reachOf(method, list, scope);
  if (reach.kind === "future" && isLabelOfLater(node, scope)) return { value: LABEL, edits: [] };
  requireServable(reach, node, scope);
  requireOneSeries(node, scope);
  if (receiver.value.role === "index") refuseHistory(scope, node, "moves the labels of rows");
  useHistory(
    { node, rows: receiver.value, table: sourceOf(scope, receiver.node), reach: rowsOf(reach) },
    scope,
  );
  if (WINDOWS.has(method))
    return {
      value: {
        kind: "history",
        stage: "window",
        shape: receiver.value.shape,
        keys: [],
        mayBeLabel: false,
        rows: receiver.value,
        table: sourceOf(scope, receiver.node),
      },
      edits: [...receiver.edits, ...servedEdits(list, scope)],
    };
  return combine([receiver, ...list], scope, node, receiver.value.shape);
}

/** `df["sold"].shift(1)` of the predicted column: earlier rows have it. Anything else that is computed from it stays what it is. */
export function callOnLabel(
  node: SyntaxNode,
  receiver: Part,
  method: string,
  scope: Scope,
): Evaluated | undefined {
  if (!HISTORY_METHODS.has(method)) return undefined;
  const list = argumentsOf(node, scope);
  const reach = reachOf(method, list, scope);
  if (reach.kind === "future" && isLabelOfLater(node, scope)) return { value: LABEL, edits: [] };
  if (reach.kind !== "back" || !reach.past) return undefined;
  const earlier = evaluatePart(receiver.node, asEarlier(scope));
  if (earlier.value.kind !== "rows") return undefined;
  return callOnSeries({ node, receiver: { ...earlier, value: earlier.value }, method }, scope);
}

/** A method of grouped rows or of a window; `undefined` when it combines the rows of a group, which is not about earlier rows. */
export function callOnHistory(
  call: HistoryCall<HistoryValue>,
  scope: Scope,
): Evaluated | undefined {
  const { node, receiver, method } = call;
  switch (receiver.value.stage) {
    case "grouped":
      return callOnGroups(call, scope);
    case "window":
      return windowStatistic(call, scope);
    case "by-entity":
      if (takesEntityOff(node, method, receiver.value, scope)) return asRows(receiver, scope, node);
      return refuseHistory(
        scope,
        node,
        "goes on with values labelled by entity and row; write .reset_index(level=0, drop=True) first (a list of levels for several keys), or use .transform",
      );
  }
}

function callOnGroups(call: HistoryCall<HistoryValue>, scope: Scope): Evaluated | undefined {
  const { node, method } = call;
  if (method === "transform") return transformGroups(call, scope);
  if (!HISTORY_METHODS.has(method)) return undefined;
  return lookBack(call, { method, list: argumentsOf(node, scope) }, scope);
}

/** One operation on earlier rows of each group. */
function lookBack(
  { node, receiver }: HistoryCall<HistoryValue>,
  { method, list }: { readonly method: string; readonly list: ReturnType<typeof argumentsOf> },
  scope: Scope,
): Evaluated {
  const reach = reachOf(method, list, scope);
  if (reach.kind === "future" && isLabelOfLater(node, scope)) return { value: LABEL, edits: [] };
  requireServable(reach, node, scope);
  requireEntity(receiver.value, node, scope);
  if (receiver.value.mayBeLabel && !reach.past && method !== "cumcount")
    return WINDOWS.has(method) ? refuseLabel(scope, node) : { value: LABEL, edits: [] };
  useGroups(receiver.value, { node, reach: rowsOf(reach) }, scope);
  if (WINDOWS.has(method))
    return {
      value: { ...receiver.value, stage: "window", mayBeLabel: false },
      edits: [...receiver.edits, ...servedEdits(list, scope)],
    };
  const shape = method === "cumcount" ? "column" : receiver.value.shape;
  return combine([plainRows(receiver, shape), ...list], scope, node, shape);
}

/** `.transform(lambda s: s.shift(1).rolling(7).mean())`, `.transform("cumsum")`. */
function transformGroups(call: HistoryCall<HistoryValue>, scope: Scope): Evaluated | undefined {
  const { node, receiver } = call;
  const [first, ...others] = fieldOf(node, "arguments")?.children ?? [];
  const named = stringLiteral(scope, first);
  if (named !== undefined) {
    if (!NAMED_TRANSFORMS.has(named)) return undefined;
    const list = argumentsOf(node, scope).slice(1);
    return lookBack(call, { method: named, list }, scope);
  }
  if (first?.kind !== "lambda" || others.length > 0) return undefined;
  const body = fieldOf(first, "body");
  const [parameter, more] = fieldOf(first, "parameters")?.children ?? [];
  if (body === undefined || parameter?.kind !== "identifier" || more !== undefined)
    return undefined;
  const name = sourceOf(scope, parameter);
  const series = rows("column", receiver.value.rows.side);
  const value: Value = receiver.value.mayBeLabel ? LABEL : series;
  const before = scope.history.uses.size;
  const wasUsed = scope.history.uses.has(scope.history.now);
  const inner: Scope = {
    ...scope,
    names: new Map([...[...scope.names].filter(([, known]) => isFree(known)), [name, value]]),
    lifter: undefined,
    earlier: new Map([[name, series]]),
  };
  if (!looksBack(body, scope)) return undefined;
  requireEntity(receiver.value, node, scope);
  const part = evaluatePart(body, inner);
  if (part.value.kind === "label") return { value: LABEL, edits: [] };
  if (part.value.kind !== "rows" || (before === scope.history.uses.size && !wasUsed))
    return refuseHistory(scope, node, "gives something else than one value a row");
  useGroups(receiver.value, { node, reach: 0 }, scope);
  return {
    value: reshaped(receiver.value.rows, receiver.value.shape),
    edits: [...receiver.edits, ...servedEdits([part], inner)],
  };
}

/** Whether a name may stand inside a function over the rows of one entity: whole tables may not. */
function isFree({ kind }: Value): boolean {
  return kind === "constant" || kind === "library" || kind === "function";
}

/** Whether anything in an expression is a method that looks at other rows. */
function looksBack(node: SyntaxNode, scope: Scope): boolean {
  const attribute = node.kind === "attribute" ? fieldOf(node, "attribute") : undefined;
  if (attribute !== undefined && HISTORY_METHODS.has(sourceOf(scope, attribute))) return true;
  return node.children.some((child) => looksBack(child, scope));
}

function windowStatistic(
  { node, receiver, method }: HistoryCall<HistoryValue>,
  scope: Scope,
): Evaluated {
  const list = argumentsOf(node, scope);
  if (!WINDOW_STATISTICS.has(method) || list.some(({ value }) => value.kind !== "constant"))
    return refuseHistory(scope, node, "computes something over a window that is not understood");
  const isGrouped = receiver.value.keys === undefined || receiver.value.keys.length > 0;
  if (!isGrouped) return asRows(receiver, scope, node);
  return { value: { ...receiver.value, stage: "by-entity" }, edits: receiver.edits };
}

/** `.reset_index(level=0, drop=True)`, `.droplevel(0)`: the labels of the table's rows are left. */
function takesEntityOff(
  node: SyntaxNode,
  method: string,
  value: HistoryValue,
  scope: Scope,
): boolean {
  const list = argumentsOf(node, scope);
  const first = list.find(({ keyword }) => keyword === undefined);
  const given = keywordOf(list, "level") ?? first;
  if (given === undefined) return false;
  if (method === "reset_index") {
    const drop = keywordOf(list, "drop");
    if (drop === undefined || sourceOf(scope, drop.node) !== "True" || list.length !== 2)
      return false;
  } else if (method !== "droplevel" || list.length !== 1) return false;
  const keys = value.keys ?? [];
  const items = given.node.kind === "list" ? given.node.children : [given.node];
  const levels = items.map((item) => stringLiteral(scope, item) ?? sourceOf(scope, item));
  return (
    levels.length === keys.length &&
    (levels.every((level, at) => level === String(at)) ||
      levels.every((level, at) => level === keys[at]))
  );
}

function asRows(
  receiver: Part & { readonly value: HistoryValue },
  scope: Scope,
  node: SyntaxNode,
): Evaluated {
  return combine([plainRows(receiver, receiver.value.shape)], scope, node, receiver.value.shape);
}

function plainRows(
  receiver: Part & { readonly value: HistoryValue },
  shape: HistoryValue["shape"],
): Part {
  return { ...receiver, value: reshaped(receiver.value.rows, shape) };
}

function useGroups(
  value: HistoryValue,
  { node, reach }: { readonly node: SyntaxNode; readonly reach: number },
  scope: Scope,
): void {
  // Finer groups than the entity: how far back their last rows lie is not known.
  const isFiner = (value.keys ?? []).length > scope.history.entity.length;
  useHistory(
    { node, rows: value.rows, table: value.table, reach: isFiner ? Infinity : reach },
    scope,
  );
}

function requireServable(
  reach: Reach,
  node: SyntaxNode,
  scope: Scope,
): asserts reach is Extract<Reach, { kind: "back" }> {
  if (reach.kind !== "back") refuseHistory(scope, node, reach.because);
}

function rowsOf(reach: Reach): number {
  return reach.kind === "back" ? reach.rows : 0;
}

function requireOneSeries(node: SyntaxNode, scope: Scope): void {
  if (scope.earlier !== undefined) return;
  const { entity, time } = scope.history;
  if (time === undefined) refuseUndeclared(scope, node, undefined);
  if (entity.length > 0)
    refuseHistory(
      scope,
      node,
      `takes the row above, whoever's it is; group by the declared entity (${entity.join(", ")}) first`,
    );
}

/** The groups must lie within the entity: a served row has no rows of others. */
function requireEntity(value: HistoryValue, node: SyntaxNode, scope: Scope): void {
  const { entity, time } = scope.history;
  const { keys } = value;
  if (keys === undefined)
    refuseHistory(scope, node, "groups rows in a way that is not understood; name the columns");
  if (time === undefined || entity.length === 0) refuseUndeclared(scope, node, keys);
  const missing = entity.filter((name) => !keys.includes(name));
  if (missing.length > 0)
    refuseHistory(
      scope,
      node,
      `groups by ${keys.join(", ")}, which puts rows of several ${entity.join(", ")} together; a served row has the history of its own entity alone`,
    );
}

function refuseLabel(scope: Scope, node: SyntaxNode): never {
  return refuseAt(
    scope,
    node,
    "feature-uses-target",
    `\`${excerpt(scope, node)}\` has the row's own value of the column that is predicted in its window; shift it first.`,
  );
}

/** Whether later rows are looked at to make the column that is predicted, and nothing else: `df["target"] = df["sold"].shift(-1)`. */
function isLabelOfLater(node: SyntaxNode, scope: Scope): boolean {
  const { statement, history } = scope;
  const assignment =
    statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  if (left === undefined || node.start < left.end) return false;
  const key = left.kind === "subscript" ? left.children.at(-1) : undefined;
  const named = key === undefined ? undefined : singleName(key, scope);
  const name =
    key !== undefined
      ? named?.length === 1
        ? named[0]
        : undefined
      : left.kind === "attribute"
        ? sourceOf(scope, left).split(".").at(-1)
        : undefined;
  const isLabel =
    left.kind === "identifier"
      ? scope.label === undefined
      : name !== undefined && name === scope.label;
  if (isLabel) history.futures.add(statement.facts.span.start);
  return isLabel;
}
