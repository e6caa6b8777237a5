/** `mlops verify`: the pipeline as it is on disk now against what the notebook computed when it was promoted. */

import { normalize } from "node:path/posix";
import type { Sha256 } from "../base/brand.ts";
import { ConflictError, InputError } from "../base/errors.ts";
import { sha256OfJson } from "../base/hash.ts";
import { pythonName } from "../base/python-name.ts";
import type { Registry } from "../ports/registry.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { type LoadedPipeline, packageFilesOf } from "./load-pipeline.ts";
import { missingModule } from "./missing-module.ts";
import { PlanRecord } from "./plan-record-schema.ts";
import { proveAfterRun } from "./prove-features.ts";
import { type VerifiedPackage, type VerifyPackagePorts, verifyPackage } from "./verify-package.ts";

export interface VerifyInput {
  readonly pipeline: LoadedPipeline;
  readonly pipelinesFolder: string;
  readonly python: string;
  readonly stepTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly onStep: (step: string, done: number, total: number) => void;
}

export type VerifyPorts = VerifyPackagePorts & { readonly registry: Registry };

export interface VerifyResult extends VerifiedPackage {
  readonly revision: number;
}

/** @throws ConflictError `no-revision`, `plan-record-missing`, `data-changed`; InputError `never-observed`; EnvironmentError `module-missing`. */
export async function verifyPipeline(
  input: VerifyInput,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const { pipeline } = input;
  const revision = ports.registry.pipelines.latestRevision(pipeline.name);
  if (revision === undefined) {
    throw new ConflictError(`the registry has no revision of ${pipeline.name}`, {
      code: "no-revision",
      where: { path: pipeline.folder },
      hint: "promote the notebook again in this checkout; the registry (.mlops) is not in git",
    });
  }
  const record = await readPlanRecord(revision.planDigest, ports);
  if (record.reference === undefined) {
    throw new InputError(
      `${pipeline.name}:r${String(revision.revision)} was promoted without running the notebook, so there is nothing to compare with`,
      {
        code: "never-observed",
        where: { path: revision.notebookPath },
        hint: `mlops promote ${revision.notebookPath}`,
      },
    );
  }
  const root = normalize(`${pipeline.folder}/${pipeline.file.root}`);
  await checkData(record.reference, root, revision, ports);
  const { plan, reference } = record;
  const folder = ports.files.absolute(pipeline.folder);
  const { python, stepTimeoutMs: timeoutMs, signal } = input;
  const predictor = `${pipeline.folder}/${pythonName(plan.name)}/predict.py`;
  const isServed = (await ports.files.kind(predictor)) === "file";
  const proving = { plan, reference, folder, python, timeoutMs, signal };
  const verified = await verifyPackage(
    {
      ...input,
      plan,
      reference,
      packageDigest: sha256OfJson(packageFilesOf(pipeline)),
      folder,
      root,
      ...(isServed ? { prove: (manifests) => proveAfterRun(proving, manifests, ports) } : {}),
    },
    ports,
  );
  const lacks = missingModule(verified.failure ?? {}, { ...pipeline, python: input.python });
  if (lacks !== undefined) throw lacks;
  return { ...verified, revision: revision.revision };
}

/** Other data give other results, rightly: that is no difference between the pipeline and its notebook. */
async function checkData(
  reference: Reference,
  root: string,
  revision: PipelineRevision,
  { files }: Pick<VerifyPorts, "files">,
): Promise<void> {
  const changed: string[] = [];
  for (const [path, before] of Object.entries(reference.data)) {
    const now = await files.digest(`${root}/${path}`);
    if (now !== before) changed.push(`${path} ${now === undefined ? "is missing" : "has changed"}`);
  }
  if (changed.length === 0) return;
  const name = `${revision.pipeline}:r${String(revision.revision)}`;
  throw new ConflictError(
    `the data are not those that ${name} was promoted with (${changed.join(", ")}), so the results cannot be compared`,
    {
      code: "data-changed",
      where: { path: root },
      hint: `bring the files back, or promote with the data of now: mlops promote ${revision.notebookPath}`,
    },
  );
}

/** The plan and the notebook's own results, as stored when it was promoted. */
export async function readPlanRecord(
  digest: Sha256,
  ports: Pick<VerifyPorts, "artifacts">,
): Promise<PlanRecord> {
  const bytes = await ports.artifacts.read(digest);
  if (bytes === undefined) {
    throw new ConflictError("the store no longer has the plan of this pipeline", {
      code: "plan-record-missing",
      hint: "promote the notebook again",
    });
  }
  const record = PlanRecord.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (record.success) return record.data;
  throw new ConflictError(
    "the stored plan of this pipeline was written by another version of mlops",
    {
      code: "plan-record-missing",
      hint: "promote the notebook again",
      cause: record.error,
    },
  );
}
