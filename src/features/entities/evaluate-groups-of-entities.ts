/**
 * `df.groupby(entity)` and what follows it, where the groups become the rows that the model takes: every group is complete in a request,
 * so that any function of one group alone gives while serving what it gave in training. What depends on the order of a group's rows needs
 * rows that were sorted before.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { Argument } from "../call-arguments.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import type { Part } from "../parts.ts";
import { evaluateLambda, evaluatePart, requirePure, servedEdits } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiteral, stringLiterals } from "../scope.ts";
import type { Edit, Evaluated, RowsValue, Value } from "../value.ts";
import { ELEMENT, LABEL } from "../value.ts";
import {
  CELL_REDUCTIONS,
  GROUP_REDUCTIONS,
  ORDER_DEPENDENT,
  ORDERED_REDUCTIONS,
  ROWS_OF_GROUPS,
} from "./entity-knowledge.ts";
import { spreadColumns } from "./spread-columns.ts";

type Groups = Extract<Value, { kind: "groups" }>;
type GroupsPart = Part & { readonly value: Groups };

interface GroupsCall {
  readonly node: SyntaxNode;
  readonly receiver: Part;
  readonly method: string;
}

const GROUPBY_OPTIONS: ReadonlySet<string> = new Set([
  "by",
  "as_index",
  "sort",
  "observed",
  "group_keys",
]);

/** `df.groupby("customer")`; `undefined` when it groups by something else than the entity. */
export function groupByEntity(
  node: SyntaxNode,
  receiver: Part & { readonly value: RowsValue },
  scope: Scope,
): Evaluated | undefined {
  const { entities } = scope;
  const { value } = receiver;
  const { of } = value;
  const list = argumentsOf(node, scope);
  const by = keywordOf(list, "by") ?? list.find(({ keyword }) => keyword === undefined);
  const keys = by === undefined ? undefined : namesOf(by, scope);
  if (entities === undefined || of === undefined || keys?.includes(entities.key) !== true)
    return undefined;
  const text = excerpt(scope, node);
  const odd = list.find(
    (argument) =>
      argument !== by && (argument.keyword === undefined || !GROUPBY_OPTIONS.has(argument.keyword)),
  );
  const [first, ...others] = keys;
  if (odd !== undefined || of.per === "entity" || first !== entities.key || others.length > 1) {
    return refuseAt(
      scope,
      node,
      "feature-entity-unknown",
      `\`${text}\` groups rows in a way that gives no rows for each ${entities.key} alone.`,
    );
  }
  const says = (option: string, word: string): boolean => {
    const given = keywordOf(list, option);
    return given !== undefined && sourceOf(scope, given.node) === word;
  };
  const table = tableText(receiver, scope);
  if (table !== undefined)
    entities.keysOf(of, scope.statement, `${table}[${JSON.stringify(entities.key)}]`);
  return {
    value: {
      kind: "groups",
      of,
      isOrdered: !says("sort", "False"),
      shape: "frame",
      side: value.side,
      isSplit: others.length > 0,
      labels: says("as_index", "False") ? "numbers" : "entity",
    },
    edits: [...receiver.edits, ...(by === undefined ? [] : servedEdits([by], scope))],
  };
}

/** The table's text in `transform`; only a name can be asked a second time without being computed again. */
function tableText({ node }: Part, scope: Scope): string | undefined {
  return node.kind === "identifier" ? sourceOf(scope, node) : undefined;
}

/** `groups["amount"]`, `groups[["amount", "items"]]`. */
export function columnsOfGroups(
  node: SyntaxNode,
  part: GroupsPart,
  key: SyntaxNode,
  scope: Scope,
): Evaluated {
  const names = stringLiterals(scope, key) ?? namesOf(evaluatePart(key, scope), scope);
  if (names === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` picks columns in a way that is not understood.`,
    );
  if (scope.label !== undefined && names.length === 1 && names[0] === scope.label)
    return { value: LABEL, edits: [] };
  const isOne = names.length === 1 && stringLiteral(scope, key) !== undefined;
  return {
    value: { ...part.value, shape: isOne ? "column" : "frame" },
    edits: part.edits,
  };
}

