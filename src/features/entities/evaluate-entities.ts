/**
 * Operations on rows where entities are served. Rows left out before the entities are made define them, so they are left out of a request,
 * too; entities left out afterwards concern training alone. Tables of entities are put together by the entity.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import type { Argument } from "../call-arguments.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import { ROW_FILTERS } from "../knowledge.ts";
import type { Part } from "../parts.ts";
import { evaluatePart, servedEdits } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiteral, stringLiterals } from "../scope.ts";
import type { Edit, Evaluated, RowSet, RowsValue } from "../value.ts";
import { reshaped, rowsLike, textEdit } from "../value.ts";
import { groupByEntity } from "./evaluate-groups-of-entities.ts";
import { spreadColumns } from "./spread-columns.ts";

type RowsPart = Part & { readonly value: RowsValue };

interface RowsCall {
  readonly node: SyntaxNode;
  readonly receiver: RowsPart;
  readonly method: string;
}

/** Filters that look at one row at a time. */
const ROW_BY_ROW: ReadonlySet<string> = new Set(["dropna", "drop_duplicates", "query"]);

/** A method of rows; `undefined` where it means the same as without entities. */
export function callEntityMethod(call: RowsCall, scope: Scope): Evaluated | undefined {
  const { of, role } = call.receiver.value;
  if (of === undefined || scope.entities === undefined || role === "accessor") return undefined;
  if (call.method === "groupby") return groupByEntity(call.node, call.receiver, scope);
  return of.per === "row"
    ? callOnRawRows({ ...call, of }, scope)
    : callOnEntities({ ...call, of }, scope);
}

interface CallOf extends RowsCall {
  readonly of: RowSet;
}

function callOnRawRows(call: CallOf, scope: Scope): Evaluated | undefined {
  const { node, receiver, method, of } = call;
  const { entities } = scope;
  if (entities === undefined) return undefined;
  const list = argumentsOf(node, scope);
  const text = excerpt(scope, node);
  if (method === "pivot_table" && namesEntity(keywordOf(list, "index"), scope)) {
    noteKeys(receiver, of, scope);
    const made = entities.grouped(of, { isOrdered: true, labels: "entity" });
    return spreadColumns({ node, receiver, of: made, side: receiver.value.side }, scope);
  }
  if (method === "map" || method === "isin") return lookedUp(call, list, scope);
  if (method === "reset_index") {
    const isDropped = /^True$/u.test(sourceOf(scope, keywordOf(list, "drop")?.node ?? node));
    if (!isDropped) return undefined;
    // The row numbers of the request are kept: they say which row of it an entity's rows are.
    return { value: receiver.value, edits: [...receiver.edits, removedCall(receiver, node)] };
  }
  const isRowsDropped =
    method === "drop" && (keywordOf(list, "index") !== undefined || !dropsColumns(list, scope));
  if (!ROW_FILTERS.has(method) && !isRowsDropped) return undefined;
  if (keywordOf(list, "ignore_index") !== undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` numbers the rows anew, so that the rows of an entity are no longer known; leave ignore_index out.`,
    );
  const kept: RowsValue = { ...receiver.value, of: entities.derived(of) };
  const edits = [...receiver.edits, ...servedEdits(list, scope)];
  if (method === "sort_values" || method === "sort_index")
    return {
      value: { ...kept, of: entities.derived(of, { isSorted: method === "sort_values" }) },
      edits,
    };
  if (!ROW_BY_ROW.has(method)) return refuseWhole(node, scope);
  if (method === "query") requireRowQuery(list, node, scope);
  if (method === "drop_duplicates") requireOwnDuplicates(list, { node, of, scope });
  if (method === "dropna") requireNamedColumns(list, node, scope);
  return { value: kept, edits };
}

/** Which rows go must not depend on rows of other entities. */
function requireOwnDuplicates(
  list: readonly Argument[],
  { node, of, scope }: { readonly node: SyntaxNode; readonly of: RowSet; readonly scope: Scope },
): void {
  const subset = keywordOf(list, "subset") ?? list.find(({ keyword }) => keyword === undefined);
  if (subset === undefined) return;
  const names = stringLiterals(scope, subset.node);
  if (names?.includes(scope.entities?.key ?? "") !== true) refuseWhole(node, scope);
  if (!of.isSorted)
    refuseAt(
      scope,
      node,
      "feature-needs-history",
      `\`${excerpt(scope, node)}\` keeps the row that comes first; sort the rows before with sort_values.`,
    );
}

/** `dropna()` looks at every column, those that a request does not bring, too. */
function requireNamedColumns(list: readonly Argument[], node: SyntaxNode, scope: Scope): void {
  const text = excerpt(scope, node);
  if (keywordOf(list, "axis") !== undefined)
    refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
  const subset = keywordOf(list, "subset");
  const names = subset === undefined ? undefined : stringLiterals(scope, subset.node);
  if (scope.label === undefined || (names !== undefined && !names.includes(scope.label))) return;
  refuseAt(
    scope,
    node,
    "feature-uses-target",
    `\`${text}\` leaves rows out by the column that is predicted; name the other columns in subset.`,
  );
}

