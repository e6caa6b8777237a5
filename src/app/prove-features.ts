/** Before a pipeline says that it can serve: its features are run on the notebook's raw table and compared with the notebook's own matrices. */

import { InputError } from "../base/errors.ts";
import type { Contract } from "../contract/schema.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { WorkerError, type Workers } from "../ports/worker.ts";
import type { Reference } from "../verification/reference-schema.ts";
import { lostProcess } from "./lost-process.ts";
import { packModel, type StoredPart } from "./pack-model.ts";
import { ProveReply } from "./worker-replies-schema.ts";

export interface ProveInput {
  readonly plan: Plan;
  readonly reference: Reference;
  /** Absolute folder that holds the package. */
  readonly folder: string;
  /** Variables of the notebook that the package's features claim to compute. */
  readonly matrices: readonly string[];
  readonly python: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What the features turned out to be. */
export type FeatureProof =
  /** Every proof holds; the contract is that of the raw rows. */
  | { readonly holds: true; readonly proofs: number; readonly contract: Contract }
  /** The first thing that does not hold. */
  | { readonly holds: false; readonly failure: string };

/** Same features from one row as from all, from permuted rows, from a saved state; and the notebook's own matrices. */
export async function proveFeatures(
  input: ProveInput,
  ports: { readonly workers: Workers; readonly artifacts: Artifacts },
): Promise<FeatureProof> {
  const { plan, reference } = input;
  const raw = plan.serve?.raw === undefined ? undefined : partOf(plan.serve.raw, undefined, input);
  const model =
    plan.serve === undefined
      ? undefined
      : partOf(plan.serve.model, plan.serve.modelVariable, input);
  if (raw === undefined || model === undefined) {
    return fails(
      "the raw table does not cross a step boundary by itself, so its features cannot be checked",
    );
  }
  const expected: Record<string, StoredPart> = {};
  for (const variable of input.matrices) {
    const artifact = plan.artifacts.findLast(
      (candidate) => candidate.variables.includes(variable) && candidate.name in reference.values,
    );
    const part = artifact === undefined ? undefined : partOf(artifact.name, variable, input);
    if (part !== undefined) expected[variable] = part;
  }
  const worker = await ports.workers.start({
    python: input.python,
    workingDirectory: input.folder,
    signal: input.signal,
  });
  try {
    const reply = await worker.call(
      "prove",
      { package: input.folder, store: ports.artifacts.root, raw, expected },
      { timeoutMs: input.timeoutMs, signal: input.signal },
    );
    const { proofs } = ProveReply.parse(reply.result);
    const failed = proofs.find((proof) => !proof.same);
    if (failed !== undefined) {
      const matrix = typeof failed.matrix === "string" ? ` of ${failed.matrix}` : "";
      return fails(`${failed.proof}${matrix}: ${failed.difference ?? "does not hold"}`);
    }
    const packed = await packModel(
      {
        packageFolder: input.folder,
        model,
        raw,
        entity: plan.serve?.entity,
        time: plan.serve?.time,
      },
      { worker, artifacts: ports.artifacts, signal: input.signal },
    );
    return { holds: true, proofs: proofs.length, contract: packed.contract };
  } catch (error) {
    if (input.signal.aborted) throw error;
    const lost = lostProcess(error, "proving the features");
    if (lost !== undefined) throw lost;
    if (error instanceof WorkerError) return fails(error.failure.message);
    if (error instanceof InputError) return fails(error.message);
    throw error;
  } finally {
    await worker.close();
  }
}

function fails(failure: string): FeatureProof {
  return { holds: false, failure };
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
