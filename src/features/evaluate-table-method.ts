/** Methods of tables and columns: row-wise, learned from whole columns, leaving rows out, or refused. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { argumentsOf, hasFixedSeed, isAcrossRow, keywordOf } from "./call-arguments.ts";
import {
  ACCESSOR_EXCEPTIONS,
  GROUP_METHODS,
  HISTORY_METHODS,
  REDUCING_METHODS,
  ROW_FILTERS,
  ROW_REDUCTIONS,
  ROW_WISE_METHODS,
  STATISTIC_TYPES,
} from "./knowledge.ts";
import type { Part } from "./parts.ts";
import { combine, evaluateLambda, requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiterals } from "./scope.ts";
import type { Edit, Evaluated, RowsValue } from "./value.ts";
import { LABEL, reshaped, textEdit } from "./value.ts";

/** A method call on rows. */
export interface TableCall {
  readonly node: SyntaxNode;
  readonly receiver: Part & { readonly value: RowsValue };
  readonly method: string;
}

/** Evaluates `df.fillna(…)` and the like by the tables of `knowledge.ts`. */
export function callTableMethod({ node, receiver, method }: TableCall, scope: Scope): Evaluated {
  const { value } = receiver;
  const text = excerpt(scope, node);
  if (value.role === "accessor") {
    if (ACCESSOR_EXCEPTIONS.has(method))
      return refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
    return combine(
      [{ ...receiver, value: reshaped(value, "column") }, ...argumentsOf(node, scope)],
      scope,
      node,
      method === "split" ? "unknown" : "column",
    );
  }
  if (HISTORY_METHODS.has(method))
    return refuseAt(
      scope,
      node,
      "feature-needs-history",
      `\`${text}\` needs rows before or after the one that is served.`,
    );
  if (GROUP_METHODS.has(method))
    return refuseAt(scope, node, "feature-per-key", `\`${text}\` combines rows of one group.`);
  if (method === "assign") return assignColumns({ node, receiver, method }, scope);
  const list = argumentsOf(node, scope);
  if (REDUCING_METHODS.has(method)) {
    if (ROW_REDUCTIONS.has(method) && isAcrossRow(list, scope))
      return combine([receiver, ...list], scope, node, "column");
    requireLearnable(value, node, scope);
    return {
      value: {
        kind: "state",
        type: value.shape === "column" ? (STATISTIC_TYPES[method] ?? "Any") : "Any",
      },
      edits: [],
    };
  }
  if (ROW_FILTERS.has(method) || (method === "drop" && !dropsColumns(list, scope)))
    return leaveRowsOut({ node, receiver, method }, list, scope);
  if (!ROW_WISE_METHODS.has(method))
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`.${method}(…)\` in \`${text}\` is not understood.`,
    );
  checkRowWise({ node, receiver, method }, list, scope);
  if (
    method === "pop" &&
    list[0] !== undefined &&
    stringLiterals(scope, list[0].node)?.[0] === scope.label
  )
    return { value: LABEL, edits: [] };
  const shape =
    method === "pop" || method === "get" || (method === "apply" && value.shape === "frame")
      ? "column"
      : method === "to_numpy" && value.shape !== "column"
        ? "matrix"
        : method === "to_frame"
          ? "frame"
          : value.shape;
  return combine([receiver, ...list], scope, node, shape);
}

