/**
 * The only writer of generated files.
 *
 * Everything is staged under `.mlops/staging/<id>/` first. A new folder then appears by one rename. For an existing one
 * the renames are promised in the registry in one transaction, done, and crossed out: a command that is killed between
 * leaves the promise, and `replayPendingWrites`, which every command calls as it opens the project, keeps it. So a
 * package is never left half-written or mixed, and a file that the user changes meanwhile is never overwritten.
 */
import { ConflictError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256 } from "../base/hash.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Ids } from "../ports/ids.ts";
import type { FileMove, Registry } from "../ports/registry.ts";
import { hasWrites, joinPath, type WritePlan } from "./plan-writes.ts";

/** What writing needs from outside. */
export interface WritePorts {
  readonly files: Files;
  readonly registry: Pick<Registry, "pendingWrites">;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What happened, with paths relative to the project root. */
export interface WriteOutcome {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** The user's files that stayed, and where the generated text went instead. */
  readonly conflicts: readonly { readonly path: string; readonly beside: string }[];
}

const STAGING = ".mlops/staging";
const STAGING_KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Applies a plan.
 *
 * @param record Called when all is staged and nothing has appeared yet: record the revision here, so that whatever
 *   happens next, the registry knows what was generated.
 * @throws ConflictError `output-folder-taken` when the folder appeared since the plan was made.
 */
export async function applyWrites(
  plan: WritePlan,
  ports: WritePorts,
  record: () => void = () => undefined,
): Promise<WriteOutcome> {
  await removeForgottenStaging(ports);
  if (!hasWrites(plan)) {
    record();
    return { written: [], removed: [], conflicts: [] };
  }
  const staging = stagingName(ports);
  try {
    return plan.fresh
      ? await createFolder(plan, staging, { ports, record })
      : await updateFolder(plan, staging, { ports, record });
  } finally {
    // After a promise was made the staged files belong to it; only what is promised to nobody may go.
    if (!isPromised(staging, ports.registry)) await ports.files.remove(staging);
  }
}

/**
 * Keeps what an earlier command promised and did not live to do. Every command that opens a project calls it first.
 * Safe to run in several processes at once, and while the promising process is still at work.
 */
export async function replayPendingWrites(
  registry: Pick<Registry, "pendingWrites">,
  files: Files,
): Promise<WriteOutcome> {
  const written: string[] = [];
  const removed: string[] = [];
  const conflicts: { readonly path: string; readonly beside: string }[] = [];
  for (const pending of registry.pendingWrites.list()) {
    const outcome = await performMoves(pending.moves, files);
    registry.pendingWrites.done(pending.id);
    for (const staging of new Set(
      pending.moves.flatMap((move) => [stagingOf(move.from), stagingOf(move.to)]),
    )) {
      if (staging !== undefined) await files.remove(staging);
    }
    written.push(...outcome.written);
    removed.push(...outcome.removed);
    conflicts.push(...outcome.conflicts);
  }
  return { written, removed, conflicts };
}

/**
 * Writes one text together with what `record` does in the registry: whatever happens, both are there in the end or
 * neither. A file that somebody changed meanwhile stays, and the text goes beside it, as in every write.
 */
export async function writeTogether(
  file: { readonly path: string; readonly text: string; readonly before: string | undefined },
  ports: Omit<WritePorts, "registry"> & {
    readonly registry: Pick<Registry, "pendingWrites" | "together">;
  },
  record: () => void,
): Promise<WriteOutcome> {
  const { files, registry } = ports;
  const staging = stagingName(ports);
  const from = `${staging}/new/${file.path}`;
  const move: FileMove = {
    from,
    digest: sha256(file.text),
    to: file.path,
    replaces: file.before === undefined ? undefined : sha256(file.before),
  };
  try {
    await files.writeAtomic(from, file.text);
    const id = registry.together(() => {
      record();
      return registry.pendingWrites.add([move]);
    });
    const outcome = await performMoves([move], files);
    registry.pendingWrites.done(id);
    return outcome;
  } finally {
    if (!isPromised(staging, registry)) await files.remove(staging);
  }
}

function stagingName({ clock, ids }: Pick<WritePorts, "clock" | "ids">): string {
  return `${STAGING}/${String(clock.nowMs())}-${ids.runId().slice(0, 12)}`;
}

interface Writing {
  readonly ports: WritePorts;
  readonly record: () => void;
}

async function createFolder(
  plan: WritePlan,
  staging: string,
  { ports, record }: Writing,
): Promise<WriteOutcome> {
  const written: string[] = [];
  for (const change of plan.changes) {
    if (change.kind !== "create") continue;
    await stage(`${staging}/new/${change.path}`, change.file, ports.files);
    written.push(joinPath(plan.folder, change.path));
  }
  const parent = plan.folder.split("/").slice(0, -1).join("/");
  if (parent !== "") await ports.files.makeDirectory(parent);
  if (
    (await ports.files.kind(plan.folder)) !== "missing" &&
    (await ports.files.list(plan.folder)).length > 0
  )
    throw appeared(plan.folder);
  record();
  try {
    await ports.files.rename(`${staging}/new`, plan.folder);
  } catch (error) {
    if (
      (await ports.files.kind(`${staging}/new`)) === "directory" &&
      (await ports.files.kind(plan.folder)) !== "missing"
    )
      throw appeared(plan.folder, error);
    throw error;
  }
  return { written, removed: [], conflicts: [] };
}

async function updateFolder(
  plan: WritePlan,
  staging: string,
  { ports, record }: Writing,
): Promise<WriteOutcome> {
  const moves = await stageMoves(plan, staging, ports.files);
  const id = ports.registry.pendingWrites.add(moves);
  record();
  const outcome = await performMoves(moves, ports.files);
  ports.registry.pendingWrites.done(id);
  const planned = plan.changes.flatMap((change) =>
    change.kind === "conflict"
      ? [{ path: joinPath(plan.folder, change.path), beside: joinPath(plan.folder, change.beside) }]
      : [],
  );
  return { ...outcome, conflicts: [...planned, ...outcome.conflicts] };
}

async function stageMoves(
  plan: WritePlan,
  staging: string,
  files: Files,
): Promise<readonly FileMove[]> {
  const moves: FileMove[] = [];
  for (const change of plan.changes) {
    const target = joinPath(plan.folder, change.path);
    switch (change.kind) {
      case "unchanged":
      case "kept":
        break;
      case "remove":
        moves.push({
          from: target,
          digest: sha256(change.before),
          to: `${staging}/removed/${change.path}`,
          replaces: undefined,
        });
        break;
      case "create":
      case "update":
      case "merge":
      case "conflict": {
        const from = `${staging}/new/${change.path}`;
        await stage(from, change.file, files);
        const to = change.kind === "conflict" ? joinPath(plan.folder, change.beside) : target;
        const replaced =
          change.kind === "update" || (change.kind === "merge" && change.from === undefined)
            ? change.before
            : change.kind === "conflict"
              ? await files.readText(to)
              : undefined;
        moves.push({
          from,
          digest: sha256(change.file.text),
          to,
          replaces: replaced === undefined ? undefined : sha256(replaced),
        });
        break;
      }
    }
  }
  // A removed file's folder has to exist before the rename, also when the replay does it.
  for (const move of moves) await files.makeDirectory(folderOf(move.to));
  return moves;
}

async function stage(path: string, file: GeneratedFile, files: Files): Promise<void> {
  await files.writeAtomic(path, file.text, file.mode);
}

async function performMoves(moves: readonly FileMove[], files: Files): Promise<WriteOutcome> {
  const written: string[] = [];
  const removed: string[] = [];
  const conflicts: { readonly path: string; readonly beside: string }[] = [];
  for (const move of moves) {
    // Gone: it has been moved, by us or by another process. Different: the user has changed the file that was to go.
    if ((await files.digest(move.from)) !== move.digest) continue;
    const found = await files.digest(move.to);
    const free = found === undefined || found === move.replaces;
    const to = free ? move.to : `${move.to}.new`;
    await files.makeDirectory(folderOf(to));
    if (!(await tryRename(move.from, to, files))) continue;
    if (!free) conflicts.push({ path: move.to, beside: to });
    else if (stagingOf(to) === undefined) written.push(to);
    else removed.push(move.from);
  }
  return { written, removed, conflicts };
}

/** False when another process renamed it first. */
async function tryRename(from: string, to: string, files: Files): Promise<boolean> {
  try {
    await files.rename(from, to);
    return true;
  } catch (error) {
    if ((await files.kind(from)) === "missing") return false;
    throw error;
  }
}

/** Staged files of commands that were killed before they promised anything. A day is longer than any command stages. */
async function removeForgottenStaging(ports: WritePorts): Promise<void> {
  if ((await ports.files.kind(STAGING)) !== "directory") return;
  const oldest = ports.clock.nowMs() - STAGING_KEPT_MS;
  const names = new Set(
    (await ports.files.list(STAGING)).map((path) => path.split("/", 1)[0] ?? ""),
  );
  for (const name of names) {
    const startedAtMs = Number(/^(\d+)-/.exec(name)?.[1] ?? NaN);
    if (startedAtMs < oldest && !isPromised(`${STAGING}/${name}`, ports.registry))
      await ports.files.remove(`${STAGING}/${name}`);
  }
}

function isPromised(staging: string, registry: Pick<Registry, "pendingWrites">): boolean {
  return registry.pendingWrites
    .list()
    .some(({ moves }) =>
      moves.some((move) => stagingOf(move.from) === staging || stagingOf(move.to) === staging),
    );
}

function stagingOf(path: string): string | undefined {
  return path.startsWith(`${STAGING}/`) ? path.split("/", 3).join("/") : undefined;
}

function folderOf(path: string): string {
  const parts = path.split("/");
  return parts.length === 1 ? "." : parts.slice(0, -1).join("/");
}

function appeared(folder: string, cause?: unknown): ConflictError {
  return new ConflictError(
    `${folder} was made by somebody else while this command was at work; nothing was written.`,
    {
      code: "output-folder-taken",
      where: { path: folder },
      hint: "look at what is there, then run the command again",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
