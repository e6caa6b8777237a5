/**
 * `df.groupby("city")["age"].transform("mean")`: a statistic of each group is learned in training, by key, and looked up while serving.
 * What a grouped table is reduced to, one row a group, exists in training only, and is read from the state.
 */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { argumentsOf, keywordOf } from "./call-arguments.ts";
import { callOnHistory } from "./history/evaluate-history.ts";
import { columnOfHistory, groupRows } from "./history/history-groups.ts";
import { HISTORY_METHODS, REDUCING_METHODS } from "./knowledge.ts";
import type { Part } from "./parts.ts";
import { requireLearnable } from "./parts.ts";
import type { Lifter, Scope } from "./scope.ts";
import {
  classify,
  columnName,
  excerpt,
  isLabelColumn,
  refuseAt,
  sourceOf,
  stringLiteral,
  stringLiterals,
} from "./scope.ts";
import type { Edit, Evaluated, GroupedValue, RowsValue } from "./value.ts";
import { applyEdits, once, rows } from "./value.ts";

/** Arguments of `groupby` that change the form of what comes out, and no value of it. */
const HARMLESS: ReadonlySet<string> = new Set(["as_index", "group_keys", "observed", "sort"]);

/** Reductions of grouped tables that plain ones lack. */
const GROUP_REDUCTIONS: ReadonlySet<string> = new Set([
  "agg",
  "aggregate",
  "first",
  "last",
  "size",
]);

/** A method call on a grouped table. */
export interface GroupedCall {
  readonly node: SyntaxNode;
  readonly receiver: Part & { readonly value: GroupedValue };
  readonly method: string;
}

/** Evaluates `df.groupby(…)`. */
export function evaluateGroupby(
  node: SyntaxNode,
  table: Part & { readonly value: RowsValue },
  scope: Scope,
): Evaluated {
  const list = argumentsOf(node, scope);
  const key = keywordOf(list, "by") ?? list.find(({ keyword }) => keyword === undefined);
  const isPlain = list.every(
    (argument) => argument === key || HARMLESS.has(argument.keyword ?? "positional"),
  );
  return {
    value: {
      kind: "grouped",
      table: table.node,
      keys: key === undefined || !isPlain ? undefined : keysText(key, scope),
      column: undefined,
      side: table.value.side,
      isEdited: table.edits.length > 0,
      earlier: groupRows({ node, receiver: table, method: "groupby" }, scope),
    },
    edits: [],
  };
}

/** Evaluates `grouped["age"]`, `grouped[["age", "fare"]]`. */
export function evaluateGroupedColumn(
  node: SyntaxNode,
  receiver: Part & { readonly value: GroupedValue },
  scope: Scope,
): Evaluated {
  const [key] = fieldsOf(node, "subscript");
  const name = key === undefined ? undefined : columnName(key, scope);
  const column =
    key === undefined || name === undefined ? undefined : { name, text: sourceOf(scope, key) };
  const earlier =
    key === undefined
      ? receiver.value.earlier
      : columnOfHistory(
          { node: receiver.node, ...receiver.value.earlier },
          { node: key, isAttribute: false },
          scope,
        );
  return { value: { ...receiver.value, column, earlier }, edits: [] };
}

/** Evaluates a method of a grouped table. */
export function callGrouped({ node, receiver, method }: GroupedCall, scope: Scope): Evaluated {
  const { value } = receiver;
  const text = excerpt(scope, node);
  const earlier = callOnHistory(
    { node, receiver: { node: receiver.node, ...value.earlier }, method },
    scope,
  );
  if (earlier !== undefined) return earlier;
  if (method === "transform") return transformGroups(node, value, scope);
  const isReduction =
    REDUCING_METHODS.has(method) || GROUP_REDUCTIONS.has(method) || method === "apply";
  if (!isReduction)
    return refuseAt(scope, node, "feature-per-key", `\`${text}\` combines rows of one group.`);
  requireLearnable(rows("frame", value.side), node, scope);
  if (scope.lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${text}\` learns from the whole table inside a helper function.`,
    );
  classify(scope, "fitted-per-key");
  return { value: { kind: "state", type: "Any" }, edits: [] };
}

