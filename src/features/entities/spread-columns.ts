/**
 * Tables with one row for each entity and one column for each value of another column (`pivot_table`, `crosstab`, `unstack`): which columns
 * there are is learned, and the user's own call gets exactly those while serving.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { argumentsOf, keywordOf } from "../call-arguments.ts";
import type { Part } from "../parts.ts";
import { servedEdits } from "../parts.ts";
import type { Scope } from "../scope.ts";
import { excerpt, refuseAt, sourceOf } from "../scope.ts";
import type { Edit, Evaluated, RowSet, Side } from "../value.ts";
import { once } from "../value.ts";

/** A call whose result has learned columns. */
export interface SpreadCall {
  readonly node: SyntaxNode;
  readonly receiver: Part;
  /** Rows of the result: entities. */
  readonly of: RowSet;
  readonly side: Side;
  /** Value of an entity in a column that it has nothing in; the call's `fill_value` unless given. */
  readonly fill?: string;
}

/** The call's value: its edits give it the columns of training. */
export function spreadColumns(
  { node, receiver, of, side, fill }: SpreadCall,
  scope: Scope,
): Evaluated {
  const { lifter } = scope;
  const list = argumentsOf(node, scope);
  const text = excerpt(scope, node);
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${text}\` learns from the whole table inside a helper function.`,
    );
  const sums = keywordOf(list, "margins");
  if (sums !== undefined && sourceOf(scope, sums.node) !== "False")
    refuseAt(scope, node, "feature-per-key", `\`${text}\` adds a row over all entities.`);
  const field = once(() =>
    lifter.capture({
      base: "spread columns",
      type: "list[Any]",
      source: `columns of ${sourceOf(scope, node)}`,
      code: `list((${sourceOf(scope, node)}).columns)`,
    }),
  );
  const given = keywordOf(list, "fill_value");
  const filled = fill ?? (given === undefined ? undefined : sourceOf(scope, given.node));
  const open: Edit = {
    span: { start: node.start, end: node.start },
    fit: undefined,
    serve: () => `${lifter.support("same_columns")}(`,
  };
  const close: Edit = {
    span: { start: node.end, end: node.end },
    fit: undefined,
    serve: () =>
      `, ${lifter.stateName}.${field()}, UNSEEN${filled === undefined ? "" : `, ${filled}`})`,
  };
  const others = list.filter(({ value }) => value.kind !== "rows");
  return {
    value: { kind: "rows", shape: "frame", side, role: "value", of },
    edits: [...receiver.edits, open, close, ...servedEdits(others, scope)],
  };
}
