/** Calls: readers, splits, estimators, functions of libraries and the notebook's own helpers. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import { TABLE_READERS } from "../library-roles.ts";
import { estimatorMethod, newEstimator, unknownFit } from "./leak-estimator.ts";
import { followLeakHelper } from "./leak-helper.ts";
import {
  CROSS_VALIDATIONS,
  LEARNING_FUNCTIONS,
  ROW_KEEPING_MODULES,
  STATISTIC_FUNCTIONS,
} from "./leak-knowledge.ts";
import { combined, traitsOfAll } from "./leak-rows.ts";
import type { LeakScope } from "./leak-scope.ts";
import { learn, newSet, newTable, otherRows, restrict, textAt } from "./leak-scope.ts";
import { divide } from "./leak-split.ts";
import { groupMethod, tableMethod } from "./leak-table.ts";
import type { LeakArgument } from "./leak-text.ts";
import { isAlongRows, keywordText, leakArguments } from "./leak-text.ts";
import type { Flow, RowsFlow } from "./leak-value.ts";
import { flattened, NO_TRAITS, PLAIN, traitsIn, withTraits } from "./leak-value.ts";

/** Evaluates a call. */
export function callFlow(node: SyntaxNode, scope: LeakScope): Flow {
  const callee = fieldOf(node, "function");
  if (callee === undefined) return PLAIN;
  const object = callee.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const attribute = callee.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  if (object === undefined || attribute === undefined)
    return functionCall(node, scope.evaluate(callee, scope), scope);
  const receiver = scope.evaluate(object, scope);
  const call = { node, receiver: object, method: textAt(scope, attribute) };
  switch (receiver.kind) {
    case "library":
      return functionCall(
        node,
        { kind: "library", path: `${receiver.path}.${call.method}` },
        scope,
      );
    case "rows":
      return isAccessor(object, scope) ? receiver : tableMethod(call, receiver, scope);
    case "groups":
      return groupMethod(call, receiver, scope);
    case "estimator":
      return estimatorMethod(call, receiver, scope);
    case "plain": {
      const list = leakArguments(node, scope);
      const fitted = unknownFit(call, list, scope);
      if (fitted !== undefined) return fitted;
      const parts = list.filter(({ flow }) => flow.kind === "plain").map(({ flow }) => flow);
      return combined([receiver, ...parts]);
    }
    default:
      leakArguments(node, scope);
      return receiver.kind === "answers" ? receiver : PLAIN;
  }
}

/** `.str` and `.dt` work on each value by itself. */
function isAccessor(object: SyntaxNode, scope: LeakScope): boolean {
  const name = object.kind === "attribute" ? fieldOf(object, "attribute") : undefined;
  return name !== undefined && ["str", "dt", "cat"].includes(textAt(scope, name));
}

function functionCall(node: SyntaxNode, callee: Flow, scope: LeakScope): Flow {
  if (callee.kind === "function") return followLeakHelper(node, callee.statement, scope);
  const list = leakArguments(node, scope);
  if (callee.kind !== "library") return PLAIN;
  const { path } = callee;
  const last = path.slice(path.lastIndexOf(".") + 1);
  if (TABLE_READERS.has(path) || path === "seaborn.load_dataset")
    return newTable(scope, "frame", true);
  if (/^sklearn\.datasets\.(?:load|fetch|make)_/u.test(path)) return builtIn(path, list, scope);
  if (path === "sklearn.model_selection.train_test_split") return divide(node, list, scope);
  if (CROSS_VALIDATIONS.has(path)) return crossValidated(node, list, scope);
  if (path.startsWith("sklearn.metrics.")) return measured(node, list, scope);
  if (path === "sklearn.utils.resample") return resampled(node, list, scope);
  if (path === "sklearn.utils.shuffle") return shuffled(list, scope);
  if (path === "pandas.concat" || path === "numpy.concatenate" || path === "numpy.vstack")
    return concatenated(node, list, { scope, isColumns: isAlongRows(list, scope) });
  if (path === "pandas.get_dummies") return dummies(node, list, scope);
  if (path === "pandas.merge") return merged(list, scope);
  if (STATISTIC_FUNCTIONS.has(path)) return reduced(node, list, scope);
  if (LEARNING_FUNCTIONS.has(path) || isBinned(path, list)) return learning(node, list, scope);
  const isClass = /^[A-Z]/u.test(last) || last.startsWith("make_");
  if (isClass && !path.startsWith("pandas.") && !list.some(({ flow }) => flow.kind === "rows"))
    return newEstimator(node, path, scope);
  return rowKeeping(path, list);
}