/** A query in words may hold anything; only comparisons of columns with written values are let through. */
function requireRowQuery(list: readonly Argument[], node: SyntaxNode, scope: Scope): void {
  const [first] = list;
  const query = first === undefined ? undefined : stringLiteral(scope, first.node);
  const names: readonly string[] = query?.match(/[A-Za-z_]\w*/gu) ?? [];
  if (
    query === undefined ||
    /[@(`]/u.test(query) ||
    (scope.label !== undefined && names.includes(scope.label))
  )
    refuseWhole(node, scope);
}

function callOnEntities(call: CallOf, scope: Scope): Evaluated | undefined {
  const { node, receiver, method, of } = call;
  const { entities } = scope;
  if (entities === undefined) return undefined;
  const { value } = receiver;
  const list = argumentsOf(node, scope);
  if (method === "reset_index") {
    const isDropped = keywordOf(list, "drop") !== undefined;
    return {
      value: {
        ...value,
        shape: isDropped ? value.shape : "frame",
        of: entities.derived(of, { labels: "numbers" }),
      },
      edits: receiver.edits,
    };
  }
  if (method === "set_index") {
    const isKey = list[0] !== undefined && namesEntity(list[0], scope);
    return isKey
      ? {
          value: { ...value, of: entities.derived(of, { labels: "entity" }) },
          edits: receiver.edits,
        }
      : undefined;
  }
  if (method === "reindex") return reindexed(call, list, scope);
  if (method === "map" || method === "isin") return lookedUp(call, list, scope);
  if (method === "merge" || method === "join") {
    const [other] = list;
    if (other === undefined) return undefined;
    return joined({ node, left: receiver, right: other, list: list.slice(1), method }, scope);
  }
  return undefined;
}

/** `returns.reindex(customers.index)`: the other table's entities, found by the entity. */
function reindexed(
  { receiver, of }: CallOf,
  list: readonly Argument[],
  scope: Scope,
): Evaluated | undefined {
  const index = keywordOf(list, "index") ?? list.find(({ keyword }) => keyword === undefined);
  const wanted = index?.value;
  if (index === undefined || wanted?.kind !== "rows" || wanted.role !== "index") return undefined;
  if (wanted.of?.per !== "entity" || wanted.of.labels !== "entity" || of.labels !== "entity")
    return undefined;
  const others = list.filter((argument) => argument !== index);
  return {
    value: { ...receiver.value, role: "value", of: wanted.of },
    edits: [...receiver.edits, ...index.edits, ...servedEdits(others, scope)],
  };
}

/** `table["customer"].map(first)`, `….isin(table.index)`: looked up by the entity, each row by itself. */
function lookedUp(
  { receiver }: RowsCall,
  list: readonly Argument[],
  scope: Scope,
): Evaluated | undefined {
  const [table] = list;
  if (table?.value.kind !== "rows" || list.length !== 1) return undefined;
  const { of } = table.value;
  if (of?.per !== "entity" || of.labels !== "entity") return undefined;
  if (table.value.shape !== "column" && table.value.role !== "index") return undefined;
  if (!isKeyColumn(receiver, scope)) return undefined;
  return {
    value: rowsLike(receiver.value, "column"),
    edits: [...receiver.edits, ...table.edits],
  };
}

/** Whether an expression is the column, or the index, that names the entity of each row. */
function isKeyColumn({ node, value }: RowsPart, scope: Scope): boolean {
  const key = scope.entities?.key;
  if (value.role === "index") return value.of?.labels === "entity";
  const [subscript, ...others] = fieldsOf(node, "subscript");
  if (subscript !== undefined)
    return others.length === 0 && stringLiteral(scope, subscript) === key;
  const attribute = node.kind === "attribute" ? fieldOf(node, "attribute") : undefined;
  return attribute !== undefined && sourceOf(scope, attribute) === key;
}

interface Join {
  readonly node: SyntaxNode;
  readonly left: Part;
  readonly right: Part;
  readonly list: readonly Argument[];
  readonly method: string;
}

/** Functions of pandas that put tables together or make entities; `undefined` for all others. */
export function callEntityFunction(
  call: { readonly node: SyntaxNode; readonly path: string; readonly list: readonly Argument[] },
  scope: Scope,
): Evaluated | undefined {
  const { node, path, list } = call;
  const { entities } = scope;
  const [left, right, ...others] = list;
  if (entities === undefined || left === undefined || right === undefined) return undefined;
  if (path === "pandas.merge")
    return joined({ node, left, right, list: others, method: "merge" }, scope);
  if (path !== "pandas.crosstab") return undefined;
  const table = tableOfKey(left, scope);
  if (table === undefined || right.value.kind !== "rows" || table.of.id !== right.value.of?.id)
    return undefined;
  const how = keywordOf(others, "normalize");
  if (how !== undefined && !/^(?:["']index["']|0|False)$/u.test(sourceOf(scope, how.node)))
    return refuseWhole(node, scope);
  entities.keysOf(table.of, scope.statement, sourceOf(scope, left.node));
  const of = entities.grouped(table.of, { isOrdered: true, labels: "entity" });
  const hasValues = keywordOf(others, "values") !== undefined;
  const made = spreadColumns(
    { node, receiver: left, of, side: "all", ...(hasValues ? {} : { fill: "0" }) },
    scope,
  );
  return { ...made, edits: [...made.edits, ...right.edits] };
}

function tableOfKey(part: Part, scope: Scope): { readonly of: RowSet } | undefined {
  const { value } = part;
  if (value.kind !== "rows" || value.of?.per !== "row") return undefined;
  return isKeyColumn({ ...part, value }, scope) ? { of: value.of } : undefined;
}

/** Two tables of entities, joined by the entity. */
function joined({ node, left, right, list, method }: Join, scope: Scope): Evaluated | undefined {
  const { entities } = scope;
  const [one, other] = [left.value, right.value];
  if (entities === undefined || one.kind !== "rows" || other.kind !== "rows") return undefined;
  if (one.of?.per !== "entity" || other.of?.per !== "entity") return undefined;
  const word = (name: string): string | undefined => {
    const given = keywordOf(list, name);
    return given === undefined ? undefined : sourceOf(scope, given.node).replace(/["'[\]\s]/gu, "");
  };
  const isByIndex = (of: RowSet): boolean => of.labels === "entity";
  const keyOn = (side: "left" | "right", of: RowSet): boolean =>
    (word("on") ?? word(`${side}_on`)) === entities.key ||
    (word(`${side}_index`) === "True" && isByIndex(of));
  const how = word("how") ?? (method === "join" ? "left" : "inner");
  const isByKey =
    method === "join"
      ? word("on") === undefined && isByIndex(one.of) && isByIndex(other.of)
      : keyOn("left", one.of) && keyOn("right", other.of);
  if (!isByKey || !["left", "inner", "outer"].includes(how))
    return refuseAt(
      scope,
      node,
      "feature-rows-differ",
      `\`${excerpt(scope, node)}\` does not join by ${entities.key}.`,
    );
  const edits = [...left.edits, ...right.edits, ...servedEdits(list, scope)];
  const labels = isByIndex(one.of) && isByIndex(other.of) ? "entity" : "numbers";
  const value = reshaped(one, "frame");
  if (how === "left" && labels === "entity") return { value, edits };
  const of =
    how === "left"
      ? entities.derived(one.of, { labels })
      : entities.merged(one.of, other.of, labels);
  return { value: { ...value, of }, edits };
}

/** Rows of a filter are left out of a request, too; `undefined` where it does not filter raw rows. */
export function filterForEntities(
  node: SyntaxNode,
  table: RowsPart,
  key: SyntaxNode,
  scope: Scope,
): Evaluated | undefined {
  const { of } = table.value;
  if (scope.entities === undefined || of?.per !== "row") return undefined;
  if (key.kind === "slice") return refuseWhole(node, scope);
  const part = evaluatePart(key, scope);
  if (part.value.kind === "label")
    return refuseAt(
      scope,
      node,
      "feature-uses-target",
      `\`${excerpt(scope, node)}\` leaves rows out by the column that is predicted, which a request does not have.`,
    );
  if (part.value.kind !== "rows")
    return node.kind === "subscript" && indexed(node, scope) ? refuseWhole(node, scope) : undefined;
  if (part.value.of?.id !== of.id)
    return refuseAt(
      scope,
      node,
      "feature-rows-differ",
      `\`${excerpt(scope, node)}\` picks rows by columns of other rows.`,
    );
  const edits: readonly Edit[] = [...table.edits, ...servedEdits([part], scope)];
  return { value: { ...table.value, role: "value", of: scope.entities.derived(of) }, edits };
}

function indexed(node: SyntaxNode, scope: Scope): boolean {
  return /\.(?:iloc|loc|at|iat)$/u.test(sourceOf(scope, fieldOf(node, "value") ?? node));
}

function noteKeys({ node }: Part, of: RowSet, { entities, statement, ...scope }: Scope): void {
  if (entities === undefined || node.kind !== "identifier") return;
  const table = sourceOf({ entities, statement, ...scope }, node);
  entities.keysOf(of, statement, `${table}[${JSON.stringify(entities.key)}]`);
}

function namesEntity(part: Part | undefined, scope: Scope): boolean {
  if (part === undefined) return false;
  const names =
    (part.value.kind === "constant" ? part.value.strings : undefined) ??
    stringLiterals(scope, part.node);
  return names?.length === 1 && names[0] === scope.entities?.key;
}

function dropsColumns(list: readonly Argument[], scope: Scope): boolean {
  const axis = keywordOf(list, "axis") ?? list.filter(({ keyword }) => keyword === undefined)[1];
  return (
    keywordOf(list, "columns") !== undefined ||
    (axis !== undefined && /^(?:1|["']columns["'])$/u.test(sourceOf(scope, axis.node)))
  );
}

function removedCall(receiver: Part, node: SyntaxNode): Edit {
  return textEdit({ start: receiver.node.end, end: node.end }, "");
}

function refuseWhole(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${excerpt(scope, node)}\` picks rows by looking at those of other entities.`,
  );
}
