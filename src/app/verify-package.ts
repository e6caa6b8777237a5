/**
 * Runs a generated package step by step, each in a fresh process from stored artifacts, and compares everything
 * that crosses with what the notebook computed. Knows nothing of registries: promotion and `mlops verify` both use it.
 */

import type { Sha256 } from "../base/brand.ts";
import { UpstreamError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Ids } from "../ports/ids.ts";
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import {
  buildCertificate,
  UNSTABLE_RTOL,
  type ValueComparison,
} from "../verification/build-certificate.ts";
import type { Reference } from "../verification/reference-schema.ts";
import type { Certificate } from "../verification/schema.ts";
import { copyScratch } from "./copy-scratch.ts";
import { CompareReply, PrepareReply, StepReply } from "./worker-replies-schema.ts";

export interface VerifyPackageInput {
  readonly plan: Plan;
  readonly reference: Reference;
  readonly packageDigest: Sha256;
  /** Absolute folder that holds pipeline.yaml and the package. */
  readonly folder: string;
  /** Folder that steps work in; copied, never touched. */
  readonly root: string;
  readonly skip: (relativePath: string) => boolean;
  readonly python: string;
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string, done: number, total: number) => void;
}

/** The certificate, and the step that raised, if one did. */
export interface VerifiedPackage {
  readonly certificate: Certificate;
  readonly failure:
    | {
        readonly step: string;
        readonly message: string;
        readonly cell: number | undefined;
        readonly line: number | undefined;
      }
    | undefined;
  readonly manifests: ReadonlyMap<string, StepManifest>;
}

export interface VerifyPackagePorts {
  readonly files: Files;
  readonly workers: Workers;
  readonly artifacts: Artifacts;
  readonly ids: Ids;
}

/**
 * Runs and compares. A step that raises is no error here: it is the failure, and the certificate says what was not made.
 *
 * @throws UpstreamError `compare-failed`; what the worker cannot start with.
 */
export async function verifyPackage(
  input: VerifyPackageInput,
  ports: VerifyPackagePorts,
): Promise<VerifiedPackage> {
  const { plan, reference } = input;
  const runId = ports.ids.runId();
  const scratch = await copyScratch(input.root, ports.files, input.skip);
  const manifests = new Map<string, StepManifest>();
  try {
    // Files the notebook's own run would make are not there before the pipeline makes them.
    for (const path of Object.keys(reference.files))
      if (!(path in reference.data)) await ports.files.remove(`${scratch.root}/${path}`);
    const failure = await runSteps(input, { ...ports, runId, root: scratch.root, manifests });
    const values = await compareValues(input, manifests, ports);
    const textDifferences = await findTextDifferences(reference, manifests, ports.artifacts);
    const certificate = buildCertificate({
      pipeline: plan.name,
      digests: {
        notebook: plan.notebook.sha256,
        plan: sha256OfJson(plan),
        package: input.packageDigest,
        data: reference.data,
        environment: reference.environment,
      },
      reference,
      manifests,
      steps: plan.steps,
      values,
      textDifference: (step) => textDifferences.get(step),
    });
    return { certificate, failure, manifests };
  } finally {
    await scratch.remove();
    await ports.artifacts.removeRun(runId);
  }
}

interface StepRun extends VerifyPackagePorts {
  readonly runId: string;
  readonly root: string;
  readonly manifests: Map<string, StepManifest>;
}

/**
 * Every step in a process that has imported the package and run nothing else: copies of one such process where the
 * system can make them, else a new process each, which pays for the imports each time.
 */
async function runSteps(
  input: VerifyPackageInput,
  run: StepRun,
): Promise<VerifiedPackage["failure"]> {
  const prepared = await startPrepared(input, run);
  try {
    for (const [at, step] of input.plan.steps.entries()) {
      const first = at === 0 || prepared.isolates;
      const worker = first ? prepared.worker : (await startPrepared(input, run)).worker;
      try {
        const header = { ...stepHeader(step, input, run), isolated: prepared.isolates };
        const options = { timeoutMs: input.stepTimeoutMs, signal: input.signal };
        const reply = await worker.call("step", header, options);
        run.manifests.set(step.name, StepReply.parse(reply.result).manifest);
      } catch (error) {
        if (!(error instanceof WorkerError) || input.signal.aborted) throw error;
        const { message, cell, line } = error.failure;
        return { step: step.name, message, cell, line };
      } finally {
        if (!first) await worker.close();
      }
      input.onStep(step.name, at + 1, input.plan.steps.length);
    }
    return undefined;
  } finally {
    await prepared.worker.close();
  }
}

