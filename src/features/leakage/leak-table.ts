/** Methods of tables, columns, arrays and groups: what they learn, and which rows they give. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import { HISTORY_METHODS } from "../knowledge.ts";
import { HARMLESS, SELECTING_STATISTICS, STATISTICS } from "./leak-knowledge.ts";
import { arrayOf, columnOf, combined, traitsOfAll } from "./leak-rows.ts";
import type { LeakScope } from "./leak-scope.ts";
import { learn, otherRows, restrict, textAt } from "./leak-scope.ts";
import type { LeakArgument } from "./leak-text.ts";
import { isAlongRows, keywordText, leakArguments, literalStrings } from "./leak-text.ts";
import type { Flow, RowsFlow, Traits } from "./leak-value.ts";
import { joinTraits, NO_TRAITS, PLAIN, traitsIn, withTraits } from "./leak-value.ts";

/** A method call on rows. */
export interface LeakCall {
  readonly node: SyntaxNode;
  readonly receiver: SyntaxNode;
  readonly method: string;
}

const FILTERS: ReadonlySet<string> = new Set([
  "drop_duplicates",
  "dropna",
  "head",
  "nlargest",
  "nsmallest",
  "query",
  "sample",
  "sort_index",
  "sort_values",
  "tail",
  "truncate",
]);

/** Methods after which the rows are other ones than before. */
const RESHAPING: ReadonlySet<string> = new Set([
  "explode",
  "melt",
  "pivot",
  "pivot_table",
  "resample",
  "stack",
  "transpose",
  "unstack",
  "agg",
  "aggregate",
  "dot",
]);

/** `df.method(…)`. */
export function tableMethod(call: LeakCall, rows: RowsFlow, scope: LeakScope): Flow {
  const { node, receiver, method } = call;
  const list = leakArguments(node, scope);
  if (method === "groupby") return { kind: "groups", rows, node: receiver };
  if (STATISTICS.has(method) || SELECTING_STATISTICS.has(method))
    return statistic(call, rows, { list, scope });
  if (HARMLESS.has(method)) return PLAIN;
  if (HISTORY_METHODS.has(method)) return neighbours(call, rows, scope);
  if (FILTERS.has(method)) return filtered(method, rows, { list, scope, node });
  if (RESHAPING.has(method)) return PLAIN;
  if (method === "drop") return dropped(rows, list, scope);
  if (method === "pop") {
    const name = list[0] === undefined ? undefined : literalStrings(list[0].node, scope)?.[0];
    const ref =
      receiver.kind === "identifier" ? scope.names.get(textAt(scope, receiver)) : undefined;
    if (ref !== undefined)
      ref.flow = name === undefined ? { ...rows, isExact: false } : withoutColumns(rows, [name]);
    return name === undefined ? PLAIN : columnOf(rows, name);
  }
  if (method === "to_numpy") return arrayOf(rows);
  if (method === "to_frame") return { ...rows, shape: "frame" };
  if (method === "rename" || method === "reindex" || method === "set_axis")
    return { ...rows, isExact: false };
  if (method === "reset_index" || method === "set_index" || method === "copy") return rows;
  if (method === "assign") return assigned(rows, list);
  if (method === "merge" || method === "join") {
    const learned = learnedOnly(traitsOfAll(list.map(({ flow }) => flow)));
    return withTraits({ ...otherRows(scope, rows), isExact: false }, learned);
  }
  if (method === "append") return PLAIN;
  const applied = list.flatMap(({ node: argument }) =>
    lambdaLearned(argument, rows, { list, scope }),
  );
  const parts = list.map(({ flow }) => learnedFlow(flow));
  return combined([withKind(rows, method), ...parts, ...applied]);
}

/** A lookup may hold statistics; its own rows are not those of the table. */
function learnedFlow(flow: Flow): Flow {
  return flow.kind === "rows" ? flow : { kind: "plain", learned: traitsIn(flow).learned };
}

