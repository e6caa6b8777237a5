/** One open registry database: transactions around every method, and SQLite's failures in the user's terms. */
import Database from "better-sqlite3";
import { ConflictError, EnvironmentError, MlopsError } from "../../base/errors.ts";

/** What the stores work on. */
export interface Session {
  readonly db: Database.Database;
  /** Runs a function that only reads, on one consistent snapshot; waits for nobody. */
  readonly read: <T>(work: () => T) => T;
  /** Runs a function with a single statement that only reads, which needs no transaction of its own to be consistent. */
  readonly look: <T>(work: () => T) => T;
  /** Runs a function in one immediate transaction: all of it is kept or nothing. */
  readonly write: <T>(work: () => T) => T;
}

/** @param path Shown in messages. */
export function openSession(db: Database.Database, path: string): Session {
  // Made once: to wrap a function in a transaction takes longer than most of them.
  const transaction = db.transaction((work: () => void) => {
    work();
  });
  return {
    db,
    read: (work) =>
      translating(path, () =>
        resultOf(work, (inside) => {
          transaction.deferred(inside);
        }),
      ),
    look: (work) => translating(path, work),
    write: (work) =>
      translating(path, () =>
        resultOf(work, (inside) => {
          transaction.immediate(inside);
        }),
      ),
  };
}

function resultOf<T>(work: () => T, run: (work: () => void) => void): T {
  let done: { readonly result: T } | undefined;
  run(() => {
    done = { result: work() };
  });
  if (done === undefined) throw new Error("a transaction ended without its work");
  return done.result;
}

/** Runs `work`; what SQLite throws becomes an error that says what to do. Other errors pass. */
export function translating<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(path, error);
  }
}

/** Whether another process holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY") || codeOf(error).startsWith("SQLITE_LOCKED");
}

function codeOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : "";
}

function translate(path: string, error: unknown): unknown {
  if (error instanceof MlopsError || !(error instanceof Database.SqliteError)) return error;
  if (isBusy(error)) {
    return new ConflictError(`${path} is in use by another process and did not become free.`, {
      code: "registry-locked",
      hint: "wait for the other mlops command to end, then try again",
      cause: error,
    });
  }
  if (error.code === "SQLITE_FULL") {
    return new EnvironmentError(`The disk that holds ${path} is full; nothing was changed.`, {
      code: "disk-full",
      hint: "make room, then run the command again",
      cause: error,
    });
  }
  if (
    error.code === "SQLITE_CORRUPT" ||
    error.code.startsWith("SQLITE_CORRUPT_") ||
    error.code === "SQLITE_NOTADB"
  ) {
    return new EnvironmentError(`${path} cannot be read as a database: ${error.message}.`, {
      code: "registry-corrupt",
      hint: `move it away and put back a copy: a backup of your own, or ${path}.v<number>.backup if there is one`,
      cause: error,
    });
  }
  if (
    error.code.startsWith("SQLITE_READONLY") ||
    error.code === "SQLITE_CANTOPEN" ||
    error.code.startsWith("SQLITE_IOERR")
  ) {
    return new EnvironmentError(`${path} cannot be opened or written: ${error.message}.`, {
      code: "registry-unwritable",
      hint: "check that the folder exists, that you may write in it, and that the disk is healthy and local",
      cause: error,
    });
  }
  return error;
}
