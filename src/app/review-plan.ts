/**
 * A person looks at the plan and decides about its steps, one decision at a time. Every decision is tried on the plan
 * before it counts, so that what comes out can be followed; nothing is run and nothing is written here.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { InterruptedError } from "../base/errors.ts";
import type { DecidedItem } from "../pipeline/decisions.ts";
import type { Plan } from "../pipeline/plan.ts";
import { type PlanInput, planNotebook } from "../pipeline/plan-notebook.ts";
import type { Decision } from "../pipeline/schema.ts";

/** What the person said to the plan as it stands. */
export type PlanAnswer =
  | { readonly kind: "decide"; readonly decision: Decision }
  /** Takes the newest decision of this dialog back. */
  | { readonly kind: "undo" }
  | { readonly kind: "accept" }
  | { readonly kind: "give-up" };

/** What is shown. */
export interface PlanReview {
  readonly plan: Plan;
  /** Variables of the models that can be served. */
  readonly models: readonly string[];
  /** Decisions of this dialog that can be taken back. */
  readonly taken: readonly Decision[];
  /** Why the last answer did not count. */
  readonly refused: string | undefined;
}

/** Shows a plan and brings back the answer. */
export type ReviewPlan = (review: PlanReview) => Promise<PlanAnswer>;

/**
 * Asks until the plan is accepted.
 *
 * @param planning With the decisions on record and what the observed run showed.
 * @returns The decisions on record followed by those of the dialog; as they were when there is no plan to show, so that
 *   planning itself says why.
 * @throws InterruptedError when the person gives up.
 */
export async function reviewPlan(
  planning: PlanInput,
  review: ReviewPlan,
): Promise<readonly DecidedItem[]> {
  const onRecord = planning.decisions ?? [];
  let taken: readonly Decision[] = [];
  let refused: string | undefined;
  for (;;) {
    const { plan, models = [] } = planWith(planning, onRecord, taken);
    if (plan === undefined) return onRecord;
    const answer = await review({ plan, models, taken, refused });
    refused = undefined;
    switch (answer.kind) {
      case "accept":
        return withTaken(onRecord, taken);
      case "give-up":
        throw new InterruptedError("the plan was not accepted; nothing was written", {
          code: "interrupted",
          hint: "promote without --interactive takes the plan as it is",
        });
      case "undo":
        taken = taken.slice(0, -1);
        break;
      case "decide": {
        const more = [...taken, answer.decision];
        refused = whyNot(planning, onRecord, { taken, more });
        if (refused === undefined) taken = more;
        break;
      }
    }
  }
}

/** What planning has against the newest decision; `undefined` when it holds. */
function whyNot(
  planning: PlanInput,
  onRecord: readonly DecidedItem[],
  tried: { readonly taken: readonly Decision[]; readonly more: readonly Decision[] },
): string | undefined {
  const before = planWith(planning, onRecord, tried.taken);
  const after = planWith(planning, onRecord, tried.more);
  const objections = (diagnostics: readonly Diagnostic[]): readonly string[] =>
    diagnostics
      .filter(({ code, severity }) => severity === "error" || code === "decision-no-longer-fits")
      .map(({ message }) => message);
  const known = objections(before.diagnostics);
  const found = objections(after.diagnostics).find((message) => !known.includes(message));
  if (found !== undefined) return found;
  return after.plan === undefined ? "no plan can be made with it" : undefined;
}

function planWith(
  planning: PlanInput,
  onRecord: readonly DecidedItem[],
  taken: readonly Decision[],
): ReturnType<typeof planNotebook> {
  return planNotebook({ ...planning, decisions: withTaken(onRecord, taken) });
}

function withTaken(
  onRecord: readonly DecidedItem[],
  taken: readonly Decision[],
): readonly DecidedItem[] {
  return [...onRecord, ...taken.map((decision): DecidedItem => ({ decision, where: undefined }))];
}
