/** `df.groupby("shop")["sold"]`: which columns make the groups, and whether the predicted column may be among what they hold. */

import type { SyntaxNode } from "../../python/syntax.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import type { Part } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { isLabelColumn, sourceOf, stringLiteral, stringLiterals } from "../scope.ts";
import type { Evaluated, HistoryValue, RowsValue } from "../value.ts";

/** A method call, its receiver evaluated. */
export interface HistoryCall<Receiver> {
  readonly node: SyntaxNode;
  readonly receiver: Part & { readonly value: Receiver };
  readonly method: string;
}

/** `df.groupby("shop")`: the rows of each entity, when the keys say so. */
export function groupRows(
  { node, receiver }: HistoryCall<RowsValue>,
  scope: Scope,
): Evaluated & { readonly value: HistoryValue } {
  const list = argumentsOf(node, scope);
  const by = keywordOf(list, "by") ?? list.find(({ keyword }) => keyword === undefined);
  const odd = list.some(
    ({ keyword }) =>
      keyword !== undefined &&
      !["by", "sort", "as_index", "observed", "group_keys"].includes(keyword),
  );
  const keys = odd || by === undefined ? undefined : keyNames(by.node, scope);
  return {
    value: {
      kind: "history",
      stage: "grouped",
      shape: receiver.value.shape,
      keys,
      mayBeLabel: receiver.value.shape !== "column",
      rows: receiver.value,
      table: sourceOf(scope, receiver.node),
    },
    edits: [...receiver.edits, ...(by === undefined ? [] : by.edits)],
  };
}

/** `groups["sold"]`, `groups.sold`, `groups[["a", "b"]]`. */
export function columnOfHistory(
  part: Part & { readonly value: HistoryValue },
  key: { readonly node: SyntaxNode; readonly isAttribute: boolean },
  scope: Scope,
): Evaluated & { readonly value: HistoryValue } {
  const names = key.isAttribute
    ? [sourceOf(scope, key.node)]
    : key.node.kind === "list" || key.node.kind === "tuple"
      ? stringLiterals(scope, key.node)
      : singleName(key.node, scope);
  const isList = !key.isAttribute && (key.node.kind === "list" || key.node.kind === "tuple");
  return {
    value: {
      ...part.value,
      shape: isList ? "frame" : names === undefined ? "unknown" : "column",
      // A column that is not named may be any of them.
      mayBeLabel: names === undefined || names.some((name) => isLabelColumn(scope, name)),
    },
    edits: part.edits,
  };
}

function keyNames(node: SyntaxNode, scope: Scope): readonly string[] | undefined {
  const items = node.kind === "list" || node.kind === "tuple" ? node.children : [node];
  const names = items.map((item) => {
    const column = item.kind === "subscript" ? item.children.at(-1) : undefined;
    return stringLiteral(scope, column ?? item);
  });
  if (names.every((name) => name !== undefined)) return names;
  const value = node.kind === "identifier" ? scope.names.get(sourceOf(scope, node)) : undefined;
  return value?.kind === "constant" ? value.strings : undefined;
}

/** The names that a key stands for, when they are known. */
export function singleName(node: SyntaxNode, scope: Scope): readonly string[] | undefined {
  const name = stringLiteral(scope, node);
  if (name !== undefined) return [name];
  const value = node.kind === "identifier" ? scope.names.get(sourceOf(scope, node)) : undefined;
  return value?.kind === "constant" ? value.strings : undefined;
}
