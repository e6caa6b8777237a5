/**
 * Brings a registry database to the newest version. Migrations are an ordered, append-only list: entry n makes version n,
 * kept in `user_version`. All that are missing run in one immediate transaction; before an older database is touched,
 * a copy of it is put beside it, taken while the write lock is held.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { ConflictError } from "../../base/errors.ts";
import { nouns } from "./migrations/001-nouns.ts";
import { revisionStates } from "./migrations/002-revision-states.ts";
import { runProcess } from "./migrations/003-run-process.ts";
import { modelEvidence } from "./migrations/004-model-evidence.ts";

/** "mlop" in ASCII, in the database header, so that a stranger's SQLite file is told apart. */
const APPLICATION_ID = 0x6d6c6f70;

/** SQL of each version, oldest first. Never edit an entry: append one. */
export const migrations: readonly string[] = [nouns, revisionStates, runProcess, modelEvidence];

/**
 * Refuses a database that this program may not touch; only reads.
 *
 * @param path File of the database, for messages; `undefined` for one in memory.
 * @throws ConflictError `registry-newer` when a newer program made it; `registry-foreign` when it is no registry.
 */
export function checkOwnership(
  db: Database.Database,
  path: string | undefined,
  steps: readonly string[] = migrations,
): void {
  // One snapshot: between single reads another process may create the very registry that is asked about.
  const { application, version, tables } = db.transaction(() => ({
    application: Number(db.pragma("application_id", { simple: true })),
    version: versionOf(db),
    tables: db.prepare<[], number>("SELECT count(*) FROM sqlite_schema").pluck().get() ?? 0,
  }))();
  if (application === APPLICATION_ID) {
    if (version > steps.length) throw newerThan(path ?? "The registry", version, steps.length);
    return;
  }
  if (tables === 0 && version === 0) return;
  throw new ConflictError(
    `${path ?? "The database"} is an SQLite database, but not a registry of this program.`,
    {
      code: "registry-foreign",
      hint: "move that file away, or say where the registry is",
    },
  );
}

/** Runs the missing migrations; does nothing, and takes no lock, when there are none. Throws as {@link checkOwnership}. */
export function migrate(
  db: Database.Database,
  path: string | undefined,
  steps: readonly string[] = migrations,
): void {
  checkOwnership(db, path, steps);
  if (versionOf(db) === steps.length) return;
  db.transaction(() => {
    // Asked again under the lock: another process may have migrated it meanwhile.
    checkOwnership(db, path, steps);
    const version = versionOf(db);
    if (version === steps.length) return;
    if (version > 0 && path !== undefined) backUp(path, version);
    for (const step of steps.slice(version)) db.exec(step);
    db.pragma(`application_id = ${String(APPLICATION_ID)}`);
    db.pragma(`user_version = ${String(steps.length)}`);
  }).immediate();
}

/** Where the copy of an older database goes; earlier copies stay, so there may be a second one and so on. */
export function backupPath(path: string, version: number): string {
  const first = `${path}.v${String(version)}.backup`;
  let target = first;
  for (let count = 2; existsSync(target); count += 1) target = `${first}-${String(count)}`;
  return target;
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma("user_version", { simple: true }));
}

/** The write lock is held by the caller's transaction, so this second connection sees exactly what is about to be changed. */
function backUp(path: string, version: number): void {
  const target = backupPath(path, version);
  const temporary = `${target}.tmp`;
  rmSync(temporary, { force: true });
  const reader = new Database(path, { readonly: true });
  try {
    reader.prepare("VACUUM INTO ?").run(temporary);
  } finally {
    reader.close();
  }
  const file = openSync(temporary, "r+");
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, target);
}

function newerThan(path: string, version: number, known: number): ConflictError {
  return new ConflictError(
    `${path} was written by a newer version of mlops (format ${String(version)}; this one knows up to ${String(known)}).`,
    {
      code: "registry-newer",
      hint: "update mlops, then run the command again",
    },
  );
}