function rowKeeping(path: string, list: readonly LeakArgument[]): Flow {
  if (!ROW_KEEPING_MODULES.test(path)) return PLAIN;
  if (path === "pandas.unique" || path === "numpy.unique" || path === "pandas.crosstab")
    return PLAIN;
  if (path === "pandas.pivot_table" || path === "pandas.melt") return PLAIN;
  const flow = combined(list.map(({ flow: part }) => part));
  if (flow.kind !== "rows") return flow;
  if (path === "pandas.DataFrame") return flow.shape === "frame" ? flow : flattened(flow, "frame");
  if (path === "pandas.Series") return { ...flow, shape: "column" };
  return path.startsWith("numpy.") &&
    /\.(?:array|asarray|ravel|reshape|hstack|column_stack|c_)$/u.test(path)
    ? flattened(flow, "matrix")
    : {
        ...flow,
        shape: flow.shape === "frame" || flow.shape === "column" ? flow.shape : "unknown",
      };
}

/** Data sets that come with scikit-learn. */
function builtIn(path: string, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const table = newTable(
    scope,
    list.some(({ keyword }) => keyword === "as_frame") ? "unknown" : "matrix",
    false,
  );
  const isPair = path.includes(".make_") || keywordText(list, "return_X_y", scope) === "True";
  return isPair ? { kind: "tuple", items: [table, table] } : table;
}

function crossValidated(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const positional = list.filter(({ keyword }) => keyword === undefined);
  const data = list.find(({ keyword }) => keyword === "X") ?? positional[1];
  if (data?.flow.kind === "rows")
    scope.trail.validated.push({ statement: scope.statement, node, rows: data.flow });
  return PLAIN;
}

/** A score of answers is a question whose answer counts. */
function measured(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  for (const { flow } of list)
    if (flow.kind === "answers")
      scope.trail.asked.push({
        statement: scope.statement,
        node,
        fit: flow.fit,
        rows: flow.rows,
        isMeasured: true,
      });
  return PLAIN;
}

/** `resample` draws rows with replacement unless it is told otherwise. */
function resampled(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const repeated =
    keywordText(list, "replace", scope) === "False"
      ? undefined
      : { statement: scope.statement, node };
  const parts = list.filter(({ keyword }) => keyword === undefined);
  const drawn = parts.map(
    ({ flow }): Flow =>
      flow.kind === "rows"
        ? { ...otherRows(scope, flow, true), repeated: repeated ?? flow.repeated }
        : PLAIN,
  );
  const [only] = drawn;
  return drawn.length === 1 && only !== undefined ? only : { kind: "tuple", items: drawn };
}

function shuffled(list: readonly LeakArgument[], scope: LeakScope): Flow {
  const set = newSet(scope, undefined);
  const parts = list
    .filter(({ keyword }) => keyword === undefined)
    .map(({ flow }): Flow => {
      if (flow.kind !== "rows") return PLAIN;
      const known = scope.trail.sets[set];
      if (known?.from === undefined)
        scope.trail.sets[set] = { from: flow.extent.set, isCut: false };
      return { ...flow, extent: { ...flow.extent, set } };
    });
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "tuple", items: parts };
}

