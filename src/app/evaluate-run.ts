/** From a finished run to the evidence of the version that is about to be made of it: what to ask, whom to compare with, what was recorded. */
import type { Sha256 } from "../base/brand.ts";
import { measuringSteps } from "../pipeline/measuring-steps.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Better, Evaluation } from "../registry/evaluation.ts";
import { directionsOf } from "../registry/metric-direction.ts";
import type { RunRecord } from "../registry/run-record.ts";
import type { StepManifest, StepOutput } from "../run/schema.ts";
import { type ChampionToMeasure, type EvaluationPlace, evaluateModel } from "./evaluate-model.ts";
import { type EvaluationAsk, evaluationAskOf } from "./evaluation-ask.ts";
import type { PackInput, StoredPart, StoredTable } from "./pack-model.ts";

/** Versions that others are compared with. */
const CHAMPION = "champion";

export interface EvaluateRunInput {
  readonly run: RunRecord;
  readonly plan: Pick<Plan, "serve" | "steps" | "metrics">;
  readonly model: string;
  /** Of the version to be. */
  readonly files: Readonly<Record<string, Sha256>>;
  readonly packed: PackInput | undefined;
  /** What the settings say of metrics. */
  readonly better: Readonly<Record<string, Better>>;
}

/** @throws only when it is interrupted. */
export async function evaluateRun(
  input: EvaluateRunInput,
  place: EvaluationPlace,
  ports: { readonly files: Files; readonly registry: Pick<Registry, "models" | "runs"> },
): Promise<Evaluation> {
  const { run, plan, packed } = input;
  const ask = askOfRun(run, plan);
  const steps = "because" in ask ? [] : ask.steps;
  const names = run.metrics.map(({ name }) => name);
  return evaluateModel(
    {
      ask,
      packed,
      recorded: steps.flatMap(({ name }) => manifestOf(run, name)?.metrics ?? []),
      champion: championFor(input, ports.registry),
      better: directionsOf(names, plan.metrics, input.better),
    },
    place,
    ports,
  );
}

/** @returns why nothing can be measured, where that is so. */
export function askOfRun(
  run: RunRecord,
  plan: Pick<Plan, "serve" | "steps">,
): EvaluationAsk | { readonly because: string } {
  try {
    return evaluationAskOf({
      plan,
      params: run.params,
      outputOf: (artifact) => {
        const output = outputOf(run, artifact);
        if (output !== undefined) return output;
        throw new Error(`the run has no ${artifact}`);
      },
      manifestOf: (step) => manifestOf(run, step),
    });
  } catch (error) {
    return { because: error instanceof Error ? error.message : String(error) };
  }
}

function championFor(
  { run, plan, model, files }: EvaluateRunInput,
  registry: Pick<Registry, "models" | "runs">,
): ChampionToMeasure | undefined {
  const alias = registry.models.aliases(model).find((one) => one.alias === CHAMPION);
  const version = registry.models.list(model).find((one) => one.version === alias?.version);
  if (version === undefined) return undefined;
  const its = registry.runs.find(version.runId);
  return {
    version,
    sameMatrices: its !== undefined && tookTheSame(plan, run, its),
    raw: its === undefined ? undefined : rawOf(its, plan.serve),
    isSameModel: Object.entries(files).some(
      ([path, digest]) => path.startsWith("model/") && version.files[path] === digest,
    ),
  };
}

function rawOf(run: RunRecord, serve: EvaluateRunInput["plan"]["serve"]): StoredTable | undefined {
  const partOf = (artifact: string | undefined): StoredPart | undefined => {
    const output = artifact === undefined ? undefined : outputOf(run, artifact);
    return output === undefined ? undefined : { digest: output.digest, codec: output.codec };
  };
  const raw = partOf(serve?.raw);
  const target = partOf(serve?.target);
  if (raw === undefined || serve?.target === undefined) return raw;
  return target === undefined ? undefined : { ...raw, target };
}

/** Whether both runs measured their models on the very same values. */
function tookTheSame(plan: EvaluateRunInput["plan"], run: RunRecord, other: RunRecord): boolean {
  const found = measuringSteps(plan);
  if ("because" in found) return false;
  const made = new Set(found.steps.flatMap((step) => step.outputs));
  return found.steps
    .flatMap((step) => step.inputs)
    .filter((artifact) => !made.has(artifact) && artifact !== plan.serve?.model)
    .every((artifact) => {
      const digest = outputOf(run, artifact)?.digest;
      return digest !== undefined && digest === outputOf(other, artifact)?.digest;
    });
}

function outputOf(run: RunRecord, artifact: string): StepOutput | undefined {
  return run.steps.toReversed().flatMap((one) => one.manifest?.outputs[artifact] ?? [])[0];
}

function manifestOf(run: RunRecord, step: string): StepManifest | undefined {
  return run.steps.find((one) => one.step === step)?.manifest;
}
