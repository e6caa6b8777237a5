/**
 * Loops over column names and conditions on what was learned, one level of statements at a time. What is learned inside a loop is kept by
 * the loop's variable; a condition is decided once, in `fit`. Anything else that branches or repeats is refused.
 */
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { StatementKind } from "../python/facts.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../python/syntax.ts";
import type { FeatureStatement } from "./feature-program.ts";
import { isBesideHistory } from "./history/history-draft.ts";
import { evaluatePart, servedEdits } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, isLabelColumn, refuseAt, sourceOf, stringLiterals } from "./scope.ts";
import type { StagedStatement } from "./staged-statement.ts";
import type { StagedLines } from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { fitLines, innerDraft, lifterFor, ourLine } from "./staging-draft.ts";
import type { Edit, Value } from "./value.ts";
import { applyEdits, CONSTANT } from "./value.ts";

/** Stages one statement of a block. */
export type StageInner = (staged: StagedStatement) => void;

/** Stages a `for` loop over names. */
export function stageLoop(node: SyntaxNode, staged: StagedStatement, stageInner: StageInner): void {
  const { scope, draft } = staged;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  if (
    left?.kind !== "identifier" ||
    right === undefined ||
    body === undefined ||
    fieldOf(node, "alternative") !== undefined
  ) {
    return refuseBlock(node, scope);
  }
  const source = evaluatePart(right, scope);
  if (source.value.kind !== "constant" && source.value.kind !== "state")
    return refuseBlock(node, scope);
  const variable = sourceOf(scope, left);
  scope.names.set(variable, CONSTANT);
  const inner = innerDraft(draft, {
    keys: [...draft.loop.keys, variable],
    changed: changedNames(body, scope),
  });
  stageBody(body, { ...staged, draft: inner }, stageInner);
  const edits = servedEdits([source], scope);
  const names = applyEdits(scope.statement.tree.text, right, edits, "serve");
  const literal =
    source.value.kind === "constant"
      ? (source.value.strings ?? stringLiterals(scope, right))
      : undefined;
  // Beside history the predicted column is there: earlier rows have it.
  const served =
    !isBesideHistory(scope) &&
    (literal === undefined || literal.some((name) => isLabelColumn(scope, name)));
  const others = [...scope.seen.labelColumns.keys()].map((name) => JSON.stringify(name));
  const skipped = others.length === 0 ? "UNSERVED" : `(*UNSERVED, ${others.join(", ")})`;
  const serving = served ? `${support(draft, "served_names")}(${names}, ${skipped})` : names;
  addBlock(staged, inner, {
    fit: `for ${variable} in ${applyEdits(scope.statement.tree.text, right, edits, "fit")}:`,
    serve: `for ${variable} in ${serving}:`,
  });
  return undefined;
}

/** Stages an `if` without `else` whose condition does not look at single rows. */
export function stageCondition(
  node: SyntaxNode,
  staged: StagedStatement,
  stageInner: StageInner,
): void {
  const { scope, draft } = staged;
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "consequence");
  if (condition === undefined || body === undefined || fieldsOf(node, "alternative").length > 0)
    return refuseBlock(node, scope);
  const part = evaluatePart(condition, scope);
  if (part.value.kind !== "constant" && part.value.kind !== "state")
    return refuseBlock(node, scope);
  const edits: readonly Edit[] = servedEdits([part], scope);
  const serve = applyEdits(scope.statement.tree.text, condition, edits, "serve");
  const fit = applyEdits(scope.statement.tree.text, condition, edits, "fit");
  const before = new Map<string, Value>(scope.names);
  const inner = innerDraft(draft, draft.loop);
  stageBody(body, { ...staged, draft: inner }, stageInner);
  for (const [name, value] of scope.names) {
    const known = before.get(name);
    if (known !== undefined && known.kind !== value.kind) return refuseBlock(node, scope);
  }
  addBlock(staged, inner, { fit: `if ${fit}:`, serve: `if ${serve}:` });
  return undefined;
}

function stageBody(body: SyntaxNode, staged: StagedStatement, stageInner: StageInner): void {
  for (const node of body.children) {
    if (node.kind === "pass_statement") continue;
    const statement = innerStatement(staged.scope.statement, node);
    if (statement === undefined) return refuseBlock(node, staged.scope);
    stageInner({
      ...staged,
      scope: { ...staged.scope, statement, lifter: lifterFor(staged.draft, statement) },
    });
  }
  return undefined;
}

const KINDS: Readonly<Record<string, StatementKind>> = {
  expression_statement: "assignment",
  for_statement: "for",
  if_statement: "if",
};

/** A statement of a block as a statement of its own. */
function innerStatement(outer: FeatureStatement, node: SyntaxNode): FeatureStatement | undefined {
  const kind = KINDS[node.kind];
  if (kind === undefined) return undefined;
  const starts = lineStarts(outer.tree.text);
  const line = lineColumnAt(starts, node.start).line;
  return {
    ...outer,
    node,
    facts: {
      ...outer.facts,
      kind,
      span: { start: node.start, end: node.end },
      line,
      endLine: lineColumnAt(starts, node.end).line,
    },
  };
}

function addBlock(
  { scope, draft }: StagedStatement,
  inner: StagingDraft,
  heads: { readonly fit: string; readonly serve: string },
): void {
  const { statement } = scope;
  if (inner.fit.length > 0)
    draft.fit.push(ourLine(statement, heads.fit), ...fitLines(inner).map(deeper));
  if (inner.transform.length > 0)
    draft.transform.push(ourLine(statement, heads.serve), ...inner.transform.map(deeper));
}

/** Continued lines of a statement in a block are already that deep in the user's text. */
function deeper(lines: StagedLines): StagedLines {
  return { ...lines, depth: lines.depth + 1 };
}

function support(draft: StagingDraft, name: string): string {
  draft.support.add(name);
  return name;
}

/** Names that a block binds, or objects it fits. */
function changedNames(body: SyntaxNode, scope: Scope): ReadonlySet<string> {
  const names = new Set<string>();
  walk(body, (node) => {
    const left =
      node.kind === "assignment" || node.kind === "augmented_assignment"
        ? fieldOf(node, "left")
        : undefined;
    if (left?.kind === "identifier") names.add(sourceOf(scope, left));
    const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
    const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
    if (object?.kind === "identifier") names.add(sourceOf(scope, object));
    return undefined;
  });
  return names;
}

function refuseBlock(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${excerpt(scope, node)}\` changes feature values in a way that is not understood.`,
  );
}
