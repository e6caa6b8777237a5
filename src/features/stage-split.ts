/** `train_test_split`: the one statement that divides the rows. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { argumentsOf, hasFixedSeed, keywordOf } from "./call-arguments.ts";
import { requireUnstacked } from "./evaluate-stacking.ts";
import type { FeatureStatement } from "./feature-program.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { keepInFit } from "./staged-statement.ts";
import { ourLine } from "./staging-draft.ts";
import { stagedText } from "./statement-text.ts";
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

/**
 * A split that draws from the process-wide generator: it is repeated under the state that the run had, which the proof and every
 * registration restore. What the notebook seeds right before it is drawn the same by itself.
 */
function drawAsTheRun(split: SyntaxNode, { scope, draft }: StagedStatement): void {
  const { program, statement } = scope;
  const before = program.statements.slice(0, statement.position);
  const touches = ({ facts }: FeatureStatement): boolean =>
    facts.ambient.some(({ resource }) => resource === "random:numpy");
  const last = before.findLast(touches);
  const seeds = last?.facts.ambient.every(
    ({ resource, seeds: isSeed }) => resource !== "random:numpy" || isSeed === true,
  );
  if (last !== undefined && seeds === true && isPlainCall(last))
    draft.fit.push(stagedText(last, [], "fit"));
  const text = "this split has no random_state: a run draws it under the state that the run keeps";
  draft.fit.push(ourLine(statement, `# ${text}`));
  scope.seen.notes.push({ text, span: split, statement });
}

/** `np.random.seed(0)` by itself, with nothing that is computed before. */
function isPlainCall({ node, facts }: FeatureStatement): boolean {
  const call = node.kind === "expression_statement" ? node.children[0] : undefined;
  const given = call?.kind === "call" ? fieldOf(call, "arguments")?.children : undefined;
  return facts.mayWrite.length === 0 && given?.length === 1 && given[0]?.kind === "integer";
}

/** Every request row is served, so that while serving a split is just a change of names. */
export function stageSplit(left: SyntaxNode, right: SyntaxNode, staged: StagedStatement): void {
  const { scope, draft, served } = staged;
  const list = argumentsOf(right, scope);
  const data = list.filter(({ keyword }) => keyword === undefined);
  const names = left.children.map((child) => sourceOf(scope, child));
  const shuffle = keywordOf(list, "shuffle");
  const isSeeded =
    hasFixedSeed(list) || (shuffle !== undefined && sourceOf(scope, shuffle.node) === "False");
  if (!isSeeded) drawAsTheRun(right, staged);
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
    requireUnstacked(part.value, part.node, scope);
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
