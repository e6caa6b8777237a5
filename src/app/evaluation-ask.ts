/** What the worker is asked to measure: the steps as the run called them, on the values that it stored. */
import { measuringSteps } from "../pipeline/measuring-steps.ts";
import type { Plan, Step } from "../pipeline/plan.ts";
import type { StepManifest } from "../run/schema.ts";
import type { StoredOutput } from "./pack-input.ts";

/** A step as it was called. */
interface AskedStep {
  readonly name: string;
  /** Digest of the state of the shared generators; null for a step that draws nothing from them. */
  readonly randomBefore: string | null;
  readonly reads: Readonly<Record<string, string>>;
  readonly writes: readonly string[];
}

/** The worker measures an ask once: what it began for an equal one is taken. */
export interface EvaluationAsk {
  readonly model: { readonly artifact: string; readonly variable: string };
  readonly params: StepManifest["params"];
  readonly outputs: Readonly<Record<string, { readonly digest: string; readonly codec: string }>>;
  readonly steps: readonly AskedStep[];
  readonly trainer: AskedStep;
}

export interface Measurable {
  readonly plan: Pick<Plan, "serve" | "steps">;
  readonly params: StepManifest["params"];
  readonly outputOf: (artifact: string) => StoredOutput;
  /** `undefined` for a step that has not ended. */
  readonly manifestOf: (step: string) => StepManifest | undefined;
}

/** @returns why nothing can be measured, where that is so. */
export function evaluationAskOf(input: Measurable): EvaluationAsk | { readonly because: string } {
  const { serve } = input.plan;
  const found = measuringSteps(input.plan);
  if ("because" in found) return found;
  if (serve === undefined) return { because: "there is no model" };
  const { steps, trainer } = found;
  const own = new Set(steps.flatMap((step) => step.outputs));
  const inputs = [...steps, trainer].flatMap((step) => step.inputs);
  const stored = [...new Set([serve.model, ...inputs])].filter((name) => !own.has(name)).sort();
  const asked = (step: Step): AskedStep => askedStep(step, input.manifestOf(step.name));
  return {
    model: { artifact: serve.model, variable: serve.modelVariable },
    params: input.params,
    outputs: Object.fromEntries(
      stored.map((name) => {
        const { digest, codec } = input.outputOf(name);
        return [name, { digest, codec }];
      }),
    ),
    steps: steps.map(asked),
    trainer: asked(trainer),
  };
}

function askedStep(step: Step, manifest: StepManifest | undefined): AskedStep {
  return {
    name: step.name,
    randomBefore: manifest?.random.before ?? null,
    reads: manifest?.filesRead ?? {},
    writes: step.writes,
  };
}
