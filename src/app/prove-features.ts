/** Before a pipeline says that it can serve, and whenever it is verified: its features are run on the notebook's raw table and compared with the notebook's own matrices. */

import type { Sha256 } from "../base/brand.ts";
import { InputError } from "../base/errors.ts";
import type { Contract } from "../contract/schema.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { type Worker, WorkerError, type Workers } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import type { Reference } from "../verification/reference-schema.ts";
import type { FeatureProof } from "../verification/schema.ts";
import { lostProcess } from "./lost-process.ts";
import { parametersForModel, statesForModel, valuesForModel } from "./made-for-model.ts";
import { type PackInput, packModel, type StoredPart, type StoredTable } from "./pack-model.ts";
import type { StepsMade } from "./verify-package.ts";
import { ProveReply } from "./worker-replies-schema.ts";

export interface ProveInput {
  readonly plan: Plan;
  readonly reference: Pick<Reference, "values">;
  /** Absolute folder that holds the package. */
  readonly folder: string;
  readonly python: string;
  /** States of the process-wide generators before the steps that draw, where they are known. */
  readonly random: readonly Sha256[];
  /** Values that the steps were run with, by the parameters' Python names; what is not here has the notebook's own value. */
  readonly parameters: PackInput["parameters"];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ProvePorts {
  readonly workers: Workers;
  readonly artifacts: Artifacts;
}

/** What the features turned out to be. */
export type ProvenFeatures =
  /** Every proof that applies holds; the contract is that of the raw rows. */
  | {
      readonly kind: "hold";
      readonly proofs: readonly FeatureProof[];
      readonly contract: Contract;
    }
  /** The first thing that does not hold. */
  | {
      readonly kind: "fail";
      readonly proofs: readonly FeatureProof[];
      readonly failure: string;
    }
  /** What is learned depends on a draw, and the generators' states are not known. */
  | { readonly kind: "drawn"; readonly failure: string };

/** Same features from one row as from all, from permuted rows, from a saved state, under other labels; and the notebook's own matrices. */
export async function proveFeatures(input: ProveInput, ports: ProvePorts): Promise<ProvenFeatures> {
  const { plan } = input;
  const raw = rawTable(input);
  const model =
    plan.serve === undefined
      ? undefined
      : partOf(plan.serve.model, plan.serve.modelVariable, input);
  if (raw === undefined || model === undefined) {
    return failed(
      "the raw table does not cross a step boundary by itself, so its features cannot be checked",
    );
  }
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: input.folder,
    signal: input.signal,
  });
  try {
    return await proveIn(worker, { ...input, raw, model }, ports);
  } catch (error) {
    if (input.signal.aborted) throw error;
    const lost = lostProcess(error, "proving the features");
    if (lost !== undefined) throw lost;
    if (error instanceof WorkerError)
      return error.failure.code === "features-drawn"
        ? { kind: "drawn", failure: error.failure.message }
        : failed(error.failure.message);
    if (error instanceof InputError) return failed(error.message);
    throw error;
  } finally {
    await worker.close();
  }
}

async function proveIn(
  worker: Worker,
  input: ProveInput & { readonly raw: StoredTable; readonly model: StoredPart },
  { artifacts }: ProvePorts,
): Promise<ProvenFeatures> {
  const { plan, reference, raw, model, folder, random, parameters, signal } = input;
  const matrices = valuesForModel(plan, (name) => reference.values[name]);
  const reply = await worker.call(
    "prove",
    { package: folder, store: artifacts.root, raw, model, expected: matrices, random, parameters },
    { timeoutMs: input.timeoutMs, signal },
  );
  const proofs = ProveReply.parse(reply.result).proofs.map(
    ({ proof, matrix, applies, same, how, difference }): FeatureProof => ({
      proof,
      ...(typeof matrix === "string" ? { matrix } : {}),
      result: applies ? (same ? "holds" : "fails") : "not-applicable",
      how,
      ...(typeof difference === "string" ? { difference } : {}),
    }),
  );
  const first = proofs.find(({ result }) => result === "fails");
  if (first !== undefined) return { kind: "fail", proofs, failure: failureOf(first) };
  const { entity, time } = plan.serve ?? {};
  const packed = await packModel(
    { packageFolder: folder, model, raw, matrices, random, parameters, entity, time },
    { worker, artifacts, signal },
  );
  return { kind: "hold", proofs, contract: packed.contract };
}

/** As `proveFeatures`, once the pipeline's steps have run: then it is known what they drew. */
export async function proveAfterRun(
  input: Omit<ProveInput, "random" | "parameters">,
  manifests: StepsMade["manifests"],
  ports: ProvePorts,
): Promise<readonly FeatureProof[]> {
  const manifestOf = (step: string): StepManifest | undefined => manifests.get(step);
  const random = statesForModel(input.plan, manifestOf);
  const parameters = parametersForModel(input.plan, manifestOf);
  const proven = await proveFeatures({ ...input, random, parameters }, ports);
  return proven.kind === "drawn" ? failed(proven.failure).proofs : proven.proofs;
}

/** How many proofs hold. */
export function countHolding(proofs: readonly FeatureProof[]): number {
  return proofs.filter(({ result }) => result === "holds").length;
}

function failureOf({ proof, matrix, difference }: FeatureProof): string {
  return `${proof}${matrix === undefined ? "" : ` of ${matrix}`}: ${difference ?? "does not hold"}`;
}

/** The features could not even be run. */
function failed(failure: string): Extract<ProvenFeatures, { readonly kind: "fail" }> {
  const proof = {
    proof: "can-be-run",
    result: "fails",
    how: "exact",
    difference: failure,
  } as const;
  return { kind: "fail", proofs: [proof], failure };
}

/** The raw table, with its answers where they stand beside it. */
function rawTable(input: ProveInput): StoredTable | undefined {
  const { raw, target } = input.plan.serve ?? {};
  const table = raw === undefined ? undefined : partOf(raw, undefined, input);
  if (table === undefined || target === undefined) return table;
  const answers = partOf(target, undefined, input);
  return answers === undefined ? undefined : { ...table, target: answers };
}

function partOf(
  name: string,
  variable: string | undefined,
  { plan, reference }: ProveInput,
): StoredPart | undefined {
  const stored = reference.values[name];
  const artifact = plan.artifacts.find((candidate) => candidate.name === name);
  if (stored === undefined || artifact === undefined) return undefined;
  const { digest, codec } = stored;
  if (artifact.variables.length === 1) return { digest, codec };
  const index = variable === undefined ? -1 : artifact.variables.indexOf(variable);
  return index === -1 ? undefined : { digest, codec, variable: index };
}
