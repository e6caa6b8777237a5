/**
 * Branches on what does not look at single rows: names and types of columns, statistics, settings. Which way to go is decided once, in
 * `fit`, and kept: a single row may have other types than the table, and must take the same way.
 */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf } from "../python/syntax.ts";
import { joinNames } from "./join-values.ts";
import { evaluatePart } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt } from "./scope.ts";
import type { BlockHeads, StageInner } from "./stage-block.ts";
import { changedNames, deeper, refuseBlock, stageBody } from "./stage-block.ts";
import type { StagedStatement } from "./staged-statement.ts";
import type { StagedLines } from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { fitLines, innerDraft, lifterFor, ourLine } from "./staging-draft.ts";
import type { Value } from "./value.ts";
import { applyEdits } from "./value.ts";

/** Stages an `if` with whatever `elif` and `else` it has. */
export function stageCondition(
  node: SyntaxNode,
  staged: StagedStatement,
  stageInner: StageInner,
): void {
  const changed = changedNames(node, staged.scope);
  const alternatives = fieldsOf(node, "alternative");
  return stageBranches({ node, alternatives }, { staged, stageInner, changed });
}

interface Branches {
  /** An `if` or an `elif`. */
  readonly node: SyntaxNode;
  /** What follows it. */
  readonly alternatives: readonly SyntaxNode[];
}

interface Staging {
  readonly staged: StagedStatement;
  readonly stageInner: StageInner;
  /** Names that some branch binds or changes. */
  readonly changed: ReadonlySet<string>;
}

function stageBranches({ node, alternatives }: Branches, staging: Staging): void {
  const { staged, stageInner, changed } = staging;
  const { scope, draft } = staged;
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "consequence");
  if (condition === undefined || body === undefined) return refuseBlock(node, scope);
  const heads = headsOf(condition, scope);
  if (alternatives.length === 0 && passesOver(body) && draft.loop.keys.length > 0) {
    const next = { ...ourLine(scope.statement, "continue"), depth: 1 };
    draft.fit.push(ourLine(scope.statement, heads.fit), next);
    draft.transform.push(ourLine(scope.statement, heads.serve), next);
    return undefined;
  }
  const loop = { keys: draft.loop.keys, changed, isBranch: true };
  const before = new Map<string, Value>(scope.names);
  const taken = innerDraft(draft, loop);
  stageBody(body, { ...staged, draft: taken }, stageInner);
  const [next, ...others] = alternatives;
  const not = innerDraft(draft, loop);
  const behind = new Map<string, Value>(scope.names);
  if (next !== undefined) {
    setNames(scope, before);
    const inner = {
      ...staged,
      draft: not,
      scope: { ...scope, lifter: lifterFor(not, scope.statement) },
    };
    const otherwise = fieldOf(next, "body");
    // Behind `else` an `elif` is decided only when nothing before it holds, as in the notebook.
    if (next.kind === "elif_clause")
      stageBranches({ node: next, alternatives: others }, { ...staging, staged: inner });
    else if (otherwise !== undefined) stageBody(otherwise, inner, stageInner);
    for (const [name, value] of behind) if (!scope.names.has(name)) scope.names.set(name, value);
  }
  const unlike = joinNames(scope.names, next === undefined ? before : behind);
  if (unlike !== undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${unlike}\` is something else behind \`${excerpt(scope, condition)}\` than without it.`,
    );
  addBranches(staged, heads, { taken, not });
  return undefined;
}

/** `if column == "id": continue`. */
function passesOver({ children }: SyntaxNode): boolean {
  return children.length === 1 && children[0]?.kind === "continue_statement";
}

/** The condition in both halves; what was learned is decided before the block. */
function headsOf(condition: SyntaxNode, scope: Scope): BlockHeads {
  const { value, edits } = evaluatePart(condition, scope);
  const { lifter } = scope;
  if (value.kind === "label")
    return refuseAt(
      scope,
      condition,
      "feature-uses-target",
      `\`${excerpt(scope, condition)}\` decides by the column that is predicted.`,
    );
  if (lifter === undefined || (value.kind !== "constant" && value.kind !== "state"))
    return refuseBlock(condition, scope);
  const all = value.kind === "state" ? [lifter.hoist(condition, "Any")] : edits;
  const { text } = scope.statement.tree;
  const serve = applyEdits(text, condition, all, "serve");
  return { fit: `if ${applyEdits(text, condition, all, "fit")}:`, serve: `if ${serve}:` };
}

function setNames(scope: Scope, names: ReadonlyMap<string, Value>): void {
  scope.names.clear();
  for (const [name, value] of names) scope.names.set(name, value);
}

function addBranches(
  { scope, draft }: StagedStatement,
  heads: BlockHeads,
  { taken, not }: { readonly taken: StagingDraft; readonly not: StagingDraft },
): void {
  const { statement } = scope;
  const write = (
    head: string,
    lines: readonly StagedLines[],
    otherwise: readonly StagedLines[],
  ): readonly StagedLines[] => {
    if (lines.length === 0 && otherwise.length === 0) return [];
    const nothing = { ...ourLine(statement, "pass"), depth: 1 };
    return [
      ourLine(statement, head),
      ...(lines.length === 0 ? [nothing] : lines.map(deeper)),
      ...(otherwise.length === 0 ? [] : [ourLine(statement, "else:"), ...otherwise.map(deeper)]),
    ];
  };
  draft.fit.push(...write(heads.fit, fitLines(taken), fitLines(not)));
  draft.transform.push(...write(heads.serve, taken.transform, not.transform));
}
