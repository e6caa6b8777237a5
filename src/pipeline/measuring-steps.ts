/**
 * Which steps compute metrics of the served model, and what lies between them and it: what has to be run again to measure
 * another predictor in its place. Nothing here runs anything.
 */
import type { Plan, Step } from "./plan.ts";

/** Steps in the plan's order, and the one that makes the model; or why nothing else can be measured. */
export type MeasuringSteps =
  | { readonly steps: readonly Step[]; readonly trainer: Step }
  | { readonly because: string };

/** @returns the steps that take the model, directly or through others, and lead to a metric. */
export function measuringSteps(plan: Pick<Plan, "serve" | "steps">): MeasuringSteps {
  const { serve, steps } = plan;
  const trainer = steps.find((step) => serve !== undefined && step.outputs.includes(serve.model));
  if (serve === undefined || trainer === undefined) return { because: "there is no model" };
  const measuring = leadingToMetrics(downstream(serve.model, steps));
  if (measuring.length > 0) {
    const reaching = measuring.find((step) => (step.outside ?? []).some(reachesOut));
    if (reaching === undefined) return { steps: measuring, trainer };
    return { because: `step ${reaching.name} uses the network or other processes` };
  }
  if (trainer.metrics.length > 0)
    return {
      because: `step ${trainer.name} fits the model and computes its metrics; with the evaluation in a step of its own (a heading or a cell between them, or mlops promote --interactive) others can be measured too`,
    };
  const isAny = steps.some((step) => step.metrics.length > 0);
  return {
    because: isAny
      ? "no metric of the pipeline is computed from the model"
      : "the pipeline computes no metric",
  };
}

function reachesOut(outside: NonNullable<Step["outside"]>[number]): boolean {
  return outside !== "clock";
}

function downstream(artifact: string, steps: readonly Step[]): readonly Step[] {
  const reached = new Set([artifact]);
  return steps.filter((step) => {
    if (!step.inputs.some((input) => reached.has(input))) return false;
    for (const output of step.outputs) reached.add(output);
    return true;
  });
}

/** From the back: a step counts when it has metrics, or makes what a later one that counts takes. */
function leadingToMetrics(steps: readonly Step[]): readonly Step[] {
  const wanted = new Set<string>();
  return steps
    .toReversed()
    .filter((step) => {
      if (step.metrics.length === 0 && !step.outputs.some((output) => wanted.has(output)))
        return false;
      for (const input of step.inputs) wanted.add(input);
      return true;
    })
    .toReversed();
}
