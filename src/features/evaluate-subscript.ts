/** `table[…]`, `table.loc[…]`: which columns, and whether rows are left out. Rows left out are a matter of training alone. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf } from "../python/syntax.ts";
import { filterForEntities } from "./entities/evaluate-entities.ts";
import { columnsOfGroups } from "./entities/evaluate-groups-of-entities.ts";
import { evaluateDatasetMember } from "./evaluate-dataset.ts";
import { evaluateGroupedColumn } from "./evaluate-groups.ts";
import { partStacked, requireUnstacked } from "./evaluate-stacking.ts";
import { columnOfHistory } from "./history/history-groups.ts";
import { filterBesideHistory } from "./history/history-rows.ts";
import type { Part } from "./parts.ts";
import { combine, evaluatePart, servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
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
import type { Edit, Evaluated, RowsValue } from "./value.ts";
import { LABEL, reshaped, STATE, textEdit } from "./value.ts";

/** Evaluates a subscript that is read. */
export function evaluateSubscript(node: SyntaxNode, scope: Scope): Evaluated {
  const target = fieldOf(node, "value");
  const keys = fieldsOf(node, "subscript");
  const [first] = keys;
  if (target === undefined || first === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  const indexer = indexedTable(target, scope);
  if (indexer !== undefined) return evaluateIndexer(node, { table: indexer, keys }, scope);
  const part = evaluatePart(target, scope);
  if (part.value.kind === "dataset")
    return evaluateDatasetMember(part, stringLiteral(scope, first) ?? "", scope);
  if (part.value.kind === "grouped")
    return evaluateGroupedColumn(node, { ...part, value: part.value }, scope);
  if (part.value.kind === "factorized")
    return sourceOf(scope, first) === "0"
      ? { value: part.value.codes, edits: part.edits }
      : { value: STATE, edits: [] };
  if (part.value.kind === "history")
    return columnOfHistory(
      { ...part, value: part.value },
      { node: first, isAttribute: false },
      scope,
    );
  if (part.value.kind === "groups")
    return columnsOfGroups(node, { ...part, value: part.value }, first, scope);
  if (part.value.kind !== "rows") return evaluateWithoutRows(node, part, { keys, scope });
  if (part.value.role === "accessor")
    return { value: { ...part.value, shape: "column", role: "value" }, edits: part.edits };
  if (keys.length === 1 && first.kind === "slice") {
    const parted = partStacked(node, part, { key: first, scope });
    if (parted !== undefined) return parted;
  }
  if (part.value.shape === "matrix" || keys.length > 1)
    return evaluateMatrix(node, { table: part, keys }, scope);
  const kept = filterForEntities(node, { ...part, value: part.value }, first, scope);
  if (kept !== undefined) return kept;
  if (first.kind === "slice")
    return filtered(node, part, { value: part.value, mask: undefined, scope });
  const name = columnName(first, scope);
  if (name !== undefined && part.value.shape !== "column") {
    return isLabelColumn(scope, name)
      ? { value: LABEL, edits: [] }
      : {
          value: reshaped(part.value, "column"),
          edits: [...part.edits, ...servedEdits([evaluatePart(first, scope)], scope)],
        };
  }
  const key = evaluatePart(first, scope);
  if (aligns(key, part, scope))
    return { value: part.value, edits: [...part.edits, ...servedEdits([key], scope)] };
  if (key.value.kind === "rows" || key.value.kind === "label")
    return filtered(node, part, { value: part.value, mask: first, scope });
  if (part.value.shape === "column")
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` picks single rows.`,
    );
  const shape = first.kind === "list" || isNameList(key) ? "frame" : "unknown";
  const names = key.value.kind === "constant" ? key.value.strings : undefined;
  const columns = names ?? stringLiterals(scope, first);
  return {
    value: { ...reshaped(part.value, shape), ...(columns === undefined ? {} : { columns }) },
    edits: [...part.edits, ...servedEdits([key], scope)],
  };
}

/** The table in front of `.loc`, `.iloc`, `.at`, `.iat`; `undefined` when the node is none of them or no table stands there. */
export function indexedTable(
  node: SyntaxNode,
  scope: Scope,
): (Part & { readonly value: RowsValue; readonly indexer: string }) | undefined {
  if (node.kind !== "attribute") return undefined;
  const object = fieldOf(node, "object");
  const attribute = fieldOf(node, "attribute");
  if (object === undefined || attribute === undefined) return undefined;
  const indexer = sourceOf(scope, attribute);
  if (!["loc", "iloc", "at", "iat"].includes(indexer)) return undefined;
  const part = evaluatePart(object, scope);
  return part.value.kind === "rows" ? { ...part, value: part.value, indexer } : undefined;
}

interface Selection<Table> {
  readonly table: Table;
  readonly keys: readonly SyntaxNode[];
}

