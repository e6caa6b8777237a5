/**
 * Packs the model of a run as soon as its values are stored, while the steps that do not make them go on.
 * Whatever goes wrong here is nobody's result: who registers the run then packs in a process of its own, and says it.
 */
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Worker } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import { beginEvaluation } from "./evaluate-model.ts";
import { type EvaluationAsk, evaluationAskOf } from "./evaluation-ask.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { packInputOf, type StoredOutput } from "./pack-input.ts";
import { type PackedModel, type PackInput, packModel } from "./pack-model.ts";
import type { StoredByRun } from "./started-run.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

/** What `packModel` made of exactly this input, or why it cannot be served. */
export interface PackedAhead {
  readonly input: PackInput | { readonly because: string };
  readonly packed: PackedModel | { readonly because: string };
  /** Version of the interpreter. */
  readonly python: string;
  /** The process that packed it, and has begun to measure it. */
  readonly worker: Worker;
}

export interface PackAheadInput {
  readonly pipeline: LoadedPipeline;
  readonly stored: StoredByRun;
  readonly params: StepManifest["params"];
  /** A process that has run no step. It is closed here when this does not work out. */
  readonly twin: Worker;
  /** For one call: a library may not stand that its process was copied, and wait forever. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Never throws; `undefined` when it did not work out. */
export async function packAhead(
  input: PackAheadInput,
  ports: { readonly files: Files; readonly artifacts: Artifacts; readonly registry: Registry },
): Promise<PackedAhead | undefined> {
  const { pipeline, twin, limitMs, signal } = input;
  try {
    const revision = ports.registry.pipelines.latestRevision(pipeline.name);
    if (revision === undefined) throw new Error("there is no revision");
    const { plan } = await readPlanRecord(revision.planDigest, ports);
    const wanted = await packInputOf(
      {
        plan,
        packageFolder: pipeline.folder,
        outputOf: storedIn(input.stored),
        findOutput: (artifact) => input.stored.outputs.get(artifact),
        manifestOf: (step) => input.stored.manifests.get(step),
      },
      ports.files,
    );
    const limited: Worker = {
      ...twin,
      call: (operation, header, options) =>
        twin.call(operation, header, { ...options, timeoutMs: limitMs }),
    };
    const ask = askAhead(plan, input);
    if (ask !== undefined)
      await beginEvaluation(ask, {
        worker: twin,
        packageFolder: ports.files.absolute(pipeline.folder),
        artifacts: ports.artifacts,
        limitMs,
        signal,
      });
    const packed =
      "because" in wanted
        ? wanted
        : await packModel(wanted, { worker: limited, artifacts: ports.artifacts, signal });
    return { input: wanted, packed, python: twin.hello.python, worker: twin };
  } catch {
    await twin.close();
    return undefined;
  }
}

function storedIn({ outputs }: StoredByRun): (artifact: string) => StoredOutput {
  return (artifact) => {
    const output = outputs.get(artifact);
    if (output === undefined) throw new Error(`${artifact} is not stored yet`);
    return output;
  };
}

/** `undefined` while it is not known what will be asked when the run has ended: then it is asked for the first time. */
function askAhead(plan: Plan, { stored, params }: PackAheadInput): EvaluationAsk | undefined {
  const { manifests } = stored;
  const isForeseen = (name: string): boolean => {
    const step = plan.steps.find((one) => one.name === name);
    // Of a step that has not ended it is not known what it reads or draws.
    return manifests.has(name) || (step?.random === "none" && step.reads.length === 0);
  };
  try {
    const manifestOf = (step: string): StepManifest | undefined => manifests.get(step);
    const ask = evaluationAskOf({ plan, params, outputOf: storedIn(stored), manifestOf });
    if ("because" in ask || !ask.steps.every(({ name }) => isForeseen(name))) return undefined;
    return ask;
  } catch {
    return undefined;
  }
}
