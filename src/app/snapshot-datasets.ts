/** Puts data files into the store by content, shares them, and records in `datasets.lock.yaml` which content each path holds. */
import { join, normalize } from "node:path/posix";
import { ConflictError, InputError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import { rawData } from "../deploy/training-deployment.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Timer } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import { checkTransferred } from "./check-transferred.ts";
import { checkStaysInside, readDatasetsLock, writeDatasetsLock } from "./datasets-lock.ts";
import { DatasetsLock, type SnapshotReport } from "./datasets-schema.ts";
import type { AppEvent } from "./event.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { type LabelledBlob, pushBlobs } from "./transfer-blobs.ts";

export interface DatasetPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  /** `undefined` without `store:` in the settings. */
  readonly shared: BlobStore | undefined;
  readonly timer: Timer;
  readonly events: Events<AppEvent>;
}

/**
 * The lock is written last: what it names is in the stores.
 *
 * @param paths Files and folders, relative to the project root.
 * @throws InputError `dataset-missing`, `dataset-path-leaves`, `dataset-path-invalid`; ConflictError `dataset-changed`; what the
 * shared store throws.
 */
export async function snapshotDatasets(
  paths: readonly string[],
  options: { readonly dryRun: boolean; readonly signal: AbortSignal },
  ports: DatasetPorts,
): Promise<SnapshotReport> {
  const { files, shared } = ports;
  const lock = await readDatasetsLock(files);
  const next: Record<string, DatasetsLock["datasets"][string]> = { ...lock.datasets };
  const datasets: SnapshotReport["datasets"] = [];
  const stored: LabelledBlob[] = [];
  const found = await filesBehind(paths, files);
  ports.events.emit({ kind: "phase-started", phase: "snapshot" });
  for (const [at, path] of found.entries()) {
    options.signal.throwIfAborted();
    ports.events.emit({ kind: "progressed", done: at, total: found.length, detail: path });
    const version = await keep(path, options.dryRun, ports);
    stored.push({ ...version, label: path });
    const before = next[path];
    if (before?.digest === version.digest) {
      datasets.push({ path, ...version, state: "unchanged" });
      continue;
    }
    const earlier =
      before === undefined
        ? []
        : [...before.earlier, { digest: before.digest, bytes: before.bytes }];
    next[path] = { ...version, earlier: earlier.filter(({ digest }) => digest !== version.digest) };
    datasets.push({ path, ...version, state: before === undefined ? "new" : "changed" });
  }
  for (const path of await goneFrom(paths, Object.keys(next), files)) {
    const { digest, bytes } = next[path] ?? {};
    if (digest === undefined || bytes === undefined) continue;
    delete next[path];
    datasets.push({ path, digest, bytes, state: "removed" });
  }
  ports.events.emit({ kind: "phase-finished", phase: "snapshot" });
  if (!options.dryRun) await share(stored, options.signal, ports);
  const isChanged = datasets.some(({ state }) => state !== "unchanged");
  if (isChanged && !options.dryRun) await writeDatasetsLock({ version: 1, datasets: next }, files);
  return { dryRun: options.dryRun, shared: shared?.describe() ?? null, datasets };
}

async function share(
  blobs: readonly LabelledBlob[],
  signal: AbortSignal,
  { files, artifacts, shared, ...others }: DatasetPorts,
): Promise<void> {
  if (shared === undefined) return;
  others.events.emit({ kind: "phase-started", phase: "push", detail: shared.describe() });
  const ports = { ...others, local: artifacts, shared };
  const outcomes = await pushBlobs(blobs, signal, ports);
  // Damaged in the project's store, which was not looked into because it had them: the files are at hand.
  const damaged = outcomes.filter(({ state }) => state === "missing");
  for (const { label } of damaged) await artifacts.addFile(files.absolute(label));
  const again = await pushBlobs(damaged, signal, ports);
  checkTransferred(again, "the project's store", shared);
  others.events.emit({ kind: "phase-finished", phase: "push", detail: shared.describe() });
}

/** The raw data of a pipeline, relative to the project root. @throws InputError `dataset-pattern`. */
export function dataOfPipeline({ file, folder }: LoadedPipeline): readonly string[] {
  return rawData(file)
    .filter((path) => !path.includes("://"))
    .map((path) => {
      if (!/[*?[]/.test(path))
        return path.startsWith("/") ? path : normalize(join(folder, file.root, path));
      throw new InputError(`${file.name} reads ${path}, which is a pattern and no path.`, {
        code: "dataset-pattern",
        hint: "name the files or their folder: mlops datasets snapshot data",
      });
    });
}

/** Files as they are; of folders all that is below them. Sorted, each once. */
async function filesBehind(paths: readonly string[], files: Files): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const kind = await files.kind(path);
    if (kind === "missing" || kind === "other") {
      throw new InputError(`${path} is not there.`, {
        code: "dataset-missing",
        where: { path },
        hint: "mlops datasets fetch brings back what was recorded",
      });
    }
    const below =
      kind === "file" ? [path] : (await files.list(path)).map((name) => join(path, name));
    for (const each of below) {
      checkName(each);
      await checkStaysInside(each, files);
      found.add(each);
    }
  }
  return [...found].sort();
}

/** What is recorded below the folders and no longer there: fetching would bring back what somebody deleted. */
async function goneFrom(
  paths: readonly string[],
  recorded: readonly string[],
  files: Files,
): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const path of paths) if ((await files.kind(path)) === "directory") folders.push(path);
  const gone: string[] = [];
  for (const path of recorded) {
    const isBelow = folders.some((folder) => folder === "." || path.startsWith(`${folder}/`));
    if (isBelow && (await files.kind(path)) === "missing") gone.push(path);
  }
  return gone;
}

/** The rule of the lock, asked before anything is stored. */
function checkName(path: string): void {
  const entry = { digest: `sha256:${"0".repeat(64)}`, bytes: 0 };
  if (DatasetsLock.safeParse({ version: 1, datasets: { [path]: entry } }).success) return;
  throw new InputError(`${path} cannot be a dataset.`, {
    code: "dataset-path-invalid",
    where: { path },
    hint: "datasets are files inside the project, outside .git and .mlops",
  });
}

async function keep(
  path: string,
  dryRun: boolean,
  { files, artifacts }: DatasetPorts,
): Promise<{
  readonly digest: DatasetsLock["datasets"][string]["digest"];
  readonly bytes: number;
}> {
  const { digest, bytes } = await measure(path, files);
  if (dryRun) return { digest, bytes };
  // A copy is hashed by itself: where its digest is another one, somebody wrote the file meanwhile.
  if (!(await artifacts.use(digest)) && (await artifacts.addFile(files.absolute(path))) !== digest)
    throw changed(path);
  if ((await files.digest(path)) !== digest) throw changed(path);
  return { digest, bytes };
}

async function measure(
  path: string,
  files: Files,
): Promise<{
  readonly digest: DatasetsLock["datasets"][string]["digest"];
  readonly bytes: number;
}> {
  const digest = await files.digest(path);
  const bytes = await files.size(path);
  if (digest === undefined || !isSha256(digest) || bytes === undefined) throw changed(path);
  return { digest, bytes };
}

function changed(path: string): ConflictError {
  return new ConflictError(`${path} was changed while it was being stored.`, {
    code: "dataset-changed",
    where: { path },
    hint: "wait until nothing writes it, then take the snapshot again",
  });
}
