/**
 * What lies in `.mlops/` beside the store and the registry: what is made again when it is missed, what killed commands
 * left, and what is not ours.
 */
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { LeftoverKind, StateUsage } from "./clean-schema.ts";
import { ENVIRONMENT_SEAL, ENVIRONMENTS } from "./environment-as-of.ts";
import { STATE_FOLDER } from "./find-project.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SCRATCH = ".mlops/tmp";

/** How long each kind stays after it was last used. Nothing that is newer belongs to no command. */
const STAYS_MS: Readonly<Record<LeftoverKind, number>> = {
  scratch: DAY_MS,
  manifests: DAY_MS,
  models: 7 * DAY_MS,
  cache: 30 * DAY_MS,
  environments: 30 * DAY_MS,
};

/** One thing that may go. */
export interface Leftover {
  readonly kind: LeftoverKind;
  readonly bytes: number;
  readonly remove: () => Promise<void>;
}

export interface LeftoverPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** @param python What the settings say about the interpreter: an environment that is named there stays. */
export async function findLeftovers(
  python: string | undefined,
  ports: LeftoverPorts,
): Promise<readonly Leftover[]> {
  const { files, clock } = ports;
  const places: readonly (readonly [LeftoverKind, readonly Aged[]])[] = [
    ["scratch", await entriesOf(SCRATCH, 1, files)],
    ["models", await entriesOf(".mlops/models", 2, files)],
    ["cache", await entriesOf(".mlops/cache", Number.POSITIVE_INFINITY, files)],
    ["environments", await environmentsOf(python, files)],
  ];
  const found = places.flatMap(([kind, entries]) =>
    entries
      .filter(({ usedMs }) => usedMs < clock.nowMs() - STAYS_MS[kind])
      .map(({ path, bytes }) => ({ kind, bytes, remove: () => files.remove(path) })),
  );
  return [...found, ...(await orphanManifests(ports))];
}

/** Whether a command may be working here: it has a folder that it removes at its end. */
export async function hasFreshScratch(files: Files, clock: Clock): Promise<boolean> {
  const before = clock.nowMs() - STAYS_MS.scratch;
  return (await entriesOf(SCRATCH, 1, files)).some(({ usedMs }) => usedMs >= before);
}

/** Sizes of what is in `.mlops/`, and what is not ours. */
export async function measureState(
  files: Files,
  artifacts: Pick<Artifacts, "list">,
): Promise<StateUsage> {
  const blobs = await artifacts.list();
  const known = [
    "cache",
    "environments",
    "models",
    "predictions",
    "replaced-data",
    "staging",
    "tmp",
  ];
  const sizes: { kind: string; bytes: number }[] = [
    { kind: "store", bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) },
    { kind: "registry", bytes: (await files.size(`${STATE_FOLDER}/registry.db`)) ?? 0 },
  ];
  for (const kind of known)
    sizes.push({ kind, bytes: await bytesBelow(`${STATE_FOLDER}/${kind}`, files) });
  const ours = new Set([
    ...known,
    "store",
    "interpreters.json",
    "pythons.json",
    "yaml.json",
    ".gitignore",
  ]);
  const isOurs = (path: string): boolean =>
    ours.has(path.split("/")[0] ?? path) || /^registry\.db(-wal|-shm|-journal)?$/.test(path);
  const others = (await isOwnFolder(STATE_FOLDER, files))
    ? await files.list(STATE_FOLDER, isOurs)
    : [];
  const unknown = new Set(others.map((path) => `${STATE_FOLDER}/${path.split("/")[0] ?? path}`));
  return { sizes: sizes.filter(({ bytes }) => bytes > 0), unknown: [...unknown].sort() };
}

interface Aged {
  readonly path: string;
  readonly bytes: number;
  /** When something below it was last written or used. */
  readonly usedMs: number;
}

/** Folders and files at this depth, or the files where it is infinite. */
async function entriesOf(folder: string, depth: number, files: Files): Promise<readonly Aged[]> {
  if (!(await isOwnFolder(folder, files))) return [];
  const found = new Map<string, { bytes: number; usedMs: number }>();
  for (const path of await files.list(folder)) {
    const parts = path.split("/").slice(0, depth);
    const entry = `${folder}/${parts.join("/")}`;
    const known = found.get(entry) ?? { bytes: 0, usedMs: (await files.modifiedMs(entry)) ?? 0 };
    known.bytes += (await files.size(`${folder}/${path}`)) ?? 0;
    known.usedMs = Math.max(known.usedMs, (await files.modifiedMs(`${folder}/${path}`)) ?? 0);
    found.set(entry, known);
  }
  return [...found].map(([path, entry]) => ({ path, ...entry }));
}

/** As old as their seal, which every use makes young; the files of a library are as old as the library. */
async function environmentsOf(python: string | undefined, files: Files): Promise<readonly Aged[]> {
  if (!(await isOwnFolder(ENVIRONMENTS, files))) return [];
  const names = new Set((await files.list(ENVIRONMENTS)).map((path) => path.split("/")[0] ?? path));
  const found: Aged[] = [];
  for (const name of names) {
    const path = `${ENVIRONMENTS}/${name}`;
    if (python?.includes(path) === true) continue;
    const sealedMs = await files.modifiedMs(`${path}/${ENVIRONMENT_SEAL}`);
    const usedMs = sealedMs ?? (await files.modifiedMs(path)) ?? 0;
    found.push({ path, bytes: await bytesBelow(path, files), usedMs });
  }
  return found;
}

/** Manifests of runs that no record knows: of commands that were killed, or of runs that were forgotten. */
async function orphanManifests(ports: LeftoverPorts): Promise<readonly Leftover[]> {
  const { artifacts, registry, clock } = ports;
  const stored = await artifacts.runs();
  const known = new Set<string>(registry.runs.outlines().map(({ id }) => id));
  return stored
    .filter(
      ({ id, writtenAtMs }) => !known.has(id) && writtenAtMs < clock.nowMs() - STAYS_MS.manifests,
    )
    .map(({ id }) => ({
      kind: "manifests" as const,
      bytes: 0,
      remove: () => artifacts.removeRun(id),
    }));
}

/** Behind a symlink lies what is not ours. */
async function isOwnFolder(folder: string, files: Files): Promise<boolean> {
  const root = await files.realPath(".");
  return root !== undefined && (await files.realPath(folder)) === `${root}/${folder}`;
}

async function bytesBelow(folder: string, files: Files): Promise<number> {
  if (!(await isOwnFolder(folder, files))) return 0;
  const paths = await files.list(folder);
  const sizes = await Promise.all(paths.map((path) => files.size(`${folder}/${path}`)));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}
