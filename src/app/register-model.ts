/**
 * Makes a model version of a finished run: the directory of contract 6 as blobs in the store, and its digests in the registry.
 * The same content again is the same version: nothing of a time, a run or the machine is in the directory.
 * What cannot be served soundly is registered without serving, with the reason; it is never half-servable.
 */

import type { Sha256 } from "../base/brand.ts";
import { ConflictError, InputError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import { shellWord } from "../base/shell-word.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import type { Better, Evaluation } from "../registry/evaluation.ts";
import type { Identity } from "../registry/identity.ts";
import { judgeTrained, pickledNames, renderNameProblem } from "../registry/judge-names.ts";
import type { ModelVersion, PickledNames } from "../registry/model.ts";
import { type Demands, whyNotBetter } from "../registry/registration-policy.ts";
import type { RunRecord } from "../registry/run-record.ts";
import {
  buildModelDirectory,
  type DirectoryFiles,
  findOutputIn,
  outputIn,
} from "./build-model-directory.ts";
import { beginEvaluation, type EvaluationPlace } from "./evaluate-model.ts";
import { askOfRun, evaluateRun } from "./evaluate-run.ts";
import type { ServedPlan } from "./made-for-model.ts";
import type { PackedAhead } from "./pack-ahead.ts";
import { isSameInput, type Packable, packInputOf } from "./pack-input.ts";
import { type PackedModel, type PackInput, packModel } from "./pack-model.ts";

/** What is to become a version. */
export interface RegisterInput {
  /** A run that succeeded. */
  readonly run: RunRecord;
  readonly plan: Pick<Plan, "name" | "root"> & ServedPlan;
  /** Name of the model; the pipeline's unless the user says otherwise. */
  readonly model: string;
  /** Folder of the generated package, relative to the project root. */
  readonly packageFolder: string;
  /** Of the revision the run belongs to; `undefined` when it was never verified. */
  readonly certificate: { readonly digest: Sha256; readonly verdict: string } | undefined;
  /** Interpreter of the run. */
  readonly python: string;
  readonly actor: Identity;
  readonly signal: AbortSignal;
  /** What was packed while the run was going on; it is used only where it is the same. */
  readonly ahead?: Promise<PackedAhead | undefined>;
  /** Names (`module:name`) that loading may look up although they execute things. */
  readonly trusted?: readonly string[];
  /** What to measure it against; without it the version has no such evidence. */
  readonly evaluation?: EvaluationWish;
}

/** How a version is compared with others before it is made. */
export interface EvaluationWish {
  readonly plan: Pick<Plan, "serve" | "steps" | "metrics">;
  /** For one part of it. */
  readonly limitMs: number;
  /** Directions of metrics by name, where the settings say them. */
  readonly better: Readonly<Record<string, Better>>;
}

/** What registering needs from outside. */
export interface RegisterPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Pick<Registry, "models" | "runs">;
  readonly workers: Workers;
  readonly clock: Clock;
}

/** What came of it. */
export interface RegisterResult {
  readonly version: ModelVersion;
  /** False when this content was registered before. */
  readonly created: boolean;
  readonly serving: Serving;
}

/** A model that was not good enough to become a version. */
export interface NotRegistered {
  readonly model: string;
  /** One sentence a reason. */
  readonly notRegistered: readonly string[];
}

/** Whether the version can be served, or why not. */
export type Serving =
  | { readonly ready: true }
  | { readonly ready: false; readonly because: string };

/**
 * @throws ConflictError `run-not-succeeded`, `run-artifact-missing`.
 * @throws InputError `no-model` when the pipeline fits no model.
 */
export async function registerModel(
  input: RegisterInput,
  ports: RegisterPorts,
): Promise<RegisterResult> {
  const made = await registerIf(() => [], input, ports);
  if ("notRegistered" in made) throw new Error("there was nothing to hold against it");
  return made;
}

