/**
 * Lines that leave rows out, sort or renumber them, while history stands above the served rows. Elsewhere they concern training alone; here
 * they decide which row is the one before, so that they stay in both functions, and served rows pass through them.
 */

import type { SyntaxNode } from "../../python/syntax.ts";
import type { Argument } from "../call-arguments.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import { ROW_FILTERS } from "../knowledge.ts";
import type { Part } from "../parts.ts";
import { evaluatePart, servedEdits } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { sourceOf, stringLiterals } from "../scope.ts";
import type { Edit, Evaluated, RowsValue } from "../value.ts";
import { textEdit } from "../value.ts";
import { asEarlier, isBesideHistory, refuseHistory } from "./history-draft.ts";

/** A call on rows. */
interface RowsCall {
  readonly node: SyntaxNode;
  readonly receiver: Part & { readonly value: RowsValue };
  readonly method: string;
}

/** `df.sort_values(…)`, `df.dropna()`, `df.reset_index(drop=True)` beside history; `undefined` for everything else. */
export function callBesideHistory(call: RowsCall, scope: Scope): Evaluated | undefined {
  const { node, receiver, method } = call;
  if (!isBesideHistory(scope)) return undefined;
  if (method === "reset_index") return keepLabels(call, scope);
  if (method === "drop" || !ROW_FILTERS.has(method)) return undefined;
  const list = argumentsOf(node, scope);
  if (method === "sort_values") return sortRows(call, list, scope);
  if (method === "sort_index" && list.length === 0)
    return { value: { ...receiver.value, role: "value" }, edits: receiver.edits };
  if (method === "drop_duplicates" && list.length === 0)
    // Entity and time tell rows apart, so that no row of the history is there twice.
    return without(call, { ...receiver.value, role: "partial" });
  if (method === "dropna" && receiver.value.shape !== "column") return dropNulls(call, list, scope);
  return refuseHistory(
    scope,
    node,
    "leaves rows out before earlier rows are counted, in a way that is not understood",
  );
}

/** `df[mask]` and `df.loc[mask, …]` beside history: the edits that keep served rows; `undefined` elsewhere. */
export function filterBesideHistory(
  mask: SyntaxNode | undefined,
  at: SyntaxNode,
  scope: Scope,
): readonly Edit[] | undefined {
  if (!isBesideHistory(scope)) return undefined;
  const { lifter } = scope;
  // Rows of the history have the predicted column, so that training's filter by it holds for them.
  const part = mask === undefined ? undefined : evaluatePart(mask, asEarlier(scope));
  if (part?.value.kind !== "rows" || lifter === undefined)
    return refuseHistory(
      scope,
      at,
      "leaves rows out before earlier rows are counted, in a way that is not understood",
    );
  const { start, end } = part.node;
  // How far back the rows lie that training kept is not known.
  scope.history.reach = Infinity;
  return [
    { span: { start, end: start }, fit: undefined, serve: () => `${lifter.support("kept_rows")}(` },
    ...servedEdits([part], scope),
    textEdit({ start: end, end }, ")"),
  ];
}

/** Sorting by the declared time, after columns of the entity or alone, makes the row above the one before. */
function sortRows(call: RowsCall, list: readonly Argument[], scope: Scope): Evaluated {
  const { receiver, node } = call;
  const by = keywordOf(list, "by") ?? list.find(({ keyword }) => keyword === undefined);
  const renumbers = keywordOf(list, "ignore_index");
  if (list.some(({ value }) => value.kind !== "constant"))
    return refuseHistory(scope, node, "sorts rows in a way that is not understood");
  const names = by === undefined ? undefined : stringLiterals(scope, by.node);
  const { entity, time } = scope.history;
  const ascending = keywordOf(list, "ascending");
  const isTimely =
    names?.at(-1) === time &&
    names?.slice(0, -1).every((name) => entity.includes(name)) === true &&
    (ascending === undefined || sourceOf(scope, ascending.node) === "True");
  const { inTimeOrder: _before, ...plain } = receiver.value;
  const value: RowsValue = { ...plain, ...(isTimely ? { inTimeOrder: true as const } : {}) };
  if (keywordOf(list, "inplace") !== undefined && receiver.node.kind === "identifier")
    scope.names.set(sourceOf(scope, receiver.node), value);
  if (renumbers !== undefined) scope.seen.renumbered = true;
  return {
    value,
    edits: [
      ...receiver.edits,
      ...(renumbers === undefined ? [] : [textEdit(renumbers.node, "False")]),
    ],
  };
}

/** Rows keep their labels while serving: by them history and served rows are told apart. */
function keepLabels(call: RowsCall, scope: Scope): Evaluated {
  const { receiver, node } = call;
  const list = argumentsOf(node, scope);
  const isPlain = list.every(({ keyword }) => keyword === "drop" || keyword === "inplace");
  const drop = keywordOf(list, "drop");
  if (
    !isPlain ||
    receiver.value.shape === "column" ||
    drop === undefined ||
    sourceOf(scope, drop.node) !== "True"
  )
    return refuseHistory(
      scope,
      node,
      "renumbers rows before earlier rows are counted, in a way that is not understood",
    );
  scope.seen.renumbered = true;
  return without(call, receiver.value);
}

function dropNulls(call: RowsCall, list: readonly Argument[], scope: Scope): Evaluated {
  const { receiver, node } = call;
  const { lifter } = scope;
  const subset = keywordOf(list, "subset");
  const names = subset === undefined ? undefined : stringLiterals(scope, subset.node);
  const inPlace = keywordOf(list, "inplace") !== undefined;
  if (
    lifter === undefined ||
    list.some(({ keyword }) => keyword !== "subset" && keyword !== "inplace") ||
    (subset !== undefined && names === undefined) ||
    (inPlace && receiver.node.kind !== "identifier")
  )
    return refuseHistory(
      scope,
      node,
      "leaves rows out before earlier rows are counted, in a way that is not understood",
    );
  const table = sourceOf(scope, receiver.node);
  scope.history.reach = Infinity;
  const columns =
    names === undefined ? "" : `, [${names.map((name) => JSON.stringify(name)).join(", ")}]`;
  const { start } = receiver.node;
  return {
    value: { ...receiver.value, role: "partial" },
    edits: [
      {
        span: { start, end: start },
        fit: undefined,
        serve: () => `${inPlace ? `${table} = ` : ""}${lifter.support("kept_without_nulls")}(`,
      },
      ...receiver.edits,
      textEdit({ start: receiver.node.end, end: node.end }, `${columns}, unserved=UNSERVED)`),
    ],
  };
}

function without({ receiver, node }: RowsCall, value: RowsValue): Evaluated {
  return {
    value,
    edits: [...receiver.edits, textEdit({ start: receiver.node.end, end: node.end }, "")],
  };
}
