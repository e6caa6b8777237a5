/** `train_test_split`: the one statement that divides the rows. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { argumentsOf, hasFixedSeed, keywordOf } from "./call-arguments.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { keepInFit } from "./staged-statement.ts";
import { ourLine } from "./staging-draft.ts";
import { applyEdits, CONSTANT, LABEL, TRAINING } from "./value.ts";

/** Whether an expression is a call of scikit-learn's `train_test_split`. */
export function isSplit(node: SyntaxNode, scope: Scope): boolean {
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  if (callee === undefined || (callee.kind !== "identifier" && callee.kind !== "attribute"))
    return false;
  if (!sourceOf(scope, callee).endsWith("train_test_split")) return false;
  const { value } = evaluatePart(callee, scope);
  return value.kind === "library" && value.path === "sklearn.model_selection.train_test_split";
}

/** Every request row is served, so that while serving a split is just a change of names. */
export function stageSplit(left: SyntaxNode, right: SyntaxNode, staged: StagedStatement): void {
  const { scope, draft, served } = staged;
  const list = argumentsOf(right, scope);
  const data = list.filter(({ keyword }) => keyword === undefined);
  const names = left.children.map((child) => sourceOf(scope, child));
  const shuffle = keywordOf(list, "shuffle");
  if (!hasFixedSeed(list) && (shuffle === undefined || sourceOf(scope, shuffle.node) !== "False")) {
    refuseAt(
      scope,
      right,
      "feature-random",
      "`train_test_split` without random_state splits differently each time, so that what is learned cannot be repeated.",
    );
  }
  if (names.length !== data.length * 2 || left.children.some(({ kind }) => kind !== "identifier")) {
    refuseAt(
      scope,
      left,
      "feature-statement-unknown",
      "the results of `train_test_split` are not assigned to one name each.",
    );
  }
  keepInFit(staged, [], CONSTANT);
  classify(scope, "row-filter");
  const side = served === "test" ? 1 : 0;
  for (const [index, part] of data.entries()) {
    const servedName = names[index * 2 + side] ?? "";
    const otherName = names[index * 2 + 1 - side] ?? "";
    if (part.value.kind !== "rows") {
      for (const name of [servedName, otherName])
        scope.names.set(
          name,
          part.value.kind === "label"
            ? LABEL
            : part.value.kind === "constant"
              ? CONSTANT
              : TRAINING,
        );
      continue;
    }
    if (part.value.role !== "value")
      refuseAt(
        scope,
        part.node,
        "feature-statement-unknown",
        `\`${excerpt(scope, part.node)}\` leaves rows out inside the split.`,
      );
    scope.names.set(servedName, { ...part.value, side: served });
    scope.names.set(otherName, { kind: "training", aligned: true });
    const text = applyEdits(scope.statement.tree.text, part.node, part.edits, "serve");
    if (text !== servedName)
      draft.transform.push(ourLine(scope.statement, `${servedName} = ${text}`));
  }
  staged.onSplit(names);
}