/** Tables side by side have the same rows; tables one below the other are other rows, repeated when one is there twice. */
function concatenated(
  node: SyntaxNode,
  list: readonly LeakArgument[],
  { scope, isColumns }: { readonly scope: LeakScope; readonly isColumns: boolean },
): Flow {
  const [first] = list;
  const items = first?.flow.kind === "tuple" ? first.flow.items : [];
  if (isColumns) return combinedColumns(items);
  const tables = items.filter((item): item is RowsFlow => item.kind === "rows");
  const [one, ...others] = tables;
  if (one === undefined || tables.length < items.length) return PLAIN;
  const isTwice = tables.some((table, at) =>
    tables
      .slice(0, at)
      .some(({ extent }) => extent.set === table.extent.set && extent.side === table.extent.side),
  );
  const known = tables.find(({ repeated }) => repeated !== undefined)?.repeated;
  const traits = traitsOfAll(tables);
  const isOneTable = others.every(({ extent }) => extent.space === one.extent.space);
  const joined = isOneTable
    ? otherRows(scope, one, true)
    : { ...newTable(scope, one.shape, false) };
  return {
    ...withTraits(joined, { ...traits, sources: new Set() }),
    extent: { ...joined.extent, side: "all", split: undefined },
    repeated: isTwice ? { statement: scope.statement, node } : known,
  };
}

function combinedColumns(items: readonly Flow[]): Flow {
  const flow = combined(items);
  return flow.kind === "rows" ? flattened(flow, "frame") : flow;
}

function dummies(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const [data] = list;
  if (data?.flow.kind !== "rows") return PLAIN;
  const learned = learn(scope, node, {
    kind: "categories",
    isFitted: false,
    rows: data.flow,
    repair: { kind: "none", because: "it learns a set of categories" },
  });
  const { only, common } = data.flow;
  // Columns that are not encoded keep their names.
  const rows: RowsFlow = {
    ...data.flow,
    common: only === undefined ? common : NO_TRAITS,
    only: undefined,
    shape: "frame",
    isExact: false,
    name: undefined,
  };
  return withTraits(rows, { ...NO_TRAITS, learned: new Set([learned]) });
}

function merged(list: readonly LeakArgument[], scope: LeakScope): Flow {
  const [left, right] = list.map(({ flow }) => flow);
  if (left?.kind !== "rows") return PLAIN;
  const other = otherRows(scope, left);
  const learned = right === undefined ? new Set<never>() : traitsIn(right).learned;
  return withTraits({ ...other, isExact: false }, { ...NO_TRAITS, learned });
}

/** `np.mean(df["age"])`. */
function reduced(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const data = list.find(({ flow }) => flow.kind === "rows");
  if (data?.flow.kind !== "rows") return combined(list.map(({ flow }) => flow));
  if (isAlongRows(list, scope)) return { ...data.flow, shape: "column", name: undefined };
  const learned = learn(scope, node, {
    kind: "statistic",
    isFitted: false,
    rows: data.flow,
    repair: restrict([{ node: data.node, shape: data.flow.shape }]),
  });
  return { kind: "plain", learned: new Set([learned]) };
}

/** `pd.cut(df["age"], 5)`: edges from the least to the greatest value. */
function isBinned(path: string, list: readonly LeakArgument[]): boolean {
  const bins = list.find(({ keyword }) => keyword === "bins") ?? list[1];
  return path === "pandas.cut" && bins?.node.kind === "integer";
}

function learning(node: SyntaxNode, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const [data] = list;
  if (data?.flow.kind !== "rows") return PLAIN;
  const learned = learn(scope, node, {
    kind: "statistic",
    isFitted: false,
    rows: data.flow,
    repair: { kind: "none", because: "it learns from its rows and gives them in one call" },
  });
  return withTraits(data.flow, { ...NO_TRAITS, learned: new Set([learned]) });
}