function transformGroups(node: SyntaxNode, grouped: GroupedValue, scope: Scope): Evaluated {
  const { lifter } = scope;
  const text = excerpt(scope, node);
  const [statistic, ...more] = fieldOf(node, "arguments")?.children ?? [];
  if (
    lifter === undefined ||
    grouped.keys === undefined ||
    grouped.isEdited ||
    grouped.column === undefined ||
    statistic === undefined ||
    more.length > 0
  ) {
    return refuseAt(
      scope,
      node,
      lifter === undefined ? "feature-helper-unknown" : "feature-per-key",
      `\`${text}\` combines rows of one group in a way that is not understood.`,
    );
  }
  requireLearnable(rows("frame", grouped.side), node, scope);
  if (isLabelColumn(scope, grouped.column.name))
    return refuseAt(
      scope,
      node,
      "feature-uses-target",
      `\`${text}\` computes a feature from the column that is predicted.`,
    );
  const place: GroupPlace = {
    node,
    table: sourceOf(scope, grouped.table),
    column: grouped.column.text,
    name: grouped.column.name,
    keys: grouped.keys,
    lifter,
  };
  const value = rows("column", grouped.side);
  if (statistic.kind === "lambda") return { value, edits: [perGroup(statistic, place, scope)] };
  const named = stringLiteral(scope, statistic);
  if (named !== undefined && !REDUCING_METHODS.has(named) && !GROUP_REDUCTIONS.has(named))
    return refuseAt(
      scope,
      node,
      HISTORY_METHODS.has(named) ? "feature-needs-history" : "feature-per-key",
      `\`${text}\` combines rows of one group in a way that is not understood.`,
    );
  const known = scope.evaluate(statistic, scope).value;
  if (known.kind !== "constant" && known.kind !== "library")
    return refuseAt(
      scope,
      node,
      "feature-per-key",
      `\`${text}\` combines rows of one group by a function that is not understood.`,
    );
  const lookUp = lookUpOf(place, sourceOf(scope, statistic), named ?? "value");
  return { value, edits: [{ span: node, fit: undefined, serve: lookUp }] };
}

interface GroupPlace {
  readonly node: SyntaxNode;
  readonly table: string;
  readonly column: string;
  readonly name: string;
  /** Python list of the keys' names. */
  readonly keys: string;
  readonly lifter: Lifter;
}

/** Learns a statistic of the group in `fit`; the text that looks it up while serving. */
function lookUpOf(place: GroupPlace, statistic: string, base: string): () => string {
  const { lifter, table, keys, column } = place;
  const field = once(() => {
    lifter.support("group_statistic_of");
    return lifter.capture({
      base: `${place.name} ${base} by group`,
      type: "GroupStatistic",
      source: `${statistic} of ${table}[${column}] by ${keys}`,
      code: `group_statistic_of(${table}.groupby(${keys.replace(/^\[([^,]*)\]$/u, "$1")})[${column}], ${table}[${column}], ${statistic})`,
      perKey: true,
    });
  });
  return () => {
    lifter.support("GroupStatistic");
    return `${lifter.support("group_values")}(${table}, ${keys}, ${lifter.read(field())}, UNSEEN)`;
  };
}

/** `lambda s: s.fillna(s.mean())`: what reduces the group is looked up, the rest is done to the rows at hand. */
function perGroup(lambda: SyntaxNode, place: GroupPlace, scope: Scope): Edit {
  const body = fieldOf(lambda, "body");
  const parameters = fieldOf(lambda, "parameters")?.children ?? [];
  const [parameter] = parameters;
  if (body === undefined || parameter?.kind !== "identifier" || parameters.length !== 1)
    return refuseAt(
      scope,
      lambda,
      "feature-per-key",
      `\`${excerpt(scope, lambda)}\` is not understood.`,
    );
  const name = sourceOf(scope, parameter);
  const names = new Map(scope.names);
  names.set(name, rows("column", "all"));
  const hoist: Lifter["hoist"] = (node) => {
    const serve = lookUpOf(place, `lambda ${name}: ${sourceOf(scope, node)}`, "value");
    return { span: node, fit: undefined, serve };
  };
  const inner: Scope = { ...scope, names, lifter: { ...place.lifter, hoist } };
  const result = inner.evaluate(body, inner);
  if (result.value.kind === "state") {
    const serve = lookUpOf(place, sourceOf(scope, lambda), "value");
    return { span: place.node, fit: undefined, serve };
  }
  if (result.value.kind !== "rows" || result.value.role !== "value")
    return refuseAt(
      scope,
      lambda,
      "feature-per-key",
      `\`${excerpt(scope, lambda)}\` combines rows of one group in a way that is not understood.`,
    );
  const { text } = scope.statement.tree;
  return {
    span: place.node,
    fit: undefined,
    serve: () =>
      `${place.lifter.support("where_keyed")}((lambda ${name}: ${applyEdits(text, body, result.edits, "serve")})(${place.table}[${place.column}]), ${place.table}, ${place.keys})`,
  };
}

/** The names of the keys as a Python list; `undefined` when they are no names of columns. */
function keysText(key: Argument, scope: Scope): string | undefined {
  const { node, value } = key;
  const text = sourceOf(scope, node);
  if (stringLiteral(scope, node) !== undefined) return `[${text}]`;
  if (node.kind === "list" && stringLiterals(scope, node) !== undefined) return text;
  if (node.kind !== "identifier" || value.kind !== "constant" || value.strings === undefined)
    return undefined;
  return value.strings.length === 1 ? `[${text}]` : text;
}
