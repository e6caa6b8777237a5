/** Where a verified pipeline differs from its notebook: which steps to join, so that nothing is lost between them. */
import { addressOf, compareAddresses, type Plan, type Step } from "../pipeline/plan.ts";
import { notebookOfStep } from "../pipeline/sources.ts";
import type { Certificate } from "./schema.ts";

/** Joined steps, as addresses of their first and last statement, and why. */
export interface CoarserCut {
  readonly together: readonly [string, string];
  /** Names of the steps that become one. */
  readonly steps: readonly string[];
}

/** A step that raised. */
export interface RaisedStep {
  readonly step: string;
  readonly message: string;
}

/**
 * A step that could not store what it made, with all steps on to the last that takes that. Otherwise the first step that
 * differs, with all steps back to the nearest one whose values it takes, then to the farthest; then
 * the whole notebook as one step. What the joined steps hand on is still compared. At most four; none when it is the
 * first step that differs, because there is no cut before it.
 *
 * @param failed The step that raised, if one did.
 */
export function coarserCuts(
  plan: Plan,
  certificate: Certificate,
  failed: RaisedStep | undefined,
): readonly CoarserCut[] {
  const name = failed?.step ?? certificate.comparisons.find(({ same }) => !same)?.step;
  const at = plan.steps.findIndex((step) => step.name === name);
  const step = plan.steps[at];
  if (step === undefined) return [];
  const makers = plan.artifacts
    .filter((artifact) => step.inputs.includes(artifact.name))
    .map((artifact) => plan.steps.findIndex((other) => other.name === artifact.producer));
  // Nothing but files passes between notebooks.
  const isBeside = (other: Step): boolean =>
    notebookOfStep(plan, other) === notebookOfStep(plan, step);
  const [begin, finish] = [plan.steps.findIndex(isBeside), plan.steps.findLastIndex(isBeside)];
  const lastTaker = plan.steps.findLastIndex(({ inputs }) => inputs.includes(unstored(failed)));
  const onwards = lastTaker > at ? [[at, lastTaker] as const] : [];
  if (at === begin && onwards.length === 0) return [];
  const froms = makers.length === 0 ? [at - 1] : [Math.max(...makers), Math.min(...makers)];
  const backwards = at === begin ? [] : froms.map((from) => [from, at] as const);
  const ranges = [...onwards, ...backwards, [begin, finish] as const].filter(
    ([from, to], index, all) =>
      all.findIndex(([start, end]) => start === from && end === to) === index,
  );
  return ranges.flatMap(([from, to]): readonly CoarserCut[] => {
    const joined = plan.steps.slice(from, to + 1);
    const before = plan.steps[from - 1]?.statements.at(-1);
    // What stands before the end of the step before is repeated here.
    const first = joined[0]?.statements.find(
      (ref) => before === undefined || compareAddresses(addressOf(ref), addressOf(before)) > 0,
    );
    const last = joined.at(-1)?.statements.at(-1);
    return first === undefined || last === undefined
      ? []
      : [{ together: [addressOf(first), addressOf(last)], steps: joined.map((one) => one.name) }];
  });
}

/** The artifact that a step made and could not store, as `_runtime.py` says it; empty where it failed otherwise. */
function unstored(failed: RaisedStep | undefined): string {
  const said = / makes '([^']+)' \([^\n]*\), which cannot be stored: /.exec(failed?.message ?? "");
  return said?.[1] ?? "";
}
