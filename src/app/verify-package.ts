/**
 * Runs a generated package step by step, each in a fresh process from stored artifacts, and compares everything
 * that crosses with what the notebook computed. Knows nothing of registries: promotion and `mlops verify` both use it.
 */

import { join } from "node:path/posix";
import type { Sha256 } from "../base/brand.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Ids } from "../ports/ids.ts";
import type { Workers } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import { buildCertificate, type StepSettings } from "../verification/build-certificate.ts";
import {
  compareEnvironments,
  type EnvironmentChange,
  environmentDigest,
} from "../verification/environment.ts";
import type { Reference } from "../verification/reference-schema.ts";
import type { Certificate, FeatureProof } from "../verification/schema.ts";
import { compareStored } from "./compare-stored.ts";
import { copyScratch, type Scratch } from "./copy-scratch.ts";
import {
  type PreparedWorker,
  prepareWorker,
  type StepFailure,
  type StepSurroundings,
  verifySteps,
} from "./verify-steps.ts";
import { workFolderOfPlan } from "./work-folder.ts";

export interface VerifyPackageInput {
  readonly plan: Plan;
  readonly reference: Reference;
  readonly packageDigest: Sha256;
  /** Absolute folder that holds pipeline.yaml and the package. */
  readonly folder: string;
  /** Folder that steps work in; it and what their files stand in above it are copied, never touched. */
  readonly root: string;
  /** Relative to the project; left out of the copy. */
  readonly pipelinesFolder: string;
  readonly python: string;
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string, done: number, total: number) => void;
  /** Steps that need not run, with what they made before; none when left out. */
  readonly given?: StepsMade;
  /** A worker that is ready for this package and stays open; one is started, and ended, when left out. */
  readonly prepared?: PreparedWorker;
  /** Runs the served features, when the steps have run; `undefined` where there are none. */
  readonly prove?: (manifests: StepsMade["manifests"]) => Promise<readonly FeatureProof[]>;
}

/** By step. */
export interface StepsMade {
  readonly manifests: ReadonlyMap<string, StepManifest>;
  /** Those of the notebook's settings that were looked at when the step had run. */
  readonly settings: ReadonlyMap<string, StepSettings>;
}

/** The certificate, and the step that raised, if one did. */
export interface VerifiedPackage extends StepsMade {
  readonly certificate: Certificate;
  readonly failure: StepFailure | undefined;
  /** What is installed in other versions than when the notebook ran. */
  readonly environment: readonly EnvironmentChange[];
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
  const work = workFolderOfPlan(plan, input.root);
  const scratch = await copyScratch(work, input.pipelinesFolder, ports.files);
  const manifests = new Map(input.given?.manifests);
  const settings = new Map(input.given?.settings);
  const surroundings: StepSurroundings = {
    package: input.folder,
    root: scratch.root,
    python: input.python,
    stepTimeoutMs: input.stepTimeoutMs,
    signal: input.signal,
  };
  let own: PreparedWorker | undefined;
  try {
    // Files the notebook's own run would make are not there before the pipeline makes them.
    for (const path of Object.keys(reference.files))
      if (!(path in reference.data)) await ports.files.remove(placeIn(scratch, path));
    await takeOver(plan, manifests, { runId, scratch, ports });
    const names = Object.keys(reference.packages);
    const prepared = input.prepared ?? (await prepareWorker(surroundings, ports.workers, names));
    if (input.prepared === undefined) own = prepared;
    const failure = await verifySteps({
      plan,
      surroundings,
      runId,
      prepared,
      manifests,
      expected: reference,
      settings,
      onStep: input.onStep,
      artifacts: ports.artifacts,
      workers: ports.workers,
    });
    const environment = compareEnvironments(reference, {
      python: prepared.worker.hello.python,
      packages: prepared.versions,
    });
    const stored = { plan, reference, manifests, artifacts: ports.artifacts };
    const values = await compareStored(stored, surroundings, prepared);
    const proofs = await input.prove?.(manifests);
    const textDifferences = await findTextDifferences(reference, manifests, ports.artifacts);
    const certificate = buildCertificate({
      pipeline: plan.name,
      digests: {
        notebook: plan.notebook.sha256,
        plan: sha256OfJson(plan),
        package: input.packageDigest,
        data: reference.data,
        environment: environmentDigest(environment.now),
      },
      order: plan.notebook.order,
      fixed: plan.notebook.fixed,
      reference,
      manifests,
      steps: plan.steps,
      values,
      settings,
      textDifference: (step) => textDifferences.get(step),
      proofs,
    });
    return { certificate, failure, environment: environment.changes, manifests, settings };
  } finally {
    await own?.worker.close();
    await scratch.remove();
    await ports.artifacts.removeRun(runId);
  }
}

/** Makes earlier executions part of this run: their manifests, and what was written before the first step that runs. */
async function takeOver(
  plan: Plan,
  given: ReadonlyMap<string, StepManifest>,
  at: { readonly runId: string; readonly scratch: Scratch; readonly ports: VerifyPackagePorts },
): Promise<void> {
  const { artifacts } = at.ports;
  for (const [step, manifest] of given) await artifacts.writeManifest(at.runId, step, manifest);
  const first = plan.steps.findIndex((step) => !given.has(step.name));
  for (const step of plan.steps.slice(0, Math.max(0, first)))
    for (const [path, digest] of Object.entries(given.get(step.name)?.files ?? {}))
      await artifacts.copyTo(digest, placeIn(at.scratch, path));
}

/** @throws Error for a path that leaves the copy: nothing else may be changed. */
function placeIn({ project, root }: Scratch, path: string): string {
  const place = join(root, path);
  if (!place.startsWith(`${project}/`)) throw new Error(`${path} leaves the copy`);
  return place;
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