function learnedOnly({ learned }: Traits): Traits {
  return { ...NO_TRAITS, learned };
}

/** A frame whose rows are reduced to one value each is a column. */
function withKind(rows: RowsFlow, method: string): RowsFlow {
  return method === "apply" && rows.shape === "frame" ? { ...rows, isExact: false } : rows;
}

function statistic(
  { node, receiver, method }: LeakCall,
  rows: RowsFlow,
  { list, scope }: { readonly list: readonly LeakArgument[]; readonly scope: LeakScope },
): Flow {
  if (
    isAlongRows(list, scope) ||
    (rows.shape !== "column" &&
      list[0] !== undefined &&
      list[0].keyword === undefined &&
      textAt(scope, list[0].node) === "1")
  )
    return combined([
      { ...rows, shape: rows.shape === "frame" ? "column" : rows.shape, name: undefined },
    ]);
  const learned = learn(scope, node, {
    kind: SELECTING_STATISTICS.has(method) ? "selection" : "statistic",
    isFitted: false,
    rows,
    repair: restrict([{ node: receiver, shape: rows.shape }]),
  });
  return { kind: "plain", learned: new Set([learned]) };
}

/** Rows before and after: lags and windows. Their value is of other rows than their own. */
function neighbours(call: LeakCall, rows: RowsFlow, scope: LeakScope): Flow {
  const { node, method } = call;
  if (["ffill", "bfill", "pad", "backfill", "interpolate", "asfreq"].includes(method)) return rows;
  if (method === "rank") return rows;
  const lagged = { statement: scope.statement, node };
  const strip = (traits: Traits): Traits => ({ ...traits, sources: new Set(), lagged });
  return {
    ...rows,
    name: undefined,
    common: strip(rows.common),
    columns: new Map([...rows.columns].map(([name, traits]) => [name, strip(traits)])),
    isExact: false,
  };
}

function filtered(
  method: string,
  rows: RowsFlow,
  at: {
    readonly list: readonly LeakArgument[];
    readonly scope: LeakScope;
    readonly node: SyntaxNode;
  },
): Flow {
  const { list, scope, node } = at;
  const isOfColumns = method === "dropna" && isAlongRows(list, scope);
  if (isOfColumns) return { ...rows, isExact: false };
  const isCut = ["head", "tail", "truncate"].includes(method);
  const other = otherRows(scope, rows, isCut || method === "sample");
  const repeats = method === "sample" && keywordText(list, "replace", scope) === "True";
  return repeats ? { ...other, repeated: { statement: scope.statement, node } } : other;
}

function dropped(rows: RowsFlow, list: readonly LeakArgument[], scope: LeakScope): Flow {
  const named =
    list.find(({ keyword }) => keyword === "columns" || keyword === "labels") ?? list[0];
  const isOfColumns =
    named?.keyword === "columns" ||
    isAlongRows(list, scope) ||
    (list[1]?.keyword === undefined &&
      list[1] !== undefined &&
      textAt(scope, list[1].node) === "1");
  if (!isOfColumns) return otherRows(scope, rows, true);
  const names = named === undefined ? undefined : literalStrings(named.node, scope);
  return names === undefined ? { ...rows, isExact: false } : withoutColumns(rows, names);
}

function withoutColumns(rows: RowsFlow, names: readonly string[]): RowsFlow {
  return {
    ...rows,
    dropped: new Set([...rows.dropped, ...names]),
    columns: new Map([...rows.columns].filter(([name]) => !names.includes(name))),
    only:
      rows.only === undefined
        ? undefined
        : new Set([...rows.only].filter((name) => !names.includes(name))),
  };
}

function assigned(rows: RowsFlow, list: readonly LeakArgument[]): Flow {
  let out = rows;
  for (const { keyword, flow } of list)
    if (keyword !== undefined) out = withColumn(out, keyword, traitsIn(flow));
  return out;
}

