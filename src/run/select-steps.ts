/** What `--from`, `--only` and `--force` mean for each step. */
import { didYouMean } from "../base/did-you-mean.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { PipelineStep } from "../pipeline/schema.ts";

/** As typed. */
export interface Selection {
  /** Steps to execute whatever their state. */
  readonly force: "all" | readonly string[];
  /** This step and all that depends on it are executed whatever their state. */
  readonly from: string | undefined;
  /** Nothing else is executed; empty for no such limit. */
  readonly only: readonly string[];
}

/** Of a run. */
export interface SelectedSteps {
  /** Steps of the run in the pipeline's order: all, or the chosen ones and what they need. */
  readonly steps: readonly PipelineStep[];
  /** Executed whatever their state. */
  readonly forced: ReadonlySet<string>;
  /** The others have to be as they are. */
  readonly mayExecute: ReadonlySet<string>;
}

/** A step that the pipeline does not have. */
export interface UnknownStep {
  readonly name: string;
  readonly hint: string;
}

/** @param steps In the pipeline's order. */
export function selectSteps(
  steps: readonly PipelineStep[],
  selection: Selection,
): Result<SelectedSteps, UnknownStep> {
  const names = steps.map((step) => step.name);
  const asked = [
    ...(selection.force === "all" ? [] : selection.force),
    ...(selection.from === undefined ? [] : [selection.from]),
    ...selection.only,
  ];
  for (const name of asked) {
    if (names.includes(name)) continue;
    return err({ name, hint: didYouMean(name, names) ?? `it has: ${names.join(", ")}` });
  }
  const forced = new Set(selection.force === "all" ? names : selection.force);
  if (selection.from !== undefined)
    for (const name of followersOf(selection.from, steps)) forced.add(name);
  if (selection.only.length === 0) return ok({ steps, forced, mayExecute: new Set(names) });
  const needed = neededBy(selection.only, steps);
  const mayExecute = new Set(selection.only);
  return ok({
    steps: steps.filter((step) => needed.has(step.name)),
    forced: new Set([...forced].filter((name) => mayExecute.has(name))),
    mayExecute,
  });
}

/** The step and all that depends on it. */
function followersOf(start: string, steps: readonly PipelineStep[]): ReadonlySet<string> {
  const found = new Set([start]);
  for (const [at, step] of steps.entries())
    if (steps.slice(0, at).some((earlier) => found.has(earlier.name) && feeds(earlier, step)))
      found.add(step.name);
  return found;
}

/** The steps and all they depend on. */
function neededBy(chosen: readonly string[], steps: readonly PipelineStep[]): ReadonlySet<string> {
  const needed = new Set(chosen);
  for (const step of steps.toReversed()) {
    if (!needed.has(step.name)) continue;
    const at = steps.indexOf(step);
    for (const earlier of steps.slice(0, at)) if (feeds(earlier, step)) needed.add(earlier.name);
  }
  return needed;
}

/** Through an artifact, a file, or the state of the random generators. */
function feeds(earlier: PipelineStep, later: PipelineStep): boolean {
  return (
    earlier.outputs.some((output) => later.inputs.includes(output)) ||
    earlier.writes.some((path) => later.reads.includes(path)) ||
    (earlier.random === "global" && later.random === "global")
  );
}
