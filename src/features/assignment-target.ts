/** Left sides of assignments into tables: `df["x"]`, `df[["x", "y"]]`, `df.loc[mask, "x"]`, `df.x`. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf } from "../python/syntax.ts";
import { indexedTable } from "./evaluate-subscript.ts";
import type { Part } from "./parts.ts";
import { evaluatePart, servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { columnName, excerpt, isLabelColumn, refuseAt, sourceOf } from "./scope.ts";
import type { Edit, Value } from "./value.ts";

/** What an assignment changes. */
export interface Target {
  /** Value of the changed object. */
  readonly base: Value;
  /** Whether only the predicted column is written, or one made of it. */
  readonly isLabel: boolean;
  /** The one whole column that is written, when its name is known. */
  readonly column: string | undefined;
  /** Whether what is written, or where, depends on training alone. */
  readonly keys: readonly Part[];
  readonly edits: readonly Edit[];
}

/** Evaluates a target that is not a plain name. */
export function evaluateTarget(node: SyntaxNode, scope: Scope): Target {
  if (node.kind === "attribute") {
    const object = fieldOf(node, "object");
    const attribute = fieldOf(node, "attribute");
    if (object === undefined || attribute === undefined) return refuseTarget(node, scope);
    const base = evaluatePart(object, scope);
    const name = sourceOf(scope, attribute);
    if (base.value.kind === "rows" && name === "index") return refuseTarget(node, scope);
    return {
      base: base.value,
      isLabel: base.value.kind === "rows" && isLabelColumn(scope, name),
      column: base.value.kind === "rows" ? name : undefined,
      keys: [],
      edits: base.edits,
    };
  }
  const object = node.kind === "subscript" ? fieldOf(node, "value") : undefined;
  const keys = fieldsOf(node, "subscript");
  if (object === undefined || keys.length === 0) return refuseTarget(node, scope);
  const table = indexedTable(object, scope);
  if (table === undefined) return plainTarget(object, keys, scope);
  if (table.indexer !== "loc" || keys.length !== 2) return refuseTarget(node, scope);
  const [, column] = keys;
  const parts = keys
    .filter((key) => !(key.kind === "slice" && key.children.length === 0))
    .map((key) => evaluatePart(key, scope));
  const isLabel = column !== undefined && isLabelColumn(scope, columnName(column, scope));
  if (!isLabel && parts.some(({ value }) => value.kind === "label")) {
    return refuseAt(
      scope,
      node,
      "feature-uses-target",
      `\`${excerpt(scope, node)}\` picks rows by the column that is predicted.`,
    );
  }
  if (
    parts.some(
      ({ value }) => value.kind === "training" || (value.kind === "rows" && value.role !== "value"),
    )
  )
    return refuseTarget(node, scope);
  return {
    base: table.value,
    isLabel,
    column: undefined,
    keys: parts,
    edits: [...table.edits, ...servedEdits(parts, scope)],
  };
}

function plainTarget(object: SyntaxNode, keys: readonly SyntaxNode[], scope: Scope): Target {
  const base = evaluatePart(object, scope);
  const parts = keys.map((key) => evaluatePart(key, scope));
  const [first] = keys;
  const isTable = base.value.kind === "rows";
  const isLabel = isTable && first !== undefined && isLabelColumn(scope, columnName(first, scope));
  if (
    isTable &&
    parts.some(
      ({ value }) => value.kind === "rows" || value.kind === "label" || value.kind === "training",
    )
  )
    return refuseTarget(object, scope);
  return {
    base: base.value,
    isLabel,
    column: isTable && first !== undefined ? columnName(first, scope) : undefined,
    keys: parts,
    edits: isTable ? [...base.edits, ...servedEdits(parts, scope)] : [],
  };
}

function refuseTarget(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `an assignment to \`${excerpt(scope, node)}\` is not understood.`,
  );
}
