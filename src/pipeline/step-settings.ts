/** Which of the notebook's settings a step repeats before its own statements. */
import type { Plan, StatementRef, Step } from "./plan.ts";
import { notebookOfCell } from "./sources.ts";

/** Settings above every step's statements: one module repeats them for all steps. */
export function leadingSettings(plan: Plan): readonly StatementRef[] {
  // A notebook's settings are no other notebook's.
  if (plan.notebooks !== undefined) return [];
  const first = plan.steps[0]?.statements[0];
  return plan.setup.filter((ref) => first === undefined || isBefore(ref, first));
}

/** Settings made between steps, replayed by every step of the same notebook that ends after them. */
export function settingsInside(plan: Plan, step: Step): readonly StatementRef[] {
  const last = step.statements.at(-1);
  const leading = new Set(leadingSettings(plan));
  return plan.setup.filter(
    (ref) =>
      !leading.has(ref) &&
      last !== undefined &&
      isBefore(ref, last) &&
      notebookOfCell(plan, ref.cell) === notebookOfCell(plan, last.cell),
  );
}

/** Whether one statement stands above another. */
export function isBefore(
  a: { readonly cell: number; readonly index: number },
  b: { readonly cell: number; readonly index: number },
): boolean {
  return a.cell < b.cell || (a.cell === b.cell && a.index < b.index);
}
