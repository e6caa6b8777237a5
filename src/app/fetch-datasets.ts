/**
 * Puts recorded data back in its place, from the project's store or, through that, from the shared one. Digests are checked before a file
 * appears; a file with other content stays as it is unless replacing was asked for, and is then kept in the store first.
 */

import type { Sha256 } from "../base/brand.ts";
import { UsageError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import type { Files } from "../ports/files.ts";
import { checkStaysInside, readDatasetsLock } from "./datasets-lock.ts";
import type { DatasetsLock, FetchReport } from "./datasets-schema.ts";
import type { DatasetPorts } from "./snapshot-datasets.ts";
import { findShared, pullBlobs } from "./transfer-blobs.ts";

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
  const lock = await readDatasetsLock(ports.files);
  const chosen = chooseDatasets(wanted, lock);
  const sizes = sizesOf(lock);
  for (const path of chosen.keys()) await checkStaysInside(path, ports.files);
  ports.events.emit({ kind: "phase-started", phase: "fetch" });
  const wantedOnes: Wanted[] = [];
  const datasets = new Map<string, Fetched>();
  for (const [path, digest] of chosen) {
    options.signal.throwIfAborted();
    const progress = { done: datasets.size, total: chosen.size, detail: path };
    ports.events.emit({ kind: "progressed", ...progress });
    const state = await compareWithDisk(path, digest, options.force, ports.files);
    datasets.set(path, { path, digest, state, replaced: null });
    if (state === "fetched" || state === "replaced")
      wantedOnes.push({ path, digest, state, bytes: sizes.get(digest) });
  }
  const bring = options.dryRun ? sayWhatCouldBeBrought : bringAll;
  for (const fetched of await bring(wantedOnes, options, ports))
    datasets.set(fetched.path, fetched);
  ports.events.emit({ kind: "phase-finished", phase: "fetch" });
  return { dryRun: options.dryRun, datasets: [...datasets.values()] };
}

/** A file that is to be brought, and what will have become of it. */
interface Wanted {
  readonly path: string;
  readonly digest: Sha256;
  readonly state: "fetched" | "replaced";
  /** `undefined` of a version that only its digest is known of. */
  readonly bytes: number | undefined;
}

function sizesOf({ datasets }: DatasetsLock): ReadonlyMap<Sha256, number> {
  const versions = Object.values(datasets).flatMap((entry) => [entry, ...entry.earlier]);
  return new Map(versions.map(({ digest, bytes }) => [digest, bytes]));
}

async function compareWithDisk(
  path: string,
  digest: Sha256,
  force: boolean,
  files: Files,
): Promise<Fetched["state"]> {
  const kind = await files.kind(path);
  if (kind === "missing") return "fetched";
  if (kind !== "file") return "differs";
  if ((await files.digest(path)) === digest) return "current";
  return force ? "replaced" : "differs";
}

async function sayWhatCouldBeBrought(
  wanted: readonly Wanted[],
  { signal }: FetchOptions,
  { artifacts, shared, ...ports }: DatasetPorts,
): Promise<readonly Fetched[]> {
  const elsewhere: Wanted[] = [];
  for (const each of wanted) if (!(await artifacts.has(each.digest))) elsewhere.push(each);
  const found =
    shared === undefined
      ? new Map<Sha256, undefined>()
      : await findShared(elsewhere, signal, { ...ports, shared });
  return wanted.map((each) => {
    const { path, digest } = each;
    const isThere = !elsewhere.includes(each) || found.has(digest);
    return { path, digest, state: isThere ? each.state : "unavailable", replaced: null };
  });
}

/** First all that is not here comes into the project's store, several at once; from there each goes to its place. */
async function bringAll(
  wanted: readonly Wanted[],
  { signal }: FetchOptions,
  ports: DatasetPorts,
): Promise<readonly Fetched[]> {
  const { files, artifacts } = ports;
  const isWrong = await pullWanted(wanted, signal, ports);
  const brought: Fetched[] = [];
  for (const each of wanted) {
    const { path, digest, state } = each;
    signal.throwIfAborted();
    let isDamaged = isWrong.has(digest);
    if (!(await artifacts.has(digest))) {
      brought.push({ path, digest, state: isDamaged ? "corrupt" : "unavailable", replaced: null });
      continue;
    }
    const replaced = state === "replaced" ? await keep(path, { files, artifacts }) : null;
    let isThere = await artifacts.copyTo(digest, files.absolute(path));
    if (!isThere) {
      // What the project's store had was damaged, and is out of the way now.
      isDamaged = true;
      await pullWanted([each], signal, ports);
      isThere = await artifacts.copyTo(digest, files.absolute(path));
    }
    brought.push(
      isThere
        ? { path, digest, state, replaced }
        : { path, digest, state: "corrupt", replaced: null },
    );
  }
  return brought;
}

/** Those of which the shared store has other bytes. */
async function pullWanted(
  wanted: readonly Wanted[],
  signal: AbortSignal,
  { artifacts, shared, ...ports }: DatasetPorts,
): Promise<ReadonlySet<Sha256>> {
  if (shared === undefined) return new Set();
  const blobs = wanted.map(({ path, digest, bytes }) =>
    bytes === undefined ? { label: path, digest } : { label: path, digest, bytes },
  );
  const outcomes = await pullBlobs(blobs, signal, { ...ports, local: artifacts, shared });
  const wrong = outcomes.filter(({ state }) => state === "wrong");
  return new Set(wrong.map(({ digest }) => digest));
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
