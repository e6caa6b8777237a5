/** The dialog of `promote --interactive`: shows the plan on stderr and asks what to change about its steps. */
import type { PlanAnswer, PlanReview, ReviewPlan } from "../app/review-plan.ts";
import { cellRange } from "../codegen/cell-range.ts";
import { describeDecision } from "../pipeline/decisions.ts";
import type { Plan, Step } from "../pipeline/plan.ts";
import { Name } from "../pipeline/schema.ts";
import type { Prompts } from "./prompts.ts";
import { renderPlan } from "./render/plan.ts";

/** What a dialog needs of its surroundings. */
export interface DialogPorts {
  readonly prompts: Prompts;
  /** Prints a text for the person beside the results. */
  readonly show: (text: string) => void;
}

const FLAG = "--interactive";

/** @throws UsageError `usage-missing-answer` without a terminal. */
export function reviewPlanDialog(ports: DialogPorts): ReviewPlan {
  return async (review) => {
    if (review.refused === undefined) ports.show(renderPlan(review.plan));
    else ports.show(`This cannot be done: ${review.refused}.`);
    return askAction(review, ports.prompts);
  };
}

async function askAction(
  { plan, models, taken }: PlanReview,
  prompts: Prompts,
): Promise<PlanAnswer> {
  const otherModels = models.filter((name) => name !== plan.serve?.modelVariable);
  const splittable = plan.steps.filter((step) => step.cells.length > 1);
  const last = taken.at(-1);
  const action = await prompts.choose({
    message: "What should change about the steps?",
    flag: "no --interactive to take the plan as it is",
    choices: [
      { value: "accept", label: "Nothing: go on with this plan" },
      ...(plan.steps.length > 1
        ? [{ value: "merge", label: "Merge a step with the one after it" } as const]
        : []),
      ...(splittable.length > 0
        ? [{ value: "split", label: "Split a step between two cells" } as const]
        : []),
      { value: "rename", label: "Rename a step" },
      { value: "drop", label: "Leave a cell out" },
      ...(otherModels.length > 0
        ? [{ value: "serve", label: "Serve another model" } as const]
        : []),
      ...(last === undefined
        ? []
        : [{ value: "undo", label: `Take back: ${describeDecision(last)}` } as const]),
      { value: "give-up", label: "Stop here and write nothing" },
    ],
  });
  switch (action) {
    case "accept":
    case "undo":
    case "give-up":
      return { kind: action };
    case "merge":
      return askMerge(plan, prompts);
    case "split":
      return askSplit(splittable, prompts);
    case "rename":
      return askRename(plan, prompts);
    case "drop":
      return askDrop(plan, prompts);
    case "serve":
      return askModel(plan, otherModels, prompts);
  }
}

async function askMerge(plan: Plan, prompts: Prompts): Promise<PlanAnswer> {
  const from = await prompts.choose({
    message: "Which step takes in the one after it?",
    flag: FLAG,
    choices: plan.steps.slice(0, -1).map((step, at) => ({
      value: step.name,
      label: `${step.name} with ${plan.steps[at + 1]?.name ?? ""}`,
    })),
  });
  const next = plan.steps[plan.steps.findIndex(({ name }) => name === from) + 1];
  return { kind: "decide", decision: { kind: "merge", steps: [from, next?.name ?? from] } };
}

async function askSplit(steps: readonly Step[], prompts: Prompts): Promise<PlanAnswer> {
  const step = await chooseStep("Which step?", steps, prompts);
  const cells = steps.find(({ name }) => name === step)?.cells ?? [];
  const after = await prompts.choose({
    message: "After which cell does the second part begin?",
    flag: FLAG,
    choices: cells
      .slice(0, -1)
      .map((cell) => ({ value: String(cell), label: `cell ${String(cell)}` })),
  });
  return { kind: "decide", decision: { kind: "split", step, "after-cell": Number(after) } };
}

async function askRename(plan: Plan, prompts: Prompts): Promise<PlanAnswer> {
  const step = await chooseStep("Which step?", plan.steps, prompts);
  const name = await prompts.text({
    message: `What is ${step} called?`,
    flag: FLAG,
    check: (answer) =>
      Name.safeParse(answer).success
        ? undefined
        : "lower-case letters, digits and hyphens, starting with a letter",
  });
  return { kind: "decide", decision: { kind: "rename", step, as: name } };
}

async function askDrop(plan: Plan, prompts: Prompts): Promise<PlanAnswer> {
  const cells = plan.steps.flatMap((step) => step.cells.map((cell) => ({ cell, step: step.name })));
  const chosen = await prompts.choose({
    message: "Which cell stays out of the pipeline?",
    flag: FLAG,
    choices: cells.map(({ cell, step }) => ({
      value: String(cell),
      label: `cell ${String(cell)} (${step})`,
    })),
  });
  return { kind: "decide", decision: { kind: "drop", cell: Number(chosen) } };
}

async function askModel(
  plan: Plan,
  models: readonly string[],
  prompts: Prompts,
): Promise<PlanAnswer> {
  const model = await prompts.choose({
    message: `Which model is served in place of ${plan.serve?.modelVariable ?? "none"}?`,
    flag: FLAG,
    choices: models.map((name) => ({ value: name, label: name })),
  });
  return { kind: "decide", decision: { kind: "serve", model } };
}

async function chooseStep(
  message: string,
  steps: readonly Step[],
  prompts: Prompts,
): Promise<string> {
  return prompts.choose({
    message,
    flag: FLAG,
    choices: steps.map((step) => ({
      value: step.name,
      label: `${step.name} (${cellRange(step.cells)})`,
    })),
  });
}
