/** Methods of tables and columns: row-wise, learned from whole columns, leaving rows out, or refused. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { argumentsOf, hasFixedSeed, isAcrossRow, keywordOf } from "./call-arguments.ts";
import { callEntityMethod } from "./entities/evaluate-entities.ts";
import { evaluateCategoryType, evaluateFactorize, evaluateRank } from "./evaluate-categories.ts";
import { keepColumns } from "./evaluate-columns.ts";
import { evaluateGroupby } from "./evaluate-groups.ts";
import { evaluateJoin } from "./evaluate-join.ts";
import { requireUnstacked } from "./evaluate-stacking.ts";
import { callOnSeries } from "./history/evaluate-history.ts";
import { callBesideHistory } from "./history/history-rows.ts";
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
import { combine, evaluateLambda, requireLearnable, servedEdits } from "./parts.ts";
import { renamingOfMapping } from "./read-renaming.ts";
import type { Scope } from "./scope.ts";
import {
  classify,
  excerpt,
  isLabelColumn,
  refuseAt,
  sourceOf,
  stringLiteral,
  stringLiterals,
} from "./scope.ts";
import type { Edit, Evaluated, RowsValue } from "./value.ts";
import {
  applyEdits,
  LABEL,
  mayHaveColumn,
  reshaped,
  STATE,
  textEdit,
  withoutColumns,
} from "./value.ts";

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
  const ofEntities = callEntityMethod({ node, receiver, method }, scope);
  if (ofEntities !== undefined) return ofEntities;
  const beside = callBesideHistory({ node, receiver, method }, scope);
  if (beside !== undefined) return beside;
  if (method === "rank") return evaluateRank(node, receiver, argumentsOf(node, scope), scope);
  if (method === "factorize") return evaluateFactorize(node, receiver, scope);
  if (method === "astype" && isCategoryType(node, scope))
    return evaluateCategoryType(node, receiver, scope);
  if (method === "merge" || method === "join") {
    const [right, ...rest] = argumentsOf(node, scope);
    if (right !== undefined && right.value.kind !== "rows")
      return evaluateJoin({ node, left: receiver, right, rest, method }, scope);
  }
  if (HISTORY_METHODS.has(method)) return callOnSeries({ node, receiver, method }, scope);
  if (method === "pivot_table") {
    requireLearnable(value, node, scope);
    classify(scope, "fitted-per-key");
    return { value: STATE, edits: [] };
  }
  if (method === "select_dtypes" || method === "_get_numeric_data")
    return keepColumns(node, receiver, scope);
  if (method === "groupby") return evaluateGroupby(node, receiver, scope);
  if (GROUP_METHODS.has(method))
    return refuseAt(scope, node, "feature-per-key", `\`${text}\` combines rows of one group.`);
  if (method === "assign") return assignColumns({ node, receiver, method }, scope);
  const list = argumentsOf(node, scope);
  if (method === "dropna" && isAcrossColumns(list, scope))
    return keepColumns(node, receiver, scope);
  if (method === "reshape") return reshapeRows({ node, receiver, method }, list, scope);
  if (REDUCING_METHODS.has(method) || (method === "agg" && isNamedStatistic(list, scope))) {
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
    isLabelColumn(scope, stringLiterals(scope, list[0].node)?.[0])
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
  const combined = combine([receiver, ...list], scope, node, shape);
  if (method !== "drop" || combined.value.kind !== "rows") return combined;
  classify(scope, "schema");
  return { ...combined, value: withoutColumns(combined.value, droppedNames(list, scope)) };
}

/** `astype("category")`: the only argument. */
function isCategoryType(node: SyntaxNode, scope: Scope): boolean {
  const list = fieldOf(node, "arguments")?.children ?? [];
  const [only] = list;
  const value = only?.kind === "keyword_argument" ? fieldOf(only, "value") : only;
  return list.length === 1 && stringLiteral(scope, value) === "category";
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
      `\`${text}\` gives several types, a category among them; give the category by itself.`,
    );
  }
  if (method === "reset_index" || method === "set_index") scope.seen.renumbered = true;
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
  const names = method === "rename" ? keywordOf(list, "columns") : undefined;
  if (names !== undefined) {
    classify(scope, "schema");
    scope.seen.renamings.push(renamingOfMapping(names.node, scope));
  }
  if (method === "add_prefix" || method === "add_suffix")
    scope.seen.renamings.push({ kind: "unknown" });
  if (method === "drop")
    for (const name of droppedNames(list, scope))
      scope.seen.droppedColumns.set(name, {
        by: scope.statement,
        keptIn: keptIn(name, list, scope),
      });
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
  requireUnstacked(receiver.value, node, scope);
  const value: RowsValue = { ...receiver.value, role: "partial" };
  if (method === "sample" && !hasFixedSeed(list))
    refuseAt(scope, node, "feature-random", `\`${text}\` picks other rows each time.`);
  if (keywordOf(list, "ignore_index") !== undefined) scope.seen.renumbered = true;
  classify(scope, "row-filter");
  scope.seen.filtered = true;
  if (method === "dropna" && scope.aligned === true && receiver.value.shape === "column")
    return { value: receiver.value, edits: receiver.edits };
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
  const how = keywordOf(list, "how");
  // A row that is null throughout is no row of a request; `thresh` counts what else is null, which no policy is made of.
  if (keywordOf(list, "thresh") !== undefined || (how !== undefined && !isAny(how, scope)))
    return { value, edits: [...receiver.edits, removed] };
  const subset = keywordOf(list, "subset");
  const names = subset === undefined ? undefined : stringLiterals(scope, subset.node);
  if (
    list.some(
      ({ keyword }) =>
        keyword === undefined ||
        !["subset", "inplace", "ignore_index", "axis", "how"].includes(keyword),
    ) ||
    (subset !== undefined &&
      names === undefined &&
      subset.value.kind !== "constant" &&
      subset.value.kind !== "state")
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` leaves rows out in a way that is not understood.`,
    );
  }
  const watched = names?.filter((name) => !isLabelColumn(scope, name));
  if (watched?.length === 0) return { value, edits: [...receiver.edits, removed] };
  const check: Edit = {
    span: { start: receiver.node.start, end: receiver.node.start },
    fit: undefined,
    serve: () => `${lifter.support("reject_nulls")}(`,
  };
  const columns = (): string => {
    if (watched !== undefined)
      return `columns=[${watched.map((name) => JSON.stringify(name)).join(", ")}]`;
    if (subset === undefined) return "unserved=UNSERVED";
    // Which columns these are shows only when the list is made; what is predicted is not among those of a request.
    const edits = servedEdits([subset], scope);
    const listed = applyEdits(scope.statement.tree.text, subset.node, edits, "serve");
    const own = [scope.label, ...scope.seen.labelColumns.keys()].flatMap((name) =>
      name === undefined ? [] : [JSON.stringify(name)],
    );
    return `columns=${lifter.support("served_names")}(${listed}, (*UNSERVED, ${own.join(", ")}))`;
  };
  const checked: Edit = { span: call, fit: undefined, serve: () => `, ${columns()})` };
  return { value, edits: [...receiver.edits, check, checked] };
}

