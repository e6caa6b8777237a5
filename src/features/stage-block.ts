/** Blocks of loops and branches, one level of statements at a time. What is neither an assignment nor a block itself is refused. */
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { StatementKind } from "../python/facts.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, walk } from "../python/syntax.ts";
import type { FeatureStatement } from "./feature-program.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import { namesOf } from "./stage-unpacking.ts";
import type { StagedStatement } from "./staged-statement.ts";
import type { StagedLines } from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { fitLines, lifterFor, ourLine } from "./staging-draft.ts";

/** Stages one statement of a block. */
export type StageInner = (staged: StagedStatement) => void;

/** The first line of a block in each half. */
export interface BlockHeads {
  readonly fit: string;
  readonly serve: string;
}

/** Stages the statements of a block, one after the other. */
export function stageBody(body: SyntaxNode, staged: StagedStatement, stageInner: StageInner): void {
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

/** Writes a block's lines below its head, in each half that has any. */
export function addBlock(
  { scope, draft }: StagedStatement,
  inner: StagingDraft,
  heads: BlockHeads,
): void {
  const { statement } = scope;
  if (inner.fit.length > 0)
    draft.fit.push(ourLine(statement, heads.fit), ...fitLines(inner).map(deeper));
  if (inner.transform.length > 0)
    draft.transform.push(ourLine(statement, heads.serve), ...inner.transform.map(deeper));
}

/** Continued lines of a statement in a block are already that deep in the user's text. */
export function deeper(lines: StagedLines): StagedLines {
  return { ...lines, depth: lines.depth + 1 };
}

/** Names that a block binds, or objects it fits. */
export function changedNames(body: SyntaxNode, scope: Scope): ReadonlySet<string> {
  const names = new Set<string>();
  walk(body, (node) => {
    const left =
      node.kind === "assignment" || node.kind === "augmented_assignment"
        ? fieldOf(node, "left")
        : undefined;
    for (const target of left === undefined ? [] : (namesOf(left) ?? []))
      names.add(sourceOf(scope, target));
    const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
    const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
    if (object?.kind === "identifier") names.add(sourceOf(scope, object));
    return undefined;
  });
  return names;
}

/** Refuses a block as a whole. */
export function refuseBlock(node: SyntaxNode, scope: Scope): never {
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${excerpt(scope, node)}\` changes feature values in a way that is not understood.`,
  );
}