/** A method of groups, or of pairs of entity and another column. */
export function callGroups({ node, receiver, method }: GroupsCall, scope: Scope): Evaluated {
  const { value } = receiver;
  if (value.kind === "pairs")
    return method === "unstack"
      ? spreadColumns({ node, receiver, of: value.of, side: value.side }, scope)
      : refuseGroups(node, scope);
  if (value.kind !== "groups") return refuseGroups(node, scope);
  const list = argumentsOf(node, scope);
  const groups: GroupsPart = { ...receiver, value };
  if (ROWS_OF_GROUPS.has(method) || method === "transform")
    return rowsOfGroups({ node, groups, method, list }, scope);
  const edits = [...receiver.edits, ...aggregationEdits({ node, groups, method, list }, scope)];
  const { entities } = scope;
  if (entities === undefined) return refuseGroups(node, scope);
  const of = entities.grouped(value.of, value);
  if (value.isSplit) return { value: { kind: "pairs", of, side: value.side }, edits };
  const isFrame =
    value.labels === "numbers" ||
    (value.shape === "frame" && method !== "size" && method !== "apply") ||
    list.some(({ keyword }) => keyword !== undefined && isColumnName(keyword)) ||
    list.some(({ node: argument }) => argument.kind === "list" || argument.kind === "dictionary");
  return {
    value: {
      kind: "rows",
      shape: isFrame ? "frame" : "column",
      side: value.side,
      role: "value",
      of,
    },
    edits,
  };
}

interface Aggregation {
  readonly node: SyntaxNode;
  readonly groups: GroupsPart;
  readonly method: string;
  readonly list: readonly Argument[];
}

/** One value for each row, from the rows of its entity: `transform("mean")`, `cumcount()`, `diff()`. */
function rowsOfGroups({ node, groups, method, list }: Aggregation, scope: Scope): Evaluated {
  const { value } = groups;
  if (value.isSplit) return refuseGroups(node, scope);
  if (method !== "transform" && method !== "rank") requireSorted(value, node, scope);
  const given = method === "transform" ? list : [];
  const edits = given.flatMap((argument) => functionEdits(argument, { node, groups }, scope));
  return {
    value: { kind: "rows", shape: value.shape, side: value.side, role: "value", of: value.of },
    edits: [...groups.edits, ...edits],
  };
}

/** Checks what an aggregation computes of each group, and lets learned values in it be read from the state. */
function aggregationEdits(aggregation: Aggregation, scope: Scope): readonly Edit[] {
  const { node, groups, method, list } = aggregation;
  if (GROUP_REDUCTIONS.has(method) || ORDERED_REDUCTIONS.has(method)) {
    if (ORDERED_REDUCTIONS.has(method)) requireSorted(groups.value, node, scope);
    if (list.some(({ value }) => value.kind === "rows")) return refuseGroups(node, scope);
    return servedEdits(list, scope);
  }
  if (method === "apply" && list.length === 1 && list[0] !== undefined) {
    const [only] = list;
    if (only.node.kind !== "lambda" || !isOneValue(only.node, scope))
      return refuseGroups(node, scope);
    return functionEdits(only, { node, groups }, scope);
  }
  if (method !== "agg" && method !== "aggregate") return refuseGroups(node, scope);
  return list.flatMap((argument) => {
    const isNamed = argument.keyword !== undefined && isColumnName(argument.keyword);
    return isNamed
      ? namedEdits(argument, { node, groups }, scope)
      : functionEdits(argument, { node, groups }, scope);
  });
}

/** `spent=("amount", "sum")`, `spent=pd.NamedAgg(column="amount", aggfunc="sum")`, or the function alone for one column. */
function namedEdits(
  argument: Argument,
  at: Pick<Aggregation, "groups" | "node">,
  scope: Scope,
): readonly Edit[] {
  const { node } = argument;
  const isLabel = argument.keyword === scope.label;
  const [column, aggregate] = pairOf(node);
  const source = column === undefined ? undefined : stringLiteral(scope, column);
  if (scope.label !== undefined && (isLabel || source === scope.label)) {
    // The predicted column of an entity: empty while serving, and no feature under another name.
    if (isLabel && (source ?? argument.keyword) === scope.label) return [];
    return refuseAt(
      scope,
      node,
      "feature-uses-target",
      `\`${excerpt(scope, node)}\` is made of the column that is predicted; give both the name "${scope.label}".`,
    );
  }
  if (column === undefined || aggregate === undefined) return functionEdits(argument, at, scope);
  if (source === undefined) return refuseGroups(node, scope);
  return functionEdits({ ...argument, ...evaluatePart(aggregate, scope) }, at, scope);
}

/** Column and function of a pair; neither for anything else. */
function pairOf(node: SyntaxNode): readonly (SyntaxNode | undefined)[] {
  if (node.kind === "tuple") return [node.children[0], node.children[1]];
  if (node.kind !== "call") return [];
  const given = fieldOf(node, "arguments")?.children ?? [];
  const [column, aggregate] = given.map((child) =>
    child.kind === "keyword_argument" ? fieldOf(child, "value") : child,
  );
  return [column, aggregate];
}

