/** Assignments to the predicted column, and to columns that are made of it. */
import type { Target } from "./assignment-target.ts";
import { asEarlier, isBesideHistory } from "./history/history-draft.ts";
import type { Part } from "./parts.ts";
import { evaluatePart, servedPart } from "./parts.ts";
import { classify, excerpt, refuseAt } from "./scope.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { keepInBoth, keepInFit } from "./staged-statement.ts";
import { textEdit } from "./value.ts";

/** The predicted column concerns training alone (beside a data set it stays, empty), unless earlier rows of it are looked at afterwards. */
export function changeLabel(target: Target, part: Part, staged: StagedStatement): void {
  const { scope } = staged;
  classify(scope, "label");
  if (scope.seen.datasetTarget && target.column !== undefined)
    return keepInBoth(staged, [...target.edits, textEdit(part.node, "None")]);
  if (!isBesideHistory(scope) || scope.history.futures.has(scope.statement.facts.span.start))
    return keepInFit(staged, [], target.base);
  const known = evaluatePart(part.node, asEarlier(scope));
  return keepInBoth(staged, [...target.edits, ...servedPart(known, scope)]);
}

/** A column made of the predicted one: it stays empty while serving, and the matrix must not have it. */
export function assignLabelColumn(part: Part, target: Target, staged: StagedStatement): void {
  const { scope } = staged;
  classify(scope, "target");
  if (target.column === undefined || staged.draft.loop.keys.length > 0) {
    return refuseAt(
      scope,
      scope.statement.node,
      "feature-uses-target",
      `\`${excerpt(scope, scope.statement.node)}\` computes a feature from the column that is predicted.`,
    );
  }
  scope.seen.labelColumns.set(target.column, scope.statement);
  if (isBesideHistory(scope)) {
    const known = evaluatePart(part.node, asEarlier(scope));
    return keepInBoth(staged, [...target.edits, ...servedPart(known, scope)]);
  }
  return keepInBoth(staged, [...target.edits, textEdit(part.node, "None")]);
}
