/** The reference of a promotion from runs of the notebook: what to expect, and what the notebook itself does not repeat. */
import type { Observation } from "../observation/schema.ts";
import { causesOf, unseededCalls } from "../pipeline/causes.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Workers } from "../ports/worker.ts";
import { buildReference } from "../verification/build-reference.ts";
import { findUnstable, type TwoRuns } from "../verification/find-unstable.ts";
import { nameCauses } from "../verification/name-causes.ts";
import type { Reference, Unstable } from "../verification/reference-schema.ts";
import { COMPARISON_SEED } from "./observe-request.ts";
import { CompareReply } from "./worker-replies-schema.ts";

/** Runs of one notebook, by what they are for. */
export interface NotebookRuns {
  readonly program: NotebookProgram;
  readonly plan: Plan;
  /** The run that watched every value. */
  readonly first: Observation;
  /** The run of this plan that stored what crosses. */
  readonly second: Observation;
  /** One more of the kind, where it was needed to tell what varies from what is wrong. */
  readonly third: Observation | undefined;
}

/** Where stored values are compared. */
export interface CompareAt {
  readonly workers: Workers;
  readonly python: string;
  /** Absolute folder of the package that has the notebook's own classes. */
  readonly package: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Stores the printed texts, too.
 *
 * @param at Needed where there is a third run.
 */
export async function storeReference(
  runs: NotebookRuns,
  at: CompareAt | undefined,
  artifacts: Artifacts,
): Promise<Reference> {
  const { program, plan, first, second, third } = runs;
  const causes = causesOf(program);
  const varying = (pair: TwoRuns): readonly Unstable[] =>
    nameCauses(findUnstable(pair), pair, causes);
  const unstable = [...varying({ plan, one: first, two: second, stored: new Map() })];
  if (third !== undefined && at !== undefined) {
    const stored = await storedDifferences(second, third, at, artifacts);
    unstable.push(...varying({ plan, one: second, two: third, stored }));
  }
  const { reference, texts } = buildReference({
    plan,
    second,
    unstable,
    unseeded: unseededCalls(program, second),
    seed: COMPARISON_SEED,
  });
  for (const text of texts.values()) await artifacts.write(new TextEncoder().encode(text));
  return reference;
}

/** For each value that both runs stored, how the two differ: other bytes may hold the same. */
async function storedDifferences(
  one: Observation,
  two: Observation,
  at: CompareAt,
  artifacts: Artifacts,
): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  const pairs: unknown[] = [];
  for (const { artifact, digest, codec } of two.captures) {
    const other = one.captures.find((capture) => capture.artifact === artifact);
    if (digest === null || other === undefined || other.digest === null) continue;
    found.set(artifact, undefined);
    if (other.digest !== digest)
      pairs.push({
        name: artifact,
        expected: { digest: other.digest, codec: other.codec },
        got: { digest, codec },
      });
  }
  if (pairs.length === 0) return found;
  const { python, signal, timeoutMs } = at;
  const worker = await at.workers.start({ python, workingDirectory: at.package, signal });
  try {
    const header = { store: artifacts.root, package: at.package, pairs };
    const reply = await worker.call("compare", header, { timeoutMs, signal });
    for (const { name, same, difference } of CompareReply.parse(reply.result).results)
      found.set(name, same ? undefined : (difference ?? "other content"));
  } finally {
    await worker.close();
  }
  return found;
}
