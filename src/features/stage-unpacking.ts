/** Assignments to several names at once, and results that come in pairs. */
import type { SyntaxNode } from "../python/syntax.ts";
import type { Part } from "./parts.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { keepInBoth, keepInFit } from "./staged-statement.ts";
import { ourLine } from "./staging-draft.ts";
import { stagedText } from "./statement-text.ts";
import type { Edit } from "./value.ts";
import { applyEdits, CONSTANT, LABEL, rows, STATE } from "./value.ts";

/** A matrix that the notebook writes out as the raw table: requests bring its rows. */
export function asWritten(part: Part, name: SyntaxNode, scope: Scope): Part {
  const { lifter } = scope;
  const isWritten = sourceOf(scope, name) === scope.written && part.value.kind === "constant";
  if (!isWritten || lifter === undefined) return part;
  const edit: Edit = {
    span: part.node,
    fit: () => `${lifter.frameName}.to_numpy()`,
    serve: () =>
      `${lifter.support("raw_rows")}(${lifter.frameName}, ${lifter.read("raw_types")}, UNSERVED).to_numpy()`,
  };
  return { ...part, value: rows("matrix", "all"), edits: [edit] };
}

/** The names on the left side; `undefined` when anything else stands there. */
export function namesOf(left: SyntaxNode): readonly SyntaxNode[] | undefined {
  const nodes =
    left.kind === "pattern_list" || left.kind === "tuple_pattern" ? left.children : [left];
  return nodes.every(({ kind }) => kind === "identifier") ? nodes : undefined;
}

/** `X, y = df[features], df["price"]`: one line for each table while serving. */
export function bindEach(
  names: readonly SyntaxNode[],
  values: readonly SyntaxNode[],
  staged: StagedStatement,
): void {
  const { scope, draft } = staged;
  const { text } = scope.statement.tree;
  const targets = names.map((name) => sourceOf(scope, name));
  const parts = values.map((value) => evaluatePart(value, scope));
  const isCrossed = scope.statement.facts.reads.some((read) => targets.includes(read));
  const isUnserved = parts.some(
    ({ value }) => value.kind === "rows" && (value.role !== "value" || isCrossed),
  );
  if (isUnserved || parts.some(({ value }) => value.kind === "grouped"))
    return refuseAt(
      scope,
      scope.statement.node,
      "feature-statement-unknown",
      `\`${excerpt(scope, scope.statement.node)}\` unpacks tables in a way that is not understood.`,
    );
  const fitEdits = parts.flatMap(({ value, edits }) => (value.kind === "rows" ? edits : []));
  draft.fit.push(stagedText(scope.statement, fitEdits, "fit"));
  classify(scope, "row");
  for (const [index, part] of parts.entries()) {
    const name = targets[index] ?? "";
    scope.names.set(name, part.value.kind === "constant" ? STATE : part.value);
    if (part.value.kind !== "rows") continue;
    const served = applyEdits(text, part.node, part.edits, "serve");
    if (served !== name) draft.transform.push(ourLine(scope.statement, `${name} = ${served}`));
  }
  return undefined;
}

/** `X_more, y_more = smote.fit_resample(X, y)`: rows are added in training alone. */
export function bindResampled(
  names: readonly SyntaxNode[],
  part: Part,
  staged: StagedStatement,
): void {
  const { scope, draft } = staged;
  const [features, target, ...more] = names.map((name) => sourceOf(scope, name));
  if (part.value.kind !== "resampled" || features === undefined || more.length > 0)
    return refuseAt(
      scope,
      part.node,
      "feature-statement-unknown",
      `\`${excerpt(scope, part.node)}\` is not understood.`,
    );
  const { rows: value, data } = part.value;
  classify(scope, "row-filter");
  scope.seen.renumbered = true;
  scope.seen.notes.push({
    text: `\`${excerpt(scope, part.node)}\` adds or leaves out rows in training alone`,
    span: part.node,
    statement: scope.statement,
  });
  keepInFit(staged, target === undefined ? [] : [target], LABEL);
  scope.names.set(features, { ...value, resampledFrom: sourceOf(scope, data) });
  const served = applyEdits(scope.statement.tree.text, data, part.edits, "serve");
  if (served !== features)
    draft.transform.push(ourLine(scope.statement, `${features} = ${served}`));
  return undefined;
}

/** One value that is taken apart: nothing of it has rows. */
export function bindNames(left: SyntaxNode, part: Part, staged: StagedStatement): void {
  const { scope } = staged;
  const names = left.children.map((child) => sourceOf(scope, child));
  if (part.value.kind === "factorized" && names.length === 2) {
    scope.names.set(names[0] ?? "", part.value.codes);
    scope.names.set(names[1] ?? "", STATE);
    return keepInBoth(staged, part.edits);
  }
  if (part.value.kind === "rows" || left.children.some(({ kind }) => kind !== "identifier")) {
    return refuseAt(
      scope,
      left,
      "feature-statement-unknown",
      `\`${excerpt(scope, scope.statement.node)}\` unpacks tables in a way that is not understood.`,
    );
  }
  return keepInFit(staged, names, part.value.kind === "constant" ? CONSTANT : part.value);
}