/** A worker that has the package's imports; a package that cannot be imported is reported by its first step. */
async function startPrepared(
  input: VerifyPackageInput,
  run: StepRun,
): Promise<{ readonly worker: Worker; readonly isolates: boolean }> {
  const { python, signal, stepTimeoutMs: timeoutMs } = input;
  const worker = await run.workers.start({ python, workingDirectory: run.root, signal });
  try {
    const header = { package: input.folder, root: run.root };
    const reply = await worker.call("prepare", header, { timeoutMs, signal });
    return { worker, isolates: PrepareReply.parse(reply.result).isolates };
  } catch (error) {
    await worker.close();
    throw error;
  }
}

/** The notebook's own parameter values: what params.yaml says today is another question. */
function stepHeader(
  step: Plan["steps"][number],
  input: VerifyPackageInput,
  run: StepRun,
): Readonly<Record<string, unknown>> {
  const taken = input.plan.parameters.filter((parameter) => step.params.includes(parameter.name));
  return {
    package: input.folder,
    step: step.name,
    store: run.artifacts.root,
    run: run.runId,
    params: Object.fromEntries(taken.map((parameter) => [parameter.name, parameter.value])),
    root: run.root,
  };
}

/** Compares, in Python, the values whose stored bytes differ; equal bytes need no comparison. */
async function compareValues(
  input: VerifyPackageInput,
  manifests: ReadonlyMap<string, StepManifest>,
  ports: VerifyPackagePorts,
): Promise<readonly ValueComparison[]> {
  const pairs: {
    readonly name: string;
    readonly expected: unknown;
    readonly got: unknown;
    readonly rtol?: number;
  }[] = [];
  for (const manifest of manifests.values()) {
    for (const [name, got] of Object.entries(manifest.outputs)) {
      const expected = input.reference.values[name];
      if (expected === undefined || expected.digest === got.digest) continue;
      const unstable = input.reference.unstable.some(
        (entry) => entry.kind === "value" && entry.name === name,
      );
      pairs.push({
        name,
        expected: { digest: expected.digest, codec: expected.codec },
        got: { digest: got.digest, codec: got.codec },
        ...(unstable ? { rtol: UNSTABLE_RTOL } : {}),
      });
    }
  }
  pairs.push(...differingPickles(input.reference, manifests));
  if (pairs.length === 0) return [];
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: input.folder,
    signal: input.signal,
  });
  try {
    const reply = await worker.call(
      "compare",
      { store: ports.artifacts.root, package: input.folder, pairs },
      { timeoutMs: input.stepTimeoutMs, signal: input.signal },
    );
    return CompareReply.parse(reply.result).results.map((result) => ({
      name: result.name,
      same: result.same,
      how: result.how,
      difference: result.difference ?? undefined,
    }));
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    throw new UpstreamError(`the stored values could not be compared: ${error.message}`, {
      code: "compare-failed",
      hint: "run mlops verify again; if it stays, the store is damaged: mlops models verify",
      cause: error,
    });
  } finally {
    await worker.close();
  }
}

/** Written pickles are compared by what they hold: the same object may be pickled in other bytes. */
function differingPickles(
  reference: Reference,
  manifests: ReadonlyMap<string, StepManifest>,
): { readonly name: string; readonly expected: unknown; readonly got: unknown }[] {
  const pairs: { readonly name: string; readonly expected: unknown; readonly got: unknown }[] = [];
  for (const manifest of manifests.values()) {
    for (const [path, digest] of Object.entries(manifest.files)) {
      const expected = reference.files[path];
      const codec = /\.(joblib|jl)(\.\w+)?$/.test(path)
        ? "joblib"
        : /\.(pkl|pickle)$/.test(path)
          ? "pickle"
          : undefined;
      if (codec === undefined || expected === undefined || expected === digest) continue;
      pairs.push({
        name: `file:${path}`,
        expected: { digest: expected, codec },
        got: { digest, codec },
      });
    }
  }
  return pairs;
}

async function findTextDifferences(
  reference: Reference,
  manifests: ReadonlyMap<string, StepManifest>,
  artifacts: Artifacts,
): Promise<ReadonlyMap<string, string>> {
  const differences = new Map<string, string>();
  for (const [step, manifest] of manifests) {
    const expected = reference.texts[step];
    if (expected === undefined || expected === manifest.text) continue;
    const [left, right] = await Promise.all([
      readLines(artifacts, expected),
      readLines(artifacts, manifest.text),
    ]);
    const at = Math.max(
      0,
      Array.from({ length: Math.max(left.length, right.length) }).findIndex(
        (_, index) => left[index] !== right[index],
      ),
    );
    differences.set(
      step,
      `line ${String(at + 1)}: ${JSON.stringify(left[at] ?? "")} in the notebook, ${JSON.stringify(right[at] ?? "")} in the pipeline`,
    );
  }
  return differences;
}

async function readLines(artifacts: Artifacts, digest: Sha256): Promise<readonly string[]> {
  const bytes = await artifacts.read(digest);
  return bytes === undefined ? [] : new TextDecoder().decode(bytes).split("\n");
}
