/**
 * Which blobs of the store something may still refer to.
 *
 * References are not followed by their meaning but by their look: whatever in a record, a committed file or a blob can
 * be a digest is taken for one. So a new kind of reference is never forgotten here; at worst a blob stays too long.
 */
import type { Sha256 } from "../base/brand.ts";
import { digestsIn, digestsInPieces } from "../base/digests-in.ts";
import type { Artifacts, StoredBlob } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { RunOutline, RunRecord } from "../registry/run-record.ts";
import { REPLACED_DATA } from "./fetch-datasets.ts";

/** Committed files beside the pipelines that name data and approvals by digest. */
const LOCK_FILES = ["datasets.lock.yaml", "mlops.lock.yaml"];

/** Where our own files name blobs. */
const CACHE = ".mlops/cache";

/**
 * The runs whose values stay: running ones, those that a model version came from, and the newest of each pipeline.
 *
 * @param runs Newest first.
 */
export function keptRuns(
  runs: readonly RunOutline[],
  modelRuns: ReadonlySet<string>,
  newest: number,
): readonly RunOutline[] {
  const seen = new Map<string, number>();
  return runs.filter((run) => {
    const before = seen.get(run.pipeline) ?? 0;
    seen.set(run.pipeline, before + 1);
    return run.status === "running" || modelRuns.has(run.id) || before < newest;
  });
}

/** Digests that the registry, the kept runs and the project's files name themselves. */
export async function rootDigests(
  kept: readonly RunRecord[],
  pipelines: string,
  ports: { readonly registry: Registry; readonly files: Files },
): Promise<ReadonlySet<Sha256>> {
  const { registry, files } = ports;
  const records: readonly unknown[] = [
    ...registry.pipelines.listRevisions(),
    ...registry.models.list(),
    ...registry.deployments.list(),
    ...registry.audit.list(),
    ...registry.pendingWrites.list(),
    ...kept,
  ];
  const roots = new Set<Sha256>();
  const add = (text: string): void => {
    for (const digest of digestsIn(text)) roots.add(digest);
  };
  for (const record of records) add(JSON.stringify(record));
  for (const path of LOCK_FILES) add((await files.readText(path)) ?? "");
  for (const folder of [pipelines, CACHE, REPLACED_DATA]) {
    if ((await files.kind(folder)) !== "directory") continue;
    for (const path of await files.list(folder))
      if (/\.(?:json|yaml)$/.test(path)) add((await files.readText(`${folder}/${path}`)) ?? "");
  }
  return roots;
}

/** The roots and what their blobs name, and what those name. */
export async function reachableFrom(
  roots: ReadonlySet<Sha256>,
  blobs: readonly StoredBlob[],
  artifacts: Pick<Artifacts, "stream">,
): Promise<ReadonlySet<Sha256>> {
  const stored = new Set(blobs.map(({ digest }) => digest));
  const reachable = new Set<Sha256>();
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reachable.has(next) || !stored.has(next)) continue;
    reachable.add(next);
    waiting.push(...(await digestsInPieces(artifacts.stream(next))));
  }
  return reachable;
}