/** A table after a column was written. */
export function withColumn(rows: RowsFlow, name: string, traits: Traits): RowsFlow {
  return {
    ...rows,
    columns: new Map([...rows.columns, [name, traits]]),
    only: rows.only === undefined ? undefined : new Set([...rows.only, name]),
    dropped: new Set([...rows.dropped].filter((other) => other !== name)),
  };
}

/** What a function that is given whole columns learns of them: `df.apply(lambda x: x / x.max())`. */
function lambdaLearned(
  node: SyntaxNode,
  rows: RowsFlow,
  { list, scope }: { readonly list: readonly LeakArgument[]; readonly scope: LeakScope },
): readonly Flow[] {
  if (node.kind !== "lambda") return [];
  const body = fieldOf(node, "body");
  if (body === undefined) return [];
  const isWhole = rows.shape === "frame" && !isAlongRows(list, scope);
  const names = new Map(scope.names);
  for (const parameter of fieldOf(node, "parameters")?.children ?? [])
    names.set(textAt(scope, fieldOf(parameter, "name") ?? parameter), {
      flow: isWhole ? { ...rows, shape: "column" } : PLAIN,
    });
  const inside = scope.inside ?? "it is computed in a lambda";
  const flow = scope.evaluate(body, { ...scope, names, inside });
  return [{ kind: "plain", learned: traitsIn(flow).learned }];
}

/** `df.groupby(…).method(…)`. */
export function groupMethod(
  call: LeakCall,
  groups: Extract<Flow, { kind: "groups" }>,
  scope: LeakScope,
): Flow {
  const { rows } = groups;
  const { method, node } = call;
  if (method === "reset_index" || method === "rename") return groups;
  if (HISTORY_METHODS.has(method) || method === "cumcount")
    return neighbours(call, { ...rows, only: undefined }, scope);
  if (
    [
      "apply",
      "pipe",
      "head",
      "tail",
      "filter",
      "get_group",
      "nth",
      "first",
      "last",
      "ngroup",
    ].includes(method)
  )
    return PLAIN;
  const isTransform = method === "transform";
  if (isTransform && !givesStatistic(node, scope)) return transformedBy(node, rows, scope);
  const learned = learn(scope, node, {
    kind: "statistic",
    isFitted: false,
    rows: { ...rows, name: undefined },
    repair: isTransform
      ? { kind: "none", because: "`transform` gives its rows and learns from them in one" }
      : restrict([{ node: groups.node, shape: rows.shape }]),
  });
  const added = { ...NO_TRAITS, learned: new Set([learned]) };
  if (!isTransform) return { kind: "plain", learned: added.learned };
  return perRow(rows, added);
}

/** One new value for each row, whose sources are other rows than its own. */
function perRow(rows: RowsFlow, added: Traits): RowsFlow {
  return {
    ...rows,
    shape: "column",
    name: undefined,
    common: { ...joinTraits(rows.common, added), sources: new Set() },
    columns: new Map(),
    only: undefined,
    isExact: false,
  };
}

/** `transform("mean")`, `transform(np.mean)`. */
function givesStatistic(node: SyntaxNode, scope: LeakScope): boolean {
  const [first] = fieldOf(node, "arguments")?.children ?? [];
  if (first === undefined) return false;
  const name = literalStrings(first, scope)?.[0] ?? textAt(scope, first).replace(/^.*\./u, "");
  return STATISTICS.has(name) || name === "count" || name === "size" || name === "nunique";
}

/** `transform(lambda x: x.fillna(x.mean()))` learns what its body learns. */
function transformedBy(node: SyntaxNode, rows: RowsFlow, scope: LeakScope): Flow {
  const [first] = fieldOf(node, "arguments")?.children ?? [];
  const whole: RowsFlow = { ...rows, shape: "frame" };
  const parts = first === undefined ? [] : lambdaLearned(first, whole, { list: [], scope });
  return combined([perRow(rows, NO_TRAITS), ...parts]);
}
