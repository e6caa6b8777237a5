/**
 * What changed in data between two states: what the lock records, what is on disk, a version of one file, the lock of a
 * commit, or the data a revision of a pipeline was promoted with. By file, and within CSV files by column and row.
 */
import { normalize } from "node:path/posix";
import type { Sha256 } from "../base/brand.ts";
import { ConflictError, EnvironmentError, InputError, UsageError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import { compareCsv, readCsvTable } from "../contract/compare-csv.ts";
import type { Git } from "../ports/git.ts";
import type { Registry } from "../ports/registry.ts";
import { DATASETS_LOCK, parseDatasetsLock, readDatasetsLock } from "./datasets-lock.ts";
import type { DatasetsDiffReport, DatasetsLock } from "./datasets-schema.ts";
import { chooseDatasets, splitVersion } from "./fetch-datasets.ts";
import { takesLong } from "./list-datasets.ts";
import { findRevision, nameOf } from "./package-state.ts";
import { decodeText, LARGEST_TEXT, readStoredText } from "./read-stored-text.ts";
import type { DatasetPorts } from "./snapshot-datasets.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

export interface DiffRequest {
  /** Recorded paths and folders, or versions of one file; nothing means all. */
  readonly wanted: readonly string[];
  /** A commit, branch or tag, or `churn:r2`; `undefined` for what the lock records. */
  readonly since: string | undefined;
  /** The same; `undefined` for what is on disk. */
  readonly until: string | undefined;
  readonly signal: AbortSignal;
}

export type DiffPorts = DatasetPorts & {
  readonly git: Pick<Git, "fileAt">;
  readonly registry: Pick<Registry, "pipelines">;
};

type LookingPorts = DiffPorts & { readonly signal: AbortSignal };

/** What a state holds at a path; `bytes` where it is known. */
interface Held {
  readonly digest: Sha256;
  readonly bytes: number | null;
}

interface State {
  readonly name: string;
  readonly data: ReadonlyMap<string, Held>;
}

type FileDiff = DatasetsDiffReport["files"][number];

/**
 * @throws UsageError `dataset-unknown`, `dataset-version-unknown`, `usage-too-many-arguments`, `revision-reference-invalid`;
 * ConflictError `revision-unknown`, `dataset-commit-unknown`; InputError `never-observed`; EnvironmentError `dataset-commit-unreadable`.
 */
export async function diffDatasets(
  request: DiffRequest,
  ports: DiffPorts,
): Promise<DatasetsDiffReport> {
  const files: FileDiff[] = [];
  let same = 0;
  const lock = await readDatasetsLock(ports.files);
  // What is on disk is read before it is compared, and that is what takes long.
  const isLong = takesLong(Object.values(lock.datasets).map(({ bytes }) => bytes));
  if (isLong) ports.events.emit({ kind: "phase-started", phase: "compare" });
  const { from, to } = await statesOf(request, lock, ports);
  for (const path of [...new Set([...from.data.keys(), ...to.data.keys()])].sort()) {
    request.signal.throwIfAborted();
    const before = from.data.get(path) ?? null;
    const after = to.data.get(path) ?? null;
    if (before?.digest === after?.digest) same += 1;
    else files.push(await diffFile(path, before, after, { ...ports, signal: request.signal }));
  }
  if (isLong) ports.events.emit({ kind: "phase-finished", phase: "compare" });
  return { from: from.name, to: to.name, same, files };
}

async function statesOf(
  { wanted, since, until, signal }: DiffRequest,
  lock: DatasetsLock,
  ports: DiffPorts,
): Promise<{ readonly from: State; readonly to: State }> {
  const versions = wanted.filter((word) => splitVersion(word)[1] !== undefined);
  if (versions.length > 0) return versionStates({ wanted, since, until, signal }, lock, ports);
  const from = since === undefined ? lockState("lock", lock) : await namedState(since, ports);
  const ended = until === undefined ? undefined : await namedState(until, ports);
  const known = new Set([...from.data.keys(), ...(ended?.data.keys() ?? [])]);
  // What is on disk is asked for where one of the two records it.
  if (ended === undefined) for (const path of Object.keys(lock.datasets)) known.add(path);
  const isWanted = (path: string): boolean =>
    wanted.length === 0 || wanted.some((word) => path === word || path.startsWith(`${word}/`));
  const paths = [...known].filter(isWanted);
  const lost = wanted.find(
    (word) => !paths.some((path) => path === word || path.startsWith(`${word}/`)),
  );
  // The lock's own error names what it knows.
  if (lost !== undefined) chooseDatasets([lost], lock);
  const to = ended ?? (await diskState(paths, signal, ports));
  const only = (state: State): State => ({
    ...state,
    data: new Map([...state.data].filter(([path]) => isWanted(path))),
  });
  return { from: only(from), to: only(to) };
}

/** `data/churn.csv@3f8a21` against the disk, or two versions of one file. */
async function versionStates(
  { wanted, since, until, signal }: DiffRequest,
  lock: DatasetsLock,
  ports: DiffPorts,
): Promise<{ readonly from: State; readonly to: State }> {
  const [first = "", second, ...rest] = wanted;
  const [path] = splitVersion(first);
  const isOne = second === undefined || splitVersion(second)[0] === path;
  if (!isOne || rest.length > 0 || since !== undefined || until !== undefined) {
    throw new UsageError("Versions are compared of one file at a time.", {
      code: "usage-too-many-arguments",
      hint: `mlops datasets diff ${first}, or with a second version of ${path}`,
    });
  }
  const versionState = (word: string): State => {
    const digest = chooseDatasets([word], lock).get(path);
    const entry = lock.datasets[path];
    if (digest === undefined || entry === undefined) {
      throw new UsageError(`${path} is a folder, and versions are of one file.`, {
        code: "dataset-unknown",
        hint: `name one of its files: mlops datasets list ${path}`,
      });
    }
    const bytes =
      [entry, ...entry.earlier].find((version) => version.digest === digest)?.bytes ?? null;
    return { name: word, data: new Map([[path, { digest, bytes }]]) };
  };
  const from = versionState(first);
  return {
    from,
    to: second === undefined ? await diskState([path], signal, ports) : versionState(second),
  };
}

function lockState(name: string, { datasets }: DatasetsLock): State {
  return {
    name,
    data: new Map(
      Object.entries(datasets).map(([path, { digest, bytes }]) => [path, { digest, bytes }]),
    ),
  };
}

async function diskState(
  paths: readonly string[],
  signal: AbortSignal,
  { files, events }: Pick<DiffPorts, "files" | "events">,
): Promise<State> {
  const data = new Map<string, Held>();
  for (const [at, path] of paths.entries()) {
    signal.throwIfAborted();
    events.emit({ kind: "progressed", done: at, total: paths.length, detail: path });
    const digest = (await files.kind(path)) === "file" ? await files.digest(path) : undefined;
    if (digest !== undefined && isSha256(digest))
      data.set(path, { digest, bytes: (await files.size(path)) ?? null });
  }
  return { name: "disk", data };
}

/** A revision of a pipeline is told from a commit by its colon, which no branch or tag may have. */
async function namedState(name: string, ports: DiffPorts): Promise<State> {
  if (name.includes(":")) return promotedState(name, ports);
  const file = await ports.git.fileAt(ports.files.absolute("."), name, DATASETS_LOCK);
  switch (file.kind) {
    case "text":
      return lockState(name, parseDatasetsLock(file.text));
    case "absent":
      return { name, data: new Map() };
    case "unreadable":
      throw new EnvironmentError(`git cannot read ${DATASETS_LOCK} of ${name}.`, {
        code: "dataset-commit-unreadable",
        hint: "git fsck finds what the repository lacks; a partial clone must reach its remote",
      });
    case "revision-unknown":
      throw new ConflictError(`There is no commit ${name}.`, {
        code: "dataset-commit-unknown",
        hint: "name a commit, branch or tag of git, or a revision of a pipeline like churn:r2",
      });
  }
}

async function promotedState(reference: string, ports: DiffPorts): Promise<State> {
  const revision = findRevision(reference, ports.registry);
  const { plan, reference: seen } = await readPlanRecord(revision.planDigest, ports);
  if (seen === undefined) {
    throw new InputError(`${nameOf(revision)} was promoted without running the notebook.`, {
      code: "never-observed",
      where: { path: revision.notebookPath },
      hint: "which data it read is known of revisions that were run and compared",
    });
  }
  const data = new Map<string, Held>();
  for (const [path, digest] of Object.entries(seen.data)) {
    const fromRoot = normalize(`${revision.folder}/${plan.root}/${path}`);
    if (isSha256(digest)) data.set(fromRoot, { digest, bytes: null });
  }
  return { name: nameOf(revision), data };
}

async function diffFile(
  path: string,
  before: Held | null,
  after: Held | null,
  ports: LookingPorts,
): Promise<FileDiff> {
  const change = before === null ? "added" : after === null ? "removed" : "changed";
  const found = { path, change, before, after } as const;
  if (before === null || after === null || !path.toLowerCase().endsWith(".csv"))
    return { ...found, table: null, notCompared: null };
  const texts = await Promise.all(
    [before, after].map(async ({ digest }) => textOf(path, digest, ports)),
  );
  const [was, is] = texts.map((text) => (text === undefined ? undefined : readCsvTable(text)));
  if (was === undefined || is === undefined) {
    const which = was === undefined ? before : after;
    return {
      ...found,
      table: null,
      notCompared: `${which.digest} is larger than 32 MB, no text, or in no store`,
    };
  }
  if (!was.ok || !is.ok) {
    const fault = was.ok ? (is.ok ? undefined : is.error) : was.error;
    return {
      ...found,
      table: null,
      notCompared: `line ${String(fault?.line)}: ${fault?.message ?? "it cannot be read"}`,
    };
  }
  const { columnsAdded, columnsRemoved, ...rows } = compareCsv(was.value, is.value);
  return {
    ...found,
    table: { columnsAdded: [...columnsAdded], columnsRemoved: [...columnsRemoved], ...rows },
    notCompared: null,
  };
}

/** From a store, or from the file itself when that is what lies there. */
async function textOf(
  path: string,
  digest: Sha256,
  ports: LookingPorts,
): Promise<string | undefined> {
  const stored = await readStoredText(digest, ports.signal, ports);
  if (stored !== undefined) return stored;
  if (((await ports.files.size(path)) ?? Number.POSITIVE_INFINITY) > LARGEST_TEXT) return undefined;
  if ((await ports.files.digest(path)) !== digest) return undefined;
  const bytes = await ports.files.readBytes(path);
  return bytes === undefined ? undefined : decodeText(bytes);
}
