/** Finds what belongs to a run (plan, package, certificate) and registers its model. */

import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import { pythonName } from "../base/python-name.ts";
import type { Registry } from "../ports/registry.ts";
import type { Identity } from "../registry/identity.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import type { Demands } from "../registry/registration-policy.ts";
import type { RunRecord } from "../registry/run-record.ts";
import { Certificate } from "../verification/schema.ts";
import { type LoadedPipeline, packageFilesOf, stepCodeOf } from "./load-pipeline.ts";
import type { PackedAhead } from "./pack-ahead.ts";
import {
  type EvaluationWish,
  type NotRegistered,
  type RegisterInput,
  type RegisterPorts,
  type RegisterResult,
  registerIfBetter,
  registerModel,
} from "./register-model.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

/** What the user asked for. */
export interface RegisterRunInput {
  readonly pipeline: LoadedPipeline;
  /** Full id or prefix; `undefined` takes the newest run that succeeded. */
  readonly run: string | undefined;
  /** `undefined` takes the pipeline's name. */
  readonly model: string | undefined;
  readonly python: string;
  readonly actor: Identity;
  readonly signal: AbortSignal;
  /** As in `registerModel`. */
  readonly ahead?: Promise<PackedAhead | undefined>;
  /** As in `registerModel`, which is told the plan here. */
  readonly evaluation: Omit<EvaluationWish, "plan">;
  /** As in `registerModel`. */
  readonly trusted?: readonly string[];
}

/** Ports with the whole registry. */
export type RegisterRunPorts = Omit<RegisterPorts, "registry"> & { readonly registry: Registry };

/** @throws what `registerModel` throws; ConflictError `no-revision`, `no-run`, `run-unknown`, `run-code-changed`. */
export async function registerRun(
  input: RegisterRunInput,
  ports: RegisterRunPorts,
): Promise<RegisterResult> {
  return registerModel(await findWhatToRegister(input, ports), ports);
}

/** As `registerRun`, but only a model that is good enough becomes a version. */
export async function registerRunIfBetter(
  demands: Demands,
  input: RegisterRunInput,
  ports: RegisterRunPorts,
): Promise<RegisterResult | NotRegistered> {
  return registerIfBetter(demands, await findWhatToRegister(input, ports), ports);
}

async function findWhatToRegister(
  input: RegisterRunInput,
  ports: RegisterRunPorts,
): Promise<RegisterInput> {
  const { pipeline } = input;
  const run = findRun(input, ports.registry);
  const revision = ports.registry.pipelines.latestRevision(pipeline.name);
  if (revision === undefined) {
    throw new ConflictError(`The registry has no revision of ${pipeline.name}.`, {
      code: "no-revision",
      where: { path: pipeline.folder },
      hint: "promote the notebook again in this checkout; the registry (.mlops) is not in git",
    });
  }
  if (run.revision !== undefined && run.revision !== revision.revision) {
    throw new ConflictError(
      `Run ${run.id.slice(0, 8)} is of ${pipeline.name}:r${String(run.revision)}, but ${pipeline.folder} holds r${String(revision.revision)}.`,
      { code: "run-code-changed", hint: `run it again: mlops run ${pipeline.name}` },
    );
  }
  checkSameCode(run, pipeline);
  const { plan } = await readPlanRecord(revision.planDigest, ports);
  return {
    run,
    plan,
    model: input.model ?? pipeline.name,
    packageFolder: pipeline.folder,
    certificate: await certificateOf(revision, pipeline, ports),
    python: input.python,
    actor: input.actor,
    signal: input.signal,
    evaluation: { ...input.evaluation, plan },
    ...(input.ahead === undefined ? {} : { ahead: input.ahead }),
    ...(input.trusted === undefined ? {} : { trusted: input.trusted }),
  };
}

function findRun({ run: wanted, pipeline }: RegisterRunInput, registry: Registry): RunRecord {
  const run =
    wanted === undefined
      ? registry.runs.list({ pipeline: pipeline.name, status: "succeeded", limit: 1 })[0]
      : registry.runs.find(wanted);
  if (run?.pipeline === pipeline.name) return run;
  if (wanted === undefined) {
    throw new ConflictError(`No run of ${pipeline.name} has succeeded yet.`, {
      code: "no-run",
      hint: `mlops run ${pipeline.name}`,
    });
  }
  throw new ConflictError(`There is no run ${wanted} of ${pipeline.name}.`, {
    code: "run-unknown",
    hint: "see the runs with: mlops runs list",
  });
}

/** The version's `code/` is the package as it is on disk, so that must be what the run executed. */
function checkSameCode(run: RunRecord, pipeline: LoadedPipeline): void {
  for (const { step, manifest } of run.steps) {
    if (manifest === undefined || manifest.code === stepCodeOf(step, pipeline)) continue;
    throw new ConflictError(
      `The code of step ${step} was changed since run ${run.id.slice(0, 8)}.`,
      {
        code: "run-code-changed",
        where: { path: `${pipeline.folder}/${pipeline.packageName}/${pythonName(step)}.py` },
        hint: `run it again: mlops run ${pipeline.name}`,
      },
    );
  }
}

/** A certificate speaks of certain code; for code that was edited since it says nothing. */
async function certificateOf(
  revision: PipelineRevision,
  pipeline: LoadedPipeline,
  ports: RegisterRunPorts,
): Promise<{ readonly digest: Sha256; readonly verdict: string } | undefined> {
  const digest = revision.certificateDigest;
  const bytes = digest === undefined ? undefined : await ports.artifacts.read(digest);
  if (digest === undefined || bytes === undefined) return undefined;
  const certificate = Certificate.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!certificate.success) return undefined;
  if (!(await packageDigests(pipeline, ports)).includes(certificate.data.digests.package))
    return undefined;
  return { digest, verdict: certificate.data.verdict };
}

/** Promotion certifies all Python code of the folder but its tests; verification later only the package in it. */
async function packageDigests(
  pipeline: LoadedPipeline,
  ports: RegisterRunPorts,
): Promise<readonly string[]> {
  const code = packageFilesOf(pipeline);
  const conftest = await ports.files.digest(`${pipeline.folder}/conftest.py`);
  return [
    sha256OfJson(code),
    ...(conftest === undefined ? [] : [sha256OfJson({ ...code, "conftest.py": conftest })]),
  ];
}