function evaluateIndexer(
  node: SyntaxNode,
  { table, keys }: Selection<Part & { readonly value: RowsValue; readonly indexer: string }>,
  scope: Scope,
): Evaluated {
  const [rowsKey, columnsKey] = keys;
  if (rowsKey === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  const allRows = isEverything(rowsKey);
  if (!allRows && table.value.side === "both") {
    const isCounted =
      table.indexer === "iloc" &&
      rowsKey.kind === "slice" &&
      (columnsKey === undefined || isEverything(columnsKey));
    const parted = isCounted ? partStacked(node, table, { key: rowsKey, scope }) : undefined;
    if (parted !== undefined) return parted;
    requireUnstacked(table.value, node, scope);
  }
  const kept = allRows ? undefined : filterForEntities(node, table, rowsKey, scope);
  if (columnsKey === undefined && kept !== undefined) return kept;
  if (columnsKey === undefined)
    return allRows
      ? { value: table.value, edits: table.edits }
      : filtered(node, table, {
          value: table.value,
          mask: table.indexer === "loc" ? rowsKey : undefined,
          scope,
        });
  const name = columnName(columnsKey, scope);
  if (isLabelColumn(scope, name)) return { value: LABEL, edits: [] };
  const column = evaluatePart(columnsKey, scope);
  const value = reshaped(
    table.value,
    name !== undefined || table.value.shape === "column"
      ? "column"
      : columnsKey.kind === "slice" || columnsKey.kind === "list"
        ? "frame"
        : "unknown",
  );
  const edits: readonly Edit[] = [...table.edits, ...servedEdits([column], scope)];
  if (kept?.value.kind === "rows")
    return {
      value: reshaped(kept.value, value.shape),
      edits: [...kept.edits, ...servedEdits([column], scope)],
    };
  if (allRows) return { value, edits };
  const beside = filterBesideHistory(table.indexer === "loc" ? rowsKey : undefined, node, scope);
  if (beside !== undefined)
    return { value: { ...value, role: "partial" }, edits: [...edits, ...beside] };
  const mask = evaluatePart(rowsKey, scope);
  if (aligns(mask, { ...table, value }, scope))
    return { value, edits: [...edits, ...servedEdits([mask], scope)] };
  return { value: { ...value, role: "partial" }, edits: [...edits, textEdit(rowsKey, ":")] };
}

function evaluateMatrix(
  node: SyntaxNode,
  { table, keys }: Selection<Part>,
  scope: Scope,
): Evaluated {
  const [rowsKey, ...rest] = keys;
  const picked = rowsKey === undefined ? undefined : evaluatePart(rowsKey, scope).value;
  // Numbers of rows that training picks; serving has all rows of the request.
  if (rest.length === 0 && picked?.kind === "training" && table.value.kind === "rows")
    return filtered(node, table, { value: table.value, mask: rowsKey, scope });
  if (
    rowsKey === undefined ||
    !isEverything(rowsKey) ||
    rest.length !== 1 ||
    table.value.kind !== "rows"
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` picks single rows.`,
    );
  }
  return combine([table, ...rest.map((key) => evaluatePart(key, scope))], scope, node, "unknown");
}

/** The whole table while serving; the user's filter while fitting. */
function filtered(
  node: SyntaxNode,
  table: Part,
  {
    value,
    mask,
    scope,
  }: {
    readonly value: RowsValue;
    readonly mask: SyntaxNode | undefined;
    readonly scope: Scope;
  },
): Evaluated {
  requireUnstacked(value, node, scope);
  classify(scope, "row-filter");
  scope.seen.filtered = true;
  const kept = filterBesideHistory(mask, node, scope);
  if (kept !== undefined)
    return { value: { ...value, role: "partial" }, edits: [...table.edits, ...kept] };
  scope.seen.notes.push({
    text: `\`${excerpt(scope, node)}\` leaves rows out of training alone`,
    span: node,
    statement: scope.statement,
  });
  return {
    value: { ...value, role: "partial" },
    edits: [...table.edits, textEdit({ start: table.node.end, end: node.end }, "")],
  };
}

/** Whether a picked part of a column goes back to its own rows by their labels, so that the user's mask may stay. */
function aligns(key: Part, picked: Part, scope: Scope): boolean {
  return (
    scope.aligned === true &&
    picked.value.kind === "rows" &&
    picked.value.shape === "column" &&
    key.value.kind === "rows" &&
    key.value.role === "value"
  );
}

function evaluateWithoutRows(
  node: SyntaxNode,
  part: Part,
  { keys, scope }: { readonly keys: readonly SyntaxNode[]; readonly scope: Scope },
): Evaluated {
  // `np.c_[X, extra]` puts columns beside each other.
  if (part.value.kind === "library" && part.value.path === "numpy.c_")
    return combine(
      keys.map((key) => evaluatePart(key, scope)),
      scope,
      node,
      "matrix",
    );
  const parts = [part, ...keys.map((key) => evaluatePart(key, scope))];
  if (
    part.value.kind === "training" &&
    parts.slice(1).every(({ value }) => value.kind === "constant" || value.kind === "state")
  ) {
    return { value: part.value, edits: [] };
  }
  if (
    parts.slice(1).some(({ value }) => value.kind === "rows") &&
    part.value.kind !== "label" &&
    part.value.kind !== "training"
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` looks values up in a way that is not understood; use \`.map\`.`,
    );
  }
  if (part.value.kind === "label" || part.value.kind === "training")
    return {
      value: part.value.kind === "label" ? LABEL : { kind: "training", aligned: false },
      edits: [],
    };
  const combined = combine(parts, scope, node);
  const isColumn =
    part.value.kind === "state" &&
    part.value.type === "pd.DataFrame" &&
    keys.length === 1 &&
    keys[0] !== undefined &&
    columnName(keys[0], scope) !== undefined;
  return isColumn ? { ...combined, value: { kind: "state", type: "pd.Series" } } : combined;
}

function isEverything(key: SyntaxNode): boolean {
  return key.kind === "slice" && key.children.length === 0;
}

function isNameList(key: Part): boolean {
  return (
    key.value.kind === "constant" && key.value.strings !== undefined && key.value.strings.length > 1
  );
}
