/** Plans, tries in the reference run whether everything that crosses can be stored, and plans again coarser where it can't. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { CaptureObservation, Observation } from "../observation/schema.ts";
import { checkStepGraph } from "../pipeline/check-plan.ts";
import type { Plan } from "../pipeline/plan.ts";
import { type PlanInput, planNotebook } from "../pipeline/plan-notebook.ts";
import { withCodecRequirements } from "../pipeline/requirements.ts";

export interface SoundPlan {
  readonly plan: Plan | undefined;
  /** The reference run of exactly this plan. */
  readonly second: Observation | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Every round marks at least one more value as one that cannot cross, so rounds are bounded by the number of artifacts.
 *
 * @param referenceRun Runs the notebook again with the plan's captures; `undefined` when nothing may be run.
 */
export async function planSoundly(
  planning: Omit<PlanInput, "observation">,
  first: Observation | undefined,
  run: {
    readonly referenceRun: ((plan: Plan) => Promise<Observation>) | undefined;
    readonly onPlan: () => void;
  },
): Promise<SoundPlan> {
  let observation = first;
  for (;;) {
    run.onPlan();
    const planned = planNotebook({ ...planning, observation });
    if (planned.plan === undefined)
      return { plan: undefined, second: undefined, diagnostics: planned.diagnostics };
    const problems = checkStepGraph(
      {
        steps: planned.plan.steps,
        parameters: planned.plan.parameters.map((parameter) => parameter.name),
      },
      planning.program.notebook.path,
    );
    if (problems.length > 0)
      throw new Error(
        `planning made a plan that does not hold: ${problems.map((problem) => problem.message).join("; ")}`,
      );
    if (run.referenceRun === undefined || observation === undefined)
      return { plan: planned.plan, second: undefined, diagnostics: planned.diagnostics };
    const second = await run.referenceRun(planned.plan);
    const unstorable = second.captures.filter((capture) => capture.digest === null);
    const marked = markUnstorable(observation, planned.plan, unstorable);
    if (unstorable.length === 0 || marked === undefined || planned.plan.steps.length === 1) {
      return {
        plan: withCodecRequirements(withCodecs(planned.plan, second.captures), second),
        second,
        diagnostics: planned.diagnostics,
      };
    }
    observation = marked;
  }
}

/** The codec the reference run found for each value. */
function withCodecs(plan: Plan, captures: readonly CaptureObservation[]): Plan {
  const found = new Map(captures.map((capture) => [capture.artifact, capture]));
  const artifacts = plan.artifacts.map((artifact) => {
    const capture = found.get(artifact.name);
    return capture === undefined || capture.codec === null
      ? artifact
      : {
          ...artifact,
          codec: capture.codec,
          type: artifact.type ?? capture.type,
          bytes: capture.bytes ?? undefined,
        };
  });
  return { ...plan, artifacts };
}

const UNSEEN = { digest: null, bytes: null, shape: null, sharesWith: [] };

/** `undefined` when nothing new could be marked. */
function markUnstorable(
  observation: Observation,
  plan: Plan,
  captures: readonly CaptureObservation[],
): Observation | undefined {
  let changed = false;
  const cells = observation.cells.map((cell) => ({ ...cell, values: [...cell.values] }));
  for (const capture of captures) {
    const artifact = plan.artifacts.find((candidate) => candidate.name === capture.artifact);
    const producer = plan.steps.find((step) => step.name === artifact?.producer);
    const lastCell = producer?.cells.at(-1);
    for (const variable of artifact?.variables ?? []) {
      const cell = cells.findLast((candidate) => candidate.cell <= (lastCell ?? 0));
      const known = cells.findLast(
        (candidate) =>
          candidate.cell <= (lastCell ?? 0) &&
          candidate.values.some((value) => value.name === variable),
      );
      const value = known?.values.find((candidate) => candidate.name === variable);
      if (cell === undefined || (value !== undefined && value.pickleError !== null)) continue;
      // Modules are no values to the run, so a name that is bound to one has no entry yet.
      const seen = value ?? { ...UNSEEN, name: variable, type: capture.type };
      const pickleError = capture.error ?? "its stored form does not give it back";
      cell.values = [
        ...cell.values.filter((candidate) => candidate.name !== variable),
        { ...seen, pickleError },
      ];
      changed = true;
    }
  }
  return changed ? { ...observation, cells } : undefined;
}
