/** What of a run is packed for serving: its fitted model and its raw table, as they are stored, and what its features are compared with. */
import type { Sha256 } from "../base/brand.ts";
import { canonicalJson } from "../base/hash.ts";
import { pythonName } from "../base/python-name.ts";
import type { Artifact, Plan } from "../pipeline/plan.ts";
import type { Files } from "../ports/files.ts";
import type { StepManifest } from "../run/schema.ts";
import {
  parametersForModel,
  type ServedPlan,
  statesForModel,
  valuesForModel,
} from "./made-for-model.ts";
import type { PackInput, StoredPart } from "./pack-model.ts";

/** An artifact of a run in the store. */
export interface StoredOutput {
  readonly digest: Sha256;
  readonly codec: string;
  readonly bytes: number;
}

export interface Packable {
  readonly plan: Pick<Plan, "name"> & ServedPlan;
  /** Folder of the generated package, relative to the project root. */
  readonly packageFolder: string;
  /** Throws when the run did not make the artifact. */
  readonly outputOf: (artifact: string) => StoredOutput;
  /** As `outputOf`, for what it need not have made. */
  readonly findOutput: (artifact: string) => StoredOutput | undefined;
  readonly manifestOf: (step: string) => StepManifest | undefined;
}

/** What the worker is asked to pack, or why the model cannot be served. */
export async function packInputOf(
  { plan, packageFolder, outputOf, findOutput, manifestOf }: Packable,
  files: Files,
): Promise<PackInput | { readonly because: string }> {
  const { serve } = plan;
  if (serve?.raw === undefined)
    return { because: "the table the features are made from could not be told" };
  const predictor = `${packageFolder}/${pythonName(plan.name)}/predict.py`;
  if ((await files.kind(predictor)) !== "file")
    return { because: "the features could not be split into fit and transform" };
  const partOf = (name: string, variable: string | undefined): StoredPart => {
    const artifact = plan.artifacts.find((candidate) => candidate.name === name);
    const { digest, codec } = outputOf(name);
    const isOneOfSeveral = artifact !== undefined && artifact.variables.length > 1;
    return {
      digest,
      codec,
      ...(isOneOfSeveral ? { variable: indexIn(artifact, variable) } : {}),
    };
  };
  return {
    packageFolder: files.absolute(packageFolder),
    model: partOf(serve.model, serve.modelVariable),
    raw: {
      ...partOf(serve.raw, undefined),
      ...(serve.target === undefined ? {} : { target: partOf(serve.target, undefined) }),
    },
    matrices: valuesForModel(plan, findOutput),
    random: statesForModel(plan, manifestOf),
    parameters: parametersForModel(plan, manifestOf),
    entity: serve.entity,
    time: serve.time,
  };
}

/** Whether packing both gives the same. */
export function isSameInput(
  one: PackInput | { readonly because: string },
  other: PackInput | { readonly because: string },
): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function indexIn(artifact: Artifact, variable: string | undefined): number {
  const index = variable === undefined ? 0 : artifact.variables.indexOf(variable);
  if (index === -1) throw new Error(`artifact ${artifact.name} holds no ${variable ?? ""}`);
  return index;
}
