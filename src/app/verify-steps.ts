/**
 * Runs steps of a package for verification: each in a process that has imported the package and run nothing else, from
 * stored artifacts. Copies of one such process where the system can make them, else a new process each.
 */
import { hasSeveralFiles } from "../notebook/notebook-parts.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import type { StepSettings } from "../verification/build-certificate.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { lostProcess } from "./lost-process.ts";
import { PrepareReply, StepReply } from "./worker-replies-schema.ts";

/** A worker that has the package's imports, and whether steps can run in copies of it. */
export interface PreparedWorker {
  readonly worker: Worker;
  readonly isolates: boolean;
  /** Versions of the distributions that were asked for, null for one that is not installed, and of all that the package loads. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Where and with what steps run. */
export interface StepSurroundings {
  /** Absolute folder that holds pipeline.yaml and the package. */
  readonly package: string;
  /** Absolute folder that steps work in. */
  readonly root: string;
  readonly python: string;
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** The step that raised, with the place when it is known. */
export interface StepFailure {
  readonly step: string;
  readonly message: string;
  readonly cell: number | undefined;
  /** File name of the cell's notebook, where the pipeline is made from several. */
  readonly notebook?: string;
  readonly line: number | undefined;
  /** What the interpreter lacks, where that is why. */
  readonly module?: string;
}

export interface VerifySteps {
  readonly plan: Plan;
  readonly surroundings: StepSurroundings;
  readonly artifacts: Artifacts;
  readonly workers: Workers;
  readonly runId: string;
  readonly prepared: PreparedWorker;
  /** Receives each step's manifest; steps that are in it already are not run again. */
  readonly manifests: Map<string, StepManifest>;
  /** The generators' seed, and the settings to look at when a step has run. */
  readonly expected: Pick<Reference, "seeds" | "settings">;
  /** Receives what they are. */
  readonly settings: Map<string, StepSettings>;
  readonly onStep: (step: string, done: number, total: number) => void;
}

/** A worker that has the package's imports; a package that cannot be imported is reported by its first step. */
export async function prepareWorker(
  surroundings: StepSurroundings,
  workers: Workers,
  distributions: readonly string[] = [],
): Promise<PreparedWorker> {
  const { python, signal, root, stepTimeoutMs: timeoutMs } = surroundings;
  const worker = await workers.start({ python, workingDirectory: root, signal });
  try {
    const header = { package: surroundings.package, root, distributions };
    const reply = await worker.call("prepare", header, { timeoutMs, signal });
    const { isolates, versions } = PrepareReply.parse(reply.result);
    return { worker, isolates, versions: versions ?? {} };
  } catch (error) {
    await worker.close();
    throw error;
  }
}

/** Runs every step that has no manifest yet, in order, up to the first that raises. */
export async function verifySteps(input: VerifySteps): Promise<StepFailure | undefined> {
  const { plan, surroundings, manifests, prepared } = input;
  const { stepTimeoutMs: timeoutMs, signal } = surroundings;
  let ran = 0;
  for (const [at, step] of plan.steps.entries()) {
    if (manifests.has(step.name)) continue;
    const shares = prepared.isolates || ran === 0;
    const worker = shares
      ? prepared.worker
      : (await prepareWorker(surroundings, input.workers)).worker;
    ran += 1;
    try {
      const header = { ...stepHeader(step, input), isolated: prepared.isolates };
      const reply = await worker.call("step", header, { timeoutMs, signal });
      const { manifest, settings } = StepReply.parse(reply.result);
      manifests.set(step.name, manifest);
      if (settings !== undefined) input.settings.set(step.name, settings);
    } catch (error) {
      if (!(error instanceof WorkerError) || signal.aborted) throw error;
      const lost = lostProcess(error, `comparing step ${step.name} with the notebook`);
      if (lost !== undefined) throw lost;
      const { message, cell, line, notebook, module } = error.failure;
      const where = notebook === undefined || !hasSeveralFiles(plan) ? {} : { notebook };
      const lacks = module === undefined ? {} : { module };
      return { step: step.name, message, cell, line, ...where, ...lacks };
    } finally {
      if (!shares) await worker.close();
    }
    input.onStep(step.name, at + 1, plan.steps.length);
  }
  return undefined;
}

/** The notebook's own parameter values: what params.yaml says today is another question. */
function stepHeader(
  step: Plan["steps"][number],
  input: VerifySteps,
): Readonly<Record<string, unknown>> {
  const taken = input.plan.parameters.filter((parameter) => step.params.includes(parameter.name));
  return {
    package: input.surroundings.package,
    step: step.name,
    store: input.artifacts.root,
    run: input.runId,
    params: Object.fromEntries(taken.map((parameter) => [parameter.name, parameter.value])),
    root: input.surroundings.root,
    seed: input.expected.seeds.random,
    settings: Object.keys(input.expected.settings?.[step.name] ?? {}),
  };
}