/** A name, a list or a dictionary of functions, a lambda, or a function of the notebook. */
function functionEdits(
  argument: Part,
  at: Pick<Aggregation, "groups" | "node">,
  scope: Scope,
): readonly Edit[] {
  const { node, value } = argument;
  const inner = (child: SyntaxNode): readonly Edit[] =>
    functionEdits(evaluatePart(child, scope), at, scope);
  if (node.kind === "list" || node.kind === "tuple") return node.children.flatMap(inner);
  if (node.kind === "dictionary")
    return node.children.flatMap((pair) => {
      const column = fieldOf(pair, "key");
      const given = fieldOf(pair, "value");
      if (column === undefined || given === undefined) return refuseGroups(node, scope);
      const isLabel = scope.label !== undefined && stringLiteral(scope, column) === scope.label;
      return isLabel ? [] : inner(given);
    });
  if (node.kind === "lambda") {
    requireUnordered(node, at.groups.value, scope);
    return evaluateLambda(node, scope, ELEMENT).edits;
  }
  const name = stringLiteral(scope, node);
  if (name !== undefined && ORDERED_REDUCTIONS.has(name))
    requireSorted(at.groups.value, node, scope);
  else if (name !== undefined && !GROUP_REDUCTIONS.has(name)) return refuseGroups(node, scope);
  if (name !== undefined) return [];
  if (value.kind === "library" && CELL_REDUCTIONS.has(value.path)) return [];
  if (value.kind !== "function") return refuseGroups(node, scope);
  requirePure(value.name, node, scope);
  const definition = scope.functions.get(value.name);
  if (definition !== undefined)
    requireUnordered(definition.node, at.groups.value, {
      ...scope,
      statement: definition,
    });
  return [];
}

/** Whether a lambda over a group gives one value: it ends in a reduction, or in arithmetic of such. */
function isOneValue(node: SyntaxNode, scope: Scope): boolean {
  const parameters = fieldOf(node, "parameters")?.children ?? [];
  const isFixed = (at: SyntaxNode): boolean =>
    at.kind === "integer" ||
    at.kind === "float" ||
    (at.kind === "identifier" &&
      parameters.every((parameter) => sourceOf(scope, parameter) !== sourceOf(scope, at)));
  const ends = (at: SyntaxNode | undefined): boolean => {
    if (at === undefined) return false;
    if (at.kind === "parenthesized_expression") return ends(at.children[0]);
    if (at.kind === "binary_operator")
      return at.children.every((child) => ends(child) || isFixed(child));
    if (at.kind === "attribute") return ends(fieldOf(at, "object"));
    const callee = at.kind === "call" ? fieldOf(at, "function") : undefined;
    const method = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : callee;
    return (
      method !== undefined &&
      (GROUP_REDUCTIONS.has(sourceOf(scope, method)) || sourceOf(scope, method) === "len") &&
      !/\[\[/u.test(sourceOf(scope, at))
    );
  };
  return ends(fieldOf(node, "body"));
}

/** What a function does with the rows of a group must not depend on their order, unless they were sorted. */
function requireUnordered(node: SyntaxNode, groups: Groups, scope: Scope): void {
  if (groups.of.isSorted) return;
  walk(node, (child) => {
    const attribute = child.kind === "attribute" ? fieldOf(child, "attribute") : undefined;
    if (attribute === undefined || !ORDER_DEPENDENT.has(sourceOf(scope, attribute)))
      return undefined;
    // The smallest of the most frequent values, whatever the order.
    if (/\.mode\(\)\.(?:iloc|iat)$/u.test(sourceOf(scope, child).replace(/\s/gu, "")))
      return undefined;
    return refuseOrder(child, scope);
  });
}

function requireSorted(groups: Groups, node: SyntaxNode, scope: Scope): void {
  if (!groups.of.isSorted) refuseOrder(node, scope);
}

function refuseOrder(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-needs-history",
    `\`${excerpt(scope, node)}\` depends on the order of the rows; sort them before with sort_values.`,
  );
}

function refuseGroups(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-per-key",
    `\`${excerpt(scope, node)}\` combines the rows of a group in a way that is not understood.`,
  );
}

/** Options of `agg` itself are no names of new columns. */
function isColumnName(keyword: string): boolean {
  return !["func", "engine", "engine_kwargs", "numeric_only", "min_count"].includes(keyword);
}

function namesOf(part: Part, scope: Scope): readonly string[] | undefined {
  return (
    (part.value.kind === "constant" ? part.value.strings : undefined) ??
    stringLiterals(scope, part.node)
  );
}