/** As `registerModel`, but only a model that is good enough becomes a version. */
export async function registerIfBetter(
  demands: Demands,
  input: RegisterInput,
  ports: RegisterPorts,
): Promise<RegisterResult | NotRegistered> {
  const { metrics } = input.run;
  const whyNot = (evaluation: Evaluation): readonly string[] =>
    whyNotBetter({ metrics, evaluation, ...demands });
  return registerIf(whyNot, input, ports);
}

async function registerIf(
  whyNot: (evaluation: Evaluation) => readonly string[],
  input: RegisterInput,
  ports: RegisterPorts,
): Promise<RegisterResult | NotRegistered> {
  const { run, plan } = input;
  if (run.status !== "succeeded") {
    throw new ConflictError(
      `Run ${run.id.slice(0, 8)} of ${run.pipeline} is ${run.status}; only a run that succeeded makes a model version.`,
      {
        code: "run-not-succeeded",
        hint: `mlops run ${run.pipeline}`,
      },
    );
  }
  if (plan.serve === undefined) {
    throw new InputError(
      `The pipeline ${plan.name} fits no model, so there is nothing to register.`,
      {
        code: "no-model",
        hint: "register works for notebooks that fit a scikit-learn style estimator",
      },
    );
  }
  await using made = await packForServing(input, ports);
  const { python } = made;
  const packed = judged(made.packed, input);
  const serving: Serving =
    "because" in packed ? { ready: false, because: packed.because } : { ready: true };
  const files = await buildModelDirectory({ ...input, packed, python }, ports);
  const contentDigest = sha256OfJson(files);
  const created = ports.registry.models
    .list(input.model)
    .every((version) => version.contentDigest !== contentDigest);
  const evaluation = created ? await evaluate(input, { files, made, ports }) : undefined;
  const notRegistered = evaluation === undefined ? [] : whyNot(evaluation);
  if (notRegistered.length > 0) return { model: input.model, notRegistered };
  const names = "because" in packed ? undefined : pickledNames(packed.walked);
  const version = record(input, { files, contentDigest, evaluation, names }, ports);
  return { version, created, serving };
}

async function evaluate(
  input: RegisterInput,
  of: {
    readonly files: DirectoryFiles;
    readonly made: ForServing;
    readonly ports: RegisterPorts;
  },
): Promise<Evaluation | undefined> {
  const { evaluation, run, model } = input;
  if (evaluation === undefined) return undefined;
  const { made, ports, files } = of;
  const { plan, better } = evaluation;
  return evaluateRun(
    { run, plan, model, files, packed: made.packInput, better },
    placeOf(input, evaluation, { worker: made.worker, ports }),
    ports,
  );
}

function placeOf(
  input: RegisterInput,
  { limitMs }: EvaluationWish,
  { worker, ports }: { readonly worker: Worker; readonly ports: RegisterPorts },
): EvaluationPlace {
  const packageFolder = ports.files.absolute(input.packageFolder);
  return { worker, packageFolder, artifacts: ports.artifacts, limitMs, signal: input.signal };
}

/** A model whose pickles look up what executes is kept, but not for serving; see `registry/judge-names.ts`. */
function judged(
  packed: ForServing["packed"],
  { trusted = [], run }: RegisterInput,
): ForServing["packed"] {
  if ("because" in packed) return packed;
  const problems = judgeTrained(packed.walked, trusted);
  const [first] = problems;
  if (first === undefined) return packed;
  const names = [...new Set(problems.flatMap((each) => ("name" in each ? [each.name] : [])))];
  const next =
    names.length === 0 || "why" in first
      ? ""
      : `, which can run anything; if it is yours: mlops models register ${run.pipeline} ${names.map((name) => `--trust ${shellWord(name)}`).join(" ")}`;
  return { because: `${renderNameProblem(first)}${next}` };
}

