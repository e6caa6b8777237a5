/**
 * Puts recorded data back in its place, from the project's store or the shared one. Digests are checked before a file
 * appears; a file with other content stays as it is unless replacing was asked for, and is then kept in the store first.
 */

import type { Sha256 } from "../base/brand.ts";
import { UsageError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import { checkStaysInside, readDatasetsLock } from "./datasets-lock.ts";
import type { DatasetsLock, FetchReport } from "./datasets-schema.ts";
import type { DatasetPorts } from "./snapshot-datasets.ts";

/** Where it is noted which bytes `fetch --force` has replaced. */
export const REPLACED_DATA = ".mlops/replaced-data";

type Fetched = FetchReport["datasets"][number];

export interface FetchOptions {
  readonly dryRun: boolean;
  /** Replace files that differ. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/**
 * @param wanted `data/churn.csv`, a folder, or `data/churn.csv@sha256:ab12cd` for one version; nothing means all.
 * @throws UsageError `dataset-unknown`, `dataset-version-unknown`; InputError `dataset-path-leaves`.
 */
export async function fetchDatasets(
  wanted: readonly string[],
  options: FetchOptions,
  ports: DatasetPorts,
): Promise<FetchReport> {
  const chosen = chooseDatasets(wanted, await readDatasetsLock(ports.files));
  for (const path of chosen.keys()) await checkStaysInside(path, ports.files);
  const datasets: Fetched[] = [];
  ports.events.emit({ kind: "phase-started", phase: "fetch" });
  for (const [path, digest] of chosen) {
    options.signal.throwIfAborted();
    const progress = { done: datasets.length, total: chosen.size, detail: path };
    ports.events.emit({ kind: "progressed", ...progress });
    datasets.push({ path, digest, ...(await fetchOne(path, digest, options, ports)) });
  }
  ports.events.emit({ kind: "phase-finished", phase: "fetch" });
  return { dryRun: options.dryRun, datasets };
}

async function fetchOne(
  path: string,
  digest: Sha256,
  { dryRun, force }: FetchOptions,
  { files, artifacts, shared }: DatasetPorts,
): Promise<Pick<Fetched, "state" | "replaced">> {
  const isThere = (await files.kind(path)) !== "missing";
  if (isThere && (await files.kind(path)) !== "file") return { state: "differs", replaced: null };
  if (isThere && (await files.digest(path)) === digest) return { state: "current", replaced: null };
  if (isThere && !force) return { state: "differs", replaced: null };
  const state = isThere ? "replaced" : "fetched";
  const stores = shared === undefined ? [artifacts] : [artifacts, shared];
  let isDamaged = false;
  for (const store of stores) {
    if (!(await store.has(digest))) continue;
    if (dryRun) return { state, replaced: null };
    const replaced = isThere ? await keep(path, { files, artifacts }) : null;
    if (await store.copyTo(digest, files.absolute(path))) return { state, replaced };
    isDamaged = true;
  }
  return { state: isDamaged ? "corrupt" : "unavailable", replaced: null };
}

/** Its bytes go into the store, and a note beside it, because no record names them and cleaning would free them. */
async function keep(
  path: string,
  { files, artifacts }: Pick<DatasetPorts, "files" | "artifacts">,
): Promise<Sha256> {
  const digest = await artifacts.addFile(files.absolute(path));
  const note = `${REPLACED_DATA}/${digest.slice("sha256:".length)}.json`;
  await files.writeAtomic(note, `${JSON.stringify({ path, digest })}\n`);
  return digest;
}

/**
 * Recorded paths and the version of each that is meant, in the order of the words.
 *
 * @throws UsageError `dataset-unknown`, `dataset-version-unknown`.
 */
export function chooseDatasets(
  wanted: readonly string[],
  lock: DatasetsLock,
): ReadonlyMap<string, Sha256> {
  const chosen = new Map<string, Sha256>();
  const all = Object.entries(lock.datasets);
  if (wanted.length === 0) return new Map(all.map(([path, { digest }]) => [path, digest]));
  for (const word of wanted) {
    const [path, version] = splitVersion(word);
    const found = all.filter(([each]) => each === path || each.startsWith(`${path}/`));
    if (found.length === 0) {
      throw new UsageError(`No dataset ${path} is recorded.`, {
        code: "dataset-unknown",
        hint: `recorded are: ${all.map(([each]) => each).join(", ") || "none"}`,
      });
    }
    for (const [each, entry] of found)
      chosen.set(each, version === undefined ? entry.digest : versionOf(each, version, entry));
  }
  return chosen;
}

/** `data/churn.csv@3f8a21` → the path and the first digits of the version, if one is named. */
export function splitVersion(word: string): readonly [string, string | undefined] {
  const at = /^(.+)@(?:sha256:)?([0-9a-f]{6,64})$/.exec(word);
  return at?.[1] === undefined ? [word, undefined] : [at[1], at[2]];
}

/** A whole digest may be one that the lock does not list: a file that was replaced is known by nothing else. */
function versionOf(path: string, version: string, entry: DatasetsLock["datasets"][string]): Sha256 {
  const whole = `sha256:${version}`;
  if (isSha256(whole)) return whole;
  const known = [entry.digest, ...entry.earlier.map(({ digest }) => digest)];
  const found = known.filter((digest) => digest.startsWith(whole));
  const only = found[0];
  if (found.length === 1 && only !== undefined) return only;
  throw new UsageError(`${path} has ${String(found.length)} recorded versions ${version}…`, {
    code: "dataset-version-unknown",
    hint: `recorded are: ${known.join(", ")}`,
  });
}
