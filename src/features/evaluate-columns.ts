/** Columns that are picked by what is in them: `select_dtypes`, `dropna(axis=1)`. Training decides once, serving takes the same columns. */
import type { SyntaxNode } from "../python/syntax.ts";
import type { Part } from "./parts.ts";
import { requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated, RowsValue } from "./value.ts";
import { once, reshaped } from "./value.ts";

/** Evaluates a call that keeps the columns which fit a condition, and all rows. */
export function keepColumns(
  node: SyntaxNode,
  receiver: Part & { readonly value: RowsValue },
  scope: Scope,
): Evaluated {
  const { lifter } = scope;
  const source = sourceOf(scope, node);
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${excerpt(scope, node)}\` learns from the whole table inside a helper function.`,
    );
  requireLearnable(receiver.value, node, scope);
  const inPlace = /,?\s*\binplace\s*=\s*True\b/u;
  const field = once(() =>
    lifter.capture({
      base: "kept columns",
      type: "list[Any]",
      source,
      code: `${source.replace(inPlace, "").replace("(, ", "(")}.columns.tolist()`,
    }),
  );
  const table = sourceOf(scope, receiver.node);
  const isStatement = inPlace.test(source);
  return {
    value: reshaped(receiver.value, "frame"),
    edits: [
      ...receiver.edits,
      {
        span: { start: receiver.node.end, end: node.end },
        fit: undefined,
        serve: () => `[${lifter.read(field())}]`,
      },
      ...(isStatement
        ? [
            {
              span: { start: node.start, end: node.start },
              fit: undefined,
              serve: () => `${table} = `,
            },
          ]
        : []),
    ],
  };
}
