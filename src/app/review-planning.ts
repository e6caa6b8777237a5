/** What a person is asked before anything is made of a plan: about its steps first, then about what serving needs. */
import type { PlanInput } from "../pipeline/plan-notebook.ts";
import type { PythonParser } from "../python/parse.ts";
import { type ReviewPlan, reviewPlan } from "./review-plan.ts";
import { type ReviewServing, reviewServing } from "./review-serving.ts";

/** How a person is asked. */
export interface Reviews {
  readonly plan: ReviewPlan;
  readonly serving: ReviewServing;
}

/**
 * The planning with what the person decided; as it is where nobody is asked.
 *
 * @throws InterruptedError when the person gives up.
 */
export async function reviewPlanning<Planning extends PlanInput>(
  planning: Planning,
  reviews: Reviews | undefined,
  parser: PythonParser,
): Promise<Planning> {
  if (reviews === undefined) return planning;
  const decided = { ...planning, decisions: await reviewPlan(planning, reviews.plan) };
  return { ...decided, serving: await reviewServing(decided, reviews.serving, parser) };
}
