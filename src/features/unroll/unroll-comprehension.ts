/** `train, test = [clean(table) for table in (train, test)]` as one assignment for each table. */

import { placeAt } from "../../base/text-span.ts";
import { applyEdits } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, textOf } from "../../python/syntax.ts";
import { namesIn } from "../feature-program.ts";
import { bindsName, valuesInPlace } from "./bound-names.ts";
import type { LoopPlace } from "./listed-tables.ts";
import { turnsOf } from "./listed-tables.ts";
import type { Replacement } from "./loop-lines.ts";
import { indentOf, inPlaceOf } from "./loop-lines.ts";
import type { NumberedLine } from "./notebook-lines.ts";
import { isUsedAsTable } from "./table-use.ts";

/**
 * The assignments; `undefined` when the statement is another one, or when a table is read after its name has been given to the result of
 * another: all results are made before the first of them gets its name.
 */
export function unrollComprehension(
  statementNode: SyntaxNode,
  outer: LoopPlace,
): Replacement | undefined {
  const place: LoopPlace = { ...outer, bindsLast: true };
  const { statement, program } = place;
  const { text } = statement.tree;
  const node = statementNode.children[0];
  const left = node?.kind === "assignment" ? fieldOf(node, "left") : undefined;
  const right = node?.kind === "assignment" ? fieldOf(node, "right") : undefined;
  const isCollected =
    right?.kind === "list_comprehension" || right?.kind === "generator_expression";
  if (left === undefined || right === undefined || !isCollected) return undefined;
  const body = fieldOf(right, "body");
  const [clause, ...others] = right.children.filter((child) => child !== body);
  const variable = clause === undefined ? undefined : fieldOf(clause, "left");
  const iterable = clause === undefined ? undefined : fieldOf(clause, "right");
  if (clause?.kind !== "for_in_clause" || others.length > 0) return undefined;
  if (body === undefined || variable?.kind !== "identifier" || iterable === undefined)
    return undefined;
  const name = textOf(text, variable);
  const elements = turnsOf(iterable, 1, place)?.flat();
  const targets = left.children.map((target) => textOf(text, target));
  if (elements?.length !== targets.length || new Set(targets).size !== targets.length)
    return undefined;
  if (left.children.some(({ kind }) => kind !== "identifier")) return undefined;
  const isRead = (table: string): boolean =>
    namesIn(statement, body).some(
      (used) =>
        used === table ||
        program.statements.some(
          ({ facts }) =>
            facts.definition?.name === used && facts.definition.freeReads.includes(table),
        ),
    );
  const isCrossed = targets.some(
    (target, at) => isRead(target) || elements.slice(at + 1).includes(target),
  );
  const tables = { name, elements };
  if (isCrossed || bindsName(body, name, text) || textOf(text, body).includes("\n"))
    return undefined;
  if (!isUsedAsTable(tables, body, place) && !areTargets(elements, targets)) return undefined;
  const { line } = placeAt(text, statementNode.start);
  const lines = targets.map((target, at): NumberedLine => {
    const values = new Map([[name, elements[at] ?? ""]]);
    const shift = { start: body.start, end: body.end };
    const edits = valuesInPlace(body, text, values).map((edit) => ({
      ...edit,
      span: { start: edit.span.start - shift.start, end: edit.span.end - shift.start },
    }));
    const value = applyEdits(textOf(text, body), edits);
    return { text: `${indentOf(statementNode, text) ?? ""}${target} = ${value}`, line };
  });
  return inPlaceOf(statementNode, lines, text);
}

/** Whether each result takes the name of the table it is made of. */
function areTargets(elements: readonly string[], targets: readonly string[]): boolean {
  return elements.every((element, at) => element === targets[at]);
}
