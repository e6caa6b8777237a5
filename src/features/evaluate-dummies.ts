/**
 * `pd.get_dummies` learns its columns from the table. While serving, the encoded columns have the categories of training, so that the
 * user's own arguments make the same columns in the same order, `drop_first` and `dummy_na` included, for any number of rows.
 */
import { fieldOf, type SyntaxNode } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { keywordOf } from "./call-arguments.ts";
import { requireLearnable, servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiterals } from "./scope.ts";
import type { Edit, Evaluated } from "./value.ts";
import { once, rowsLike } from "./value.ts";

/** Evaluates a call of `pandas.get_dummies` on rows. */
export function evaluateDummies(
  node: SyntaxNode,
  list: readonly Argument[],
  scope: Scope,
): Evaluated {
  const [table, ...rest] = list;
  const { lifter } = scope;
  if (
    table === undefined ||
    table.value.kind !== "rows" ||
    table.keyword !== undefined ||
    rest.some(({ value }) => value.kind === "rows")
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  }
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${excerpt(scope, node)}\` learns from the whole table inside a helper function.`,
    );
  requireLearnable(table.value, node, scope);
  const columns = keywordOf(rest, "columns");
  const tableText = sourceOf(scope, table.node);
  const code =
    columns === undefined
      ? `dummy_categories(${tableText})`
      : `dummy_categories(${tableText}, ${sourceOf(scope, columns.node)})`;
  const names = columns === undefined ? undefined : stringLiterals(scope, columns.node);
  const [only] = names ?? [];
  const base = names?.length === 1 && only !== undefined ? `${only} categories` : "categories";
  const field = once(() => {
    lifter.support("dummy_categories");
    return lifter.capture({
      base,
      type: "dict[str, list[Any]]",
      source: sourceOf(scope, node),
      code,
    });
  });
  const callee = fieldOf(node, "function") ?? node;
  const call: Edit = {
    span: callee,
    fit: undefined,
    serve: () => lifter.support("known_dummies"),
  };
  const known: Edit = {
    span: { start: table.node.end, end: table.node.end },
    fit: undefined,
    serve: () => `, ${lifter.read(field())}, UNSEEN`,
  };
  return {
    value: rowsLike(table.value, "frame"),
    edits: [call, ...table.edits, known, ...servedEdits(rest, scope)],
  };
}
