/** A statement on its way into the two functions, and how its lines get there. */
import type { FeatureStatement } from "./feature-program.ts";
import type { Scope } from "./scope.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { stagedText } from "./statement-text.ts";
import type { Edit, Value } from "./value.ts";
import { applyEdits } from "./value.ts";

/** Which result of a split the served matrix comes from. */
export type ServedSide = "test" | "train";

/** What one statement is staged with. */
export interface StagedStatement {
  readonly draft: StagingDraft;
  readonly scope: Scope;
  readonly served: ServedSide;
  /** Names of the results of the last split, by side; replaced when a split is met. */
  readonly onSplit: (names: readonly string[]) => void;
}

/** The statement stands in both functions, with the edits of each. */
export function keepInBoth({ scope, draft }: StagedStatement, edits: readonly Edit[]): void {
  const { statement } = scope;
  if (!draft.dependences.has(statement)) draft.dependences.add(statement, "row");
  const serve = stagedText(statement, edits, "serve");
  draft.fit.push(stagedText(statement, edits, "fit"));
  if (!isSelfAssignment(statement, edits)) draft.transform.push(serve);
}

/** The statement concerns training alone; its names stand for `value` afterwards. */
export function keepInFit(
  { scope, draft }: StagedStatement,
  names: readonly string[],
  value: Value,
): void {
  draft.fit.push(stagedText(scope.statement, [], "fit"));
  if (value.kind === "label") draft.dependences.add(scope.statement, "label");
  if (value.kind === "state" || value.kind === "estimator")
    draft.dependences.add(scope.statement, "fitted");
  for (const name of names) scope.names.set(name, value);
}

/** A statement that became `df = df`, or just `df`, once the rows are no longer left out. */
function isSelfAssignment(statement: FeatureStatement, edits: readonly Edit[]): boolean {
  const text = applyEdits(statement.tree.text, statement.facts.span, edits, "serve").trim();
  return /^(\w+)\s*=\s*\(?\1\)?$/u.test(text) || /^\w+$/u.test(text);
}
