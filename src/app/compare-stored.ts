/** Compares, in Python, stored values and written files whose bytes differ; equal bytes need no comparison. */
import { UpstreamError } from "../base/errors.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { WorkerError } from "../ports/worker.ts";
import type { StepManifest } from "../run/schema.ts";
import { UNSTABLE_RTOL, type ValueComparison } from "../verification/build-certificate.ts";
import type { Reference } from "../verification/reference-schema.ts";
import type { PreparedWorker, StepSurroundings } from "./verify-steps.ts";
import { CompareReply } from "./worker-replies-schema.ts";

/** Two stored things and how they may be compared. */
interface Pair {
  readonly name: string;
  readonly expected: { readonly digest: string; readonly codec: string };
  readonly got: { readonly digest: string; readonly codec: string };
  readonly rtol?: number;
  /** Names of variables that are stored together: which parts of them are one and the same object is compared, too. */
  readonly variables?: readonly string[];
}

/** @throws UpstreamError `compare-failed`. */
export async function compareStored(
  what: {
    readonly plan: Plan;
    readonly reference: Reference;
    readonly manifests: ReadonlyMap<string, StepManifest>;
    readonly artifacts: Artifacts;
  },
  surroundings: StepSurroundings,
  prepared: PreparedWorker,
): Promise<readonly ValueComparison[]> {
  const pairs = [
    ...differingValues(what.plan, what.reference, what.manifests),
    ...differingFiles(what.reference, what.manifests),
  ];
  if (pairs.length === 0) return [];
  const header = {
    store: what.artifacts.root,
    package: surroundings.package,
    pairs,
    isolated: prepared.isolates,
  };
  const { stepTimeoutMs: timeoutMs, signal } = surroundings;
  try {
    const reply = await prepared.worker.call("compare", header, { timeoutMs, signal });
    return CompareReply.parse(reply.result).results.map((result) => ({
      name: result.name,
      same: result.same,
      how: result.how,
      difference: result.difference ?? undefined,
    }));
  } catch (error) {
    if (!(error instanceof WorkerError) || signal.aborted) throw error;
    throw new UpstreamError(`the stored values could not be compared: ${error.message}`, {
      code: "compare-failed",
      hint: "run mlops verify again; if it stays, the store is damaged: mlops models verify",
      cause: error,
    });
  }
}

function differingValues(
  plan: Plan,
  reference: Reference,
  manifests: ReadonlyMap<string, StepManifest>,
): readonly Pair[] {
  const pairs: Pair[] = [];
  const groups = new Map(
    plan.artifacts
      .filter(({ variables }) => variables.length > 1)
      .map(({ name, variables }) => [name, variables]),
  );
  for (const manifest of manifests.values()) {
    for (const [name, got] of Object.entries(manifest.outputs)) {
      const expected = reference.values[name];
      if (expected === undefined || expected.digest === got.digest) continue;
      const unstable = reference.unstable.some(
        (entry) => entry.kind === "value" && entry.name === name,
      );
      pairs.push({
        name,
        expected: { digest: expected.digest, codec: expected.codec },
        got: { digest: got.digest, codec: got.codec },
        ...(unstable ? { rtol: UNSTABLE_RTOL } : {}),
        ...(groups.has(name) ? { variables: groups.get(name) ?? [] } : {}),
      });
    }
  }
  return pairs;
}

/** How a written file is loaded: the same content may be written in other bytes. People give pickles any ending. */
function codecOfFile(path: string): string {
  return /\.(parquet|pq)$/i.test(path) ? "parquet" : "pickled-file";
}

function differingFiles(
  reference: Reference,
  manifests: ReadonlyMap<string, StepManifest>,
): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const manifest of manifests.values()) {
    for (const [path, digest] of Object.entries(manifest.files)) {
      const expected = reference.files[path];
      if (expected === undefined || expected === digest) continue;
      const codec = codecOfFile(path);
      pairs.push({
        name: `file:${path}`,
        expected: { digest: expected, codec },
        got: { digest, codec },
      });
    }
  }
  return pairs;
}