function record(
  input: RegisterInput,
  made: {
    readonly files: DirectoryFiles;
    readonly contentDigest: Sha256;
    readonly evaluation: Evaluation | undefined;
    readonly names: PickledNames | undefined;
  },
  ports: RegisterPorts,
): ModelVersion {
  const { run, model, certificate } = input;
  const { files, contentDigest, evaluation } = made;
  const atMs = ports.clock.nowMs();
  return ports.registry.models.register(
    {
      model,
      pipeline: run.pipeline,
      pipelineRevision: run.revision,
      runId: run.id,
      files,
      contentDigest,
      metrics: run.metrics,
      certificateDigest: certificate?.digest,
      verdict: certificate?.verdict,
      createdBy: input.actor,
      createdAtMs: atMs,
      pickledNames: made.names,
      evaluation,
      origin: undefined,
    },
    {
      action: "model.registered",
      actor: input.actor,
      details: {
        run: run.id,
        content: contentDigest,
        verdict: certificate?.verdict ?? null,
        ...(input.trusted === undefined || input.trusted.length === 0
          ? {}
          : { trusted: [...input.trusted] }),
      },
      atMs,
    },
  );
}

interface ForServing {
  readonly packed: PackedModel | { readonly because: string };
  /** What was packed; `undefined` where nothing could be. */
  readonly packInput: PackInput | undefined;
  /** Version of the interpreter. */
  readonly python: string;
  /** The process that packed it. */
  readonly worker: Worker;
}

/** What was packed ahead of exactly this, else what a process of its own packs now; that is closed when it is disposed of. */
async function packForServing(
  input: RegisterInput,
  ports: RegisterPorts,
): Promise<ForServing & AsyncDisposable> {
  const { run, plan, packageFolder } = input;
  const wanted = await packInputOf({ plan, packageFolder, ...storedByRun(run) }, ports.files);
  const ahead = await input.ahead;
  const packInput = "because" in wanted ? undefined : wanted;
  if (ahead !== undefined && isSameInput(ahead.input, wanted)) {
    // Whoever packed it ahead closes its worker.
    const dispose = (): Promise<void> => Promise.resolve();
    return { ...ahead, packInput, [Symbol.asyncDispose]: dispose };
  }
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: ports.files.absolute(joined(packageFolder, plan.root)),
    signal: input.signal,
  });
  try {
    const { evaluation } = input;
    const ask = evaluation === undefined ? undefined : askOfRun(run, evaluation.plan);
    if (evaluation !== undefined && ask !== undefined && !("because" in ask))
      await beginEvaluation(ask, placeOf(input, evaluation, { worker, ports }));
    return {
      packed:
        "because" in wanted ? wanted : await packIfItCan(wanted, { ...ports, ...input, worker }),
      packInput,
      python: worker.hello.python,
      worker,
      [Symbol.asyncDispose]: async () => worker.close(),
    };
  } catch (error) {
    await worker.close();
    throw error;
  }
}

function storedByRun(run: RunRecord): Pick<Packable, "outputOf" | "findOutput" | "manifestOf"> {
  return {
    outputOf: (artifact) => outputIn(run, artifact),
    findOutput: (artifact) => findOutputIn(run, artifact),
    manifestOf: (step) => run.steps.findLast((one) => one.step === step)?.manifest,
  };
}

/** The served half, or why there is none. Failures of the user's own code are reasons; a broken worker is an error. */
async function packIfItCan(
  wanted: PackInput,
  ports: {
    readonly worker: Worker;
    readonly artifacts: Artifacts;
    readonly signal: AbortSignal;
  },
): Promise<ForServing["packed"]> {
  try {
    return await packModel(wanted, ports);
  } catch (error) {
    if (
      error instanceof WorkerError &&
      !["worker-died", "worker-timeout", "worker-interrupted", "worker-protocol"].includes(
        error.failure.code,
      )
    )
      return { because: error.failure.message };
    if (error instanceof InputError) return { because: error.message };
    throw error;
  }
}

function joined(folder: string, root: string): string {
  return root === "." || root === "" ? folder : `${folder}/${root}`;
}