/** Arguments that turn a row-wise method into something else. */
function checkRowWise(
  { node, receiver, method }: TableCall,
  list: readonly Argument[],
  scope: Scope,
): void {
  const text = excerpt(scope, node);
  if ((method === "fillna" || method === "replace") && keywordOf(list, "method") !== undefined) {
    refuseAt(
      scope,
      node,
      "feature-needs-history",
      `\`${text}\` needs rows before or after the one that is served.`,
    );
  }
  if (method === "apply" && receiver.value.shape !== "column" && !isAcrossRow(list, scope)) {
    refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` gives the function a whole column; use axis=1 or a column method.`,
    );
  }
  if (
    method === "astype" &&
    list.some((argument) => /category/u.test(sourceOf(scope, argument.node)))
  ) {
    refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` learns categories from the whole table, which is not understood yet; use get_dummies or an encoder.`,
    );
  }
  if (method === "reset_index") scope.seen.renumbered = true;
  if (method === "reset_index" && keywordOf(list, "drop") === undefined) {
    refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` makes a column of the row numbers; use reset_index(drop=True).`,
    );
  }
  if (method === "join" || method === "reindex" || method === "filter") {
    if (receiver.value.shape === "column")
      refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
    if (method === "reindex" && keywordOf(list, "columns") === undefined)
      refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` picks rows by label.`);
    if (method === "join" && list.some(({ value }) => value.kind !== "rows"))
      refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` joins another table.`);
    if (
      method === "filter" &&
      list.every(({ keyword }) => keyword !== "items" && keyword !== "like" && keyword !== "regex")
    )
      refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
  }
  if (method === "drop")
    for (const name of droppedNames(list, scope)) scope.seen.droppedNames.add(name);
}

function assignColumns({ node, receiver }: TableCall, scope: Scope): Evaluated {
  const list = fieldOf(node, "arguments")?.children ?? [];
  const parts = list.map((child): Part => {
    const value = fieldOf(child, "value");
    if (child.kind !== "keyword_argument" || value === undefined)
      return refuseAt(
        scope,
        child,
        "feature-statement-unknown",
        `\`${excerpt(scope, child)}\` is not understood.`,
      );
    return {
      node: value,
      ...(value.kind === "lambda"
        ? evaluateLambda(value, scope, receiver.value)
        : scope.evaluate(value, scope)),
    };
  });
  return combine([receiver, ...parts], scope, node, "frame");
}

/** Rows are left out in training only; a null that training left out is refused while serving. */
function leaveRowsOut(
  { node, receiver, method }: TableCall,
  list: readonly Argument[],
  scope: Scope,
): Evaluated {
  const text = excerpt(scope, node);
  const value: RowsValue = { ...receiver.value, role: "partial" };
  if (method === "sample" && !hasFixedSeed(list))
    refuseAt(scope, node, "feature-random", `\`${text}\` picks other rows each time.`);
  if (keywordOf(list, "ignore_index") !== undefined) scope.seen.renumbered = true;
  scope.seen.notes.push({
    text: `\`${text}\` concerns the rows of training alone`,
    span: node,
    statement: scope.statement,
  });
  const { lifter } = scope;
  const call = { start: receiver.node.end, end: node.end };
  const removed = textEdit(call, "");
  if (method !== "dropna" || lifter === undefined || receiver.value.shape === "column")
    return { value, edits: [...receiver.edits, removed] };
  const subset = keywordOf(list, "subset");
  const names = subset === undefined ? undefined : stringLiterals(scope, subset.node);
  if (
    list.some(
      ({ keyword }) =>
        keyword === undefined || !["subset", "inplace", "ignore_index"].includes(keyword),
    ) ||
    (subset !== undefined && names === undefined)
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` leaves rows out in a way that is not understood.`,
    );
  }
  const watched = names?.filter((name) => name !== scope.label);
  if (watched?.length === 0) return { value, edits: [...receiver.edits, removed] };
  const check: Edit = {
    span: { start: receiver.node.start, end: receiver.node.start },
    fit: undefined,
    serve: () => `${lifter.support("reject_nulls")}(`,
  };
  const columns =
    watched === undefined
      ? "unserved=UNSERVED"
      : `columns=[${watched.map((name) => JSON.stringify(name)).join(", ")}]`;
  return { value, edits: [...receiver.edits, check, textEdit(call, `, ${columns})`)] };
}

function dropsColumns(list: readonly Argument[], scope: Scope): boolean {
  return (
    keywordOf(list, "columns") !== undefined ||
    isAcrossRow(list, scope) ||
    (list[1] !== undefined &&
      list[1].keyword === undefined &&
      sourceOf(scope, list[1].node) === "1")
  );
}

function droppedNames(list: readonly Argument[], scope: Scope): readonly string[] {
  const named = keywordOf(list, "columns") ?? keywordOf(list, "labels") ?? list[0];
  if (named === undefined) return [];
  return (
    (named.value.kind === "constant" ? named.value.strings : undefined) ??
    stringLiterals(scope, named.node) ??
    []
  );
}
