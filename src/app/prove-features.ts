/** Before a pipeline says that it can serve: its features are run on the notebook's raw table and compared with the notebook's own matrices. */
import { z } from "zod";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { WorkerError, type Workers } from "../ports/worker.ts";
import type { Reference } from "../verification/reference.ts";

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

/** `proofs` counts what was shown; `failure` is the first that does not hold. */
export interface FeatureProof {
  readonly proofs: number;
  readonly failure: string | undefined;
}

const ProveReply = z.object({
  proofs: z.array(
    z.object({
      proof: z.string(),
      matrix: z.string().nullish(),
      same: z.boolean(),
      difference: z.string().nullish(),
    }),
  ),
});

interface StoredPart {
  readonly digest: string;
  readonly codec: string;
  /** Position in a group of values stored together. */
  readonly variable?: number;
}

/** Same features from one row as from all, from permuted rows, from a saved state; and the notebook's own matrices. */
export async function proveFeatures(
  input: ProveInput,
  ports: { readonly workers: Workers; readonly artifacts: Artifacts },
): Promise<FeatureProof> {
  const { plan, reference } = input;
  const raw = plan.serve?.raw === undefined ? undefined : partOf(plan.serve.raw, undefined, input);
  if (raw === undefined)
    return {
      proofs: 0,
      failure:
        "the raw table does not cross a step boundary by itself, so its features cannot be checked",
    };
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
    return {
      proofs: proofs.length,
      failure:
        failed === undefined
          ? undefined
          : `${failed.proof}${failed.matrix == null ? "" : ` of ${failed.matrix}`}: ${failed.difference ?? "does not hold"}`,
    };
  } catch (error) {
    if (!(error instanceof WorkerError) || input.signal.aborted) throw error;
    return { proofs: 0, failure: error.failure.message };
  } finally {
    await worker.close();
  }
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
