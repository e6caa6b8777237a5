/** `df.merge(means, on="city")`: rows and a table that training learned, joined by key. Each row keeps its place and gets one partner at most. */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { keywordOf } from "./call-arguments.ts";
import { requireUnstacked } from "./evaluate-stacking.ts";
import type { Part } from "./parts.ts";
import { servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf, stringLiteral } from "./scope.ts";
import type { Edit, Evaluated, RowsValue } from "./value.ts";
import { rowsLike, textEdit } from "./value.ts";

/** A join of rows with something else. */
export interface Join {
  readonly node: SyntaxNode;
  readonly left: Part & { readonly value: RowsValue };
  readonly right: Argument;
  /** All arguments but the two tables. */
  readonly rest: readonly Argument[];
  readonly method: "merge" | "join";
}

/** Evaluates the join; refuses one that could leave out, repeat or move rows while serving. */
export function evaluateJoin({ node, left, right, rest, method }: Join, scope: Scope): Evaluated {
  const text = excerpt(scope, node);
  const how = keywordOf(rest, "how") ?? rest.find(({ keyword }) => keyword === undefined);
  const kind = how === undefined ? undefined : stringLiteral(scope, how.node);
  const given = kind ?? (how === undefined ? (method === "merge" ? "inner" : "left") : undefined);
  if (right.value.kind !== "state")
    return refuseAt(
      scope,
      node,
      "feature-raw-table-unknown",
      `\`${text}\` joins a table that a request does not bring.`,
    );
  if (given !== "left" && given !== "inner")
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` may add rows of its own; join with how="left".`,
    );
  if (given === "inner") requireUnstacked(left.value, node, scope);
  const { lifter } = scope;
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${text}\` joins what was learned inside a helper function.`,
    );
  scope.seen.renumbered = true;
  classify(scope, "fitted-per-key");
  const edits: Edit[] = [
    ...left.edits,
    ...servedEdits([right, ...rest], scope),
    {
      span: { start: node.start, end: node.start },
      fit: undefined,
      serve: () => `${lifter.support("one_each")}(`,
    },
    textEdit({ start: node.end, end: node.end }, `, ${sourceOf(scope, left.node)})`),
  ];
  if (given === "inner") {
    scope.seen.notes.push({
      text: `\`${text}\` leaves rows without a partner out of training alone; while serving they get nulls`,
      span: node,
      statement: scope.statement,
    });
    const last = fieldOf(node, "arguments")?.children.at(-1);
    if (how !== undefined) edits.push(textEdit(how.node, '"left"'));
    else if (last !== undefined)
      edits.push(textEdit({ start: last.end, end: last.end }, ', how="left"'));
  }
  return { value: rowsLike(left.value, "frame"), edits };
}
