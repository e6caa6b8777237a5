/** What `datasets.lock.yaml` records, whether the files are as recorded, and which stores could bring them back. Changes nothing. */
import type { Sha256 } from "../base/brand.ts";
import { UsageError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import { readCsvTable } from "../contract/compare-csv.ts";
import { readDatasetsLock } from "./datasets-lock.ts";
import type { DatasetShowReport, DatasetsListReport, DatasetsLock } from "./datasets-schema.ts";
import { chooseDatasets, splitVersion } from "./fetch-datasets.ts";
import { readStoredText } from "./read-stored-text.ts";
import type { DatasetPorts } from "./snapshot-datasets.ts";
import { findShared } from "./transfer-blobs.ts";

type Recorded = DatasetsLock["datasets"][string];

/**
 * @param wanted Recorded paths or folders; nothing means all.
 * @throws UsageError `dataset-unknown`, `usage-too-many-arguments`; ConfigError `datasets-lock-invalid`.
 */
export async function listDatasets(
  wanted: readonly string[],
  { signal }: { readonly signal: AbortSignal },
  ports: DatasetPorts,
): Promise<DatasetsListReport> {
  const lock = await readDatasetsLock(ports.files);
  for (const word of wanted) checkNoVersion(word);
  const paths = [...chooseDatasets(wanted, lock).keys()];
  const datasets: DatasetsListReport["datasets"] = [];
  const isLong = takesLong(paths.map((path) => lock.datasets[path]?.bytes ?? 0));
  if (isLong) ports.events.emit({ kind: "phase-started", phase: "compare" });
  const recorded = paths.flatMap((path) => lock.datasets[path] ?? []);
  const shared = await sharedOnes(recorded, signal, ports);
  for (const [at, path] of paths.entries()) {
    signal.throwIfAborted();
    ports.events.emit({ kind: "progressed", done: at, total: paths.length, detail: path });
    const entry = lock.datasets[path];
    if (entry === undefined) continue;
    const { digest, bytes, earlier } = entry;
    const { onDisk } = await lookAt(path, entry, ports);
    const kept = await keptIn(digest, shared, ports);
    datasets.push({ path, digest, bytes, onDisk, kept, earlier: earlier.length });
  }
  if (isLong) ports.events.emit({ kind: "phase-finished", phase: "compare" });
  return { shared: ports.shared?.describe() ?? null, datasets };
}

/** Whether reading so many bytes takes long enough to say that it goes on. */
export function takesLong(sizes: readonly number[]): boolean {
  let sum = 0;
  for (const bytes of sizes) sum += bytes;
  return sum > 100e6;
}

/** @throws UsageError `dataset-unknown` for what is no recorded file. */
export async function showDataset(
  path: string,
  { signal }: { readonly signal: AbortSignal },
  ports: DatasetPorts,
): Promise<DatasetShowReport> {
  const lock = await readDatasetsLock(ports.files);
  checkNoVersion(path);
  const entry = Object.hasOwn(lock.datasets, path) ? lock.datasets[path] : undefined;
  if (entry === undefined) {
    // Of a folder the error would be wrong: its files are recorded.
    const below = chooseDatasets([path], lock);
    throw new UsageError(`${path} is a folder of ${String(below.size)} recorded files.`, {
      code: "dataset-unknown",
      hint: `name one of them: mlops datasets list ${path}`,
    });
  }
  const versions: DatasetShowReport["versions"] = [];
  const recorded = [entry, ...[...entry.earlier].reverse()];
  const shared = await sharedOnes(recorded, signal, ports);
  for (const { digest, bytes } of recorded)
    versions.push({ digest, bytes, kept: await keptIn(digest, shared, ports) });
  const text = path.toLowerCase().endsWith(".csv")
    ? await readStoredText(entry.digest, signal, ports)
    : undefined;
  const read = text === undefined ? undefined : readCsvTable(text);
  return {
    path,
    ...(await lookAt(path, entry, ports)),
    versions,
    table:
      read?.ok === true ? { columns: [...read.value.columns], rows: read.value.rows.length } : null,
  };
}

/** What all versions of a file have in common is asked for by its path. */
function checkNoVersion(word: string): void {
  const [path, version] = splitVersion(word);
  if (version === undefined) return;
  throw new UsageError(`${word} names one version, and this tells of all.`, {
    code: "usage-too-many-arguments",
    hint: `name the file: ${path}; a version is compared by mlops datasets diff ${word}, and brought back by mlops datasets fetch ${word}`,
  });
}

async function lookAt(
  path: string,
  { digest }: Recorded,
  { files }: Pick<DatasetPorts, "files">,
): Promise<Pick<DatasetShowReport, "onDisk" | "file">> {
  const found = (await files.kind(path)) === "file" ? await files.digest(path) : undefined;
  const bytes = await files.size(path);
  if (found === undefined || !isSha256(found) || bytes === undefined)
    return { onDisk: "missing", file: null };
  return { onDisk: found === digest ? "same" : "changed", file: { digest: found, bytes } };
}

async function sharedOnes(
  recorded: readonly { readonly digest: Sha256 }[],
  signal: AbortSignal,
  { shared, ...ports }: DatasetPorts,
): Promise<ReadonlySet<Sha256>> {
  if (shared === undefined) return new Set();
  return new Set((await findShared(recorded, signal, { ...ports, shared })).keys());
}

async function keptIn(
  digest: Recorded["digest"],
  shared: ReadonlySet<Sha256>,
  { artifacts }: Pick<DatasetPorts, "artifacts">,
): Promise<DatasetsListReport["datasets"][number]["kept"]> {
  return [
    ...((await artifacts.has(digest)) ? (["project"] as const) : []),
    ...(shared.has(digest) ? (["shared"] as const) : []),
  ];
}