function isAny(how: Argument, scope: Scope): boolean {
  return stringLiteral(scope, how.node) === "any";
}

/** `dropna(axis=1)`: columns are left out, not rows. */
function isAcrossColumns(list: readonly Argument[], scope: Scope): boolean {
  const [first] = list;
  return (
    isAcrossRow(list, scope) ||
    (first !== undefined && first.keyword === undefined && sourceOf(scope, first.node) === "1")
  );
}

/** `agg("mean")`, `agg(["min", "max"])`: statistics by name. */
function isNamedStatistic(list: readonly Argument[], scope: Scope): boolean {
  const [only, ...others] = list;
  const names = only === undefined ? undefined : stringLiterals(scope, only.node);
  return others.length === 0 && names?.every((name) => REDUCING_METHODS.has(name)) === true;
}

/** `.reshape(-1, 1)`, `.reshape(len(X), 784)`: the first number is that of the rows, whatever it was in training. */
function reshapeRows(
  { node, receiver }: TableCall,
  list: readonly Argument[],
  scope: Scope,
): Evaluated {
  const [first, ...rest] = list;
  const count = first === undefined ? "" : sourceOf(scope, first.node);
  const isCount = /^(?:len\(.+\)|.+\.shape\[0\])$/u.test(count);
  if (first === undefined || (count !== "-1" && !isCount) || rest.length === 0) {
    const column = count === "-1" && receiver.value.shape === "column";
    if (column) return { value: receiver.value, edits: receiver.edits };
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` does not keep one line for each row.`,
    );
  }
  const combined = combine([receiver, ...rest], scope, node, "matrix");
  return isCount
    ? { ...combined, edits: [...combined.edits, textEdit(first.node, "-1")] }
    : combined;
}

/** Tables that a column is not dropped from with the one that `drop` gives; what is changed in place is the same under all its names. */
function keptIn(column: string, list: readonly Argument[], scope: Scope): ReadonlySet<string> {
  const inPlace = keywordOf(list, "inplace");
  if (inPlace !== undefined && sourceOf(scope, inPlace.node) !== "False") return new Set();
  const { surelyWrites } = scope.statement.facts;
  const kept = [...scope.names].filter(
    ([name, value]) =>
      value.kind === "rows" &&
      value.shape !== "column" &&
      !surelyWrites.includes(name) &&
      mayHaveColumn(value, column),
  );
  return new Set(kept.map(([name]) => name));
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
