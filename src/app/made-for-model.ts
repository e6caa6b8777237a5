/** What a run stored on the way to its model: the values that its features are compared with, and the generators' states that they were drawn under. */

import type { Sha256 } from "../base/brand.ts";
import type { Plan, Step } from "../pipeline/plan.ts";
import type { ParamValue } from "../run/fingerprint.ts";
import type { StepManifest } from "../run/schema.ts";
import type { StoredPart } from "./pack-model.ts";

/** What is looked at of a plan. */
export interface ServedPlan extends Pick<Plan, "serve" | "artifacts" | "parameters"> {
  readonly steps: readonly Pick<Step, "name" | "inputs">[];
}

/**
 * Variables that steps up to the model's stored, by name; of several versions the last. What the model's own step or a later
 * one makes of a matrix under the same name is another value, so that only what the model can have been given is here.
 *
 * @param outputOf What is stored under an artifact's name; `undefined` where nothing is.
 */
export function valuesForModel(
  plan: ServedPlan,
  outputOf: (artifact: string) => Pick<StoredPart, "digest" | "codec"> | undefined,
): Readonly<Record<string, StoredPart>> {
  const steps = new Set(stepsForModel(plan).map(({ name }) => name));
  const parts: Record<string, StoredPart> = {};
  for (const artifact of plan.artifacts) {
    const stored = steps.has(artifact.producer) ? outputOf(artifact.name) : undefined;
    if (stored === undefined || artifact.name === plan.serve?.model) continue;
    const { digest, codec } = stored;
    for (const [variable, name] of artifact.variables.entries())
      parts[name] =
        artifact.variables.length === 1 ? { digest, codec } : { digest, codec, variable };
  }
  return parts;
}

/** States of the process-wide generators before the steps that draw from them, in their order. */
export function statesForModel(
  plan: ServedPlan,
  manifestOf: (step: string) => Pick<StepManifest, "random"> | undefined,
): readonly Sha256[] {
  const states = stepsForModel(plan).flatMap(({ name }) => manifestOf(name)?.random.before ?? []);
  return [...new Set(states)];
}

/** Values that a run gave to parameters on the way to its model, by their Python names; what is not here has the notebook's own value. */
export function parametersForModel(
  plan: ServedPlan,
  manifestOf: (step: string) => Pick<StepManifest, "params"> | undefined,
): Readonly<Record<string, ParamValue>> {
  const values = new Map(
    stepsForModel(plan).flatMap(({ name }) => Object.entries(manifestOf(name)?.params ?? {})),
  );
  return Object.fromEntries(
    plan.parameters.flatMap(({ name, variable }) => {
      const value = values.get(name);
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

/** The step that fits the model and all that it takes from, in the pipeline's order. */
function stepsForModel({ serve, artifacts, steps }: ServedPlan): ServedPlan["steps"] {
  const producerOf = new Map(artifacts.map(({ name, producer }) => [name, producer]));
  const needed = new Set([producerOf.get(serve?.model ?? "")]);
  for (const step of steps.toReversed())
    if (needed.has(step.name)) for (const input of step.inputs) needed.add(producerOf.get(input));
  return steps.filter(({ name }) => needed.has(name));
}
