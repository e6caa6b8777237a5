/**
 * The registry on SQLite. Many processes may have it open and write at once.
 *
 * WAL with `synchronous = FULL`: every commit is synced before the method returns, so that what was acknowledged survives
 * `kill -9` and a power cut. NORMAL would survive the first only; registry writes are few, so the sync is affordable.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { EnvironmentError } from "../../base/errors.ts";
import type { Registry } from "../../ports/registry.ts";
import { approvalStore } from "./approval-store.ts";
import { auditStore } from "./audit-store.ts";
import { deploymentStore } from "./deployment-store.ts";
import { checkOwnership, migrate } from "./migrations.ts";
import { modelStore } from "./model-store.ts";
import { once } from "./once.ts";
import { pendingStore } from "./pending-store.ts";
import { pipelineStore } from "./pipeline-store.ts";
import { runStore } from "./run-store.ts";
import { isBusy, openSession, translating } from "./session.ts";

/** How to open a registry. */
export interface RegistryOptions {
  /** How long to wait for other writers before `registry-locked`. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 15_000;
const BUSY_PAUSE_MS = 20;

/**
 * Opens the registry, makes it when it is missing, and brings an older one up to date.
 *
 * @param path `.mlops/registry.db`; its folder is made. `:memory:` is a registry that ends with the process.
 * @throws ConflictError `registry-newer`, `registry-foreign`, `registry-locked`.
 * @throws EnvironmentError `disk-full`, `registry-corrupt`, `registry-unwritable`.
 */
export function openRegistry(path: string, options: RegistryOptions = {}): Registry {
  return registryOn(openDatabase(path, options), path);
}

/** A connection with our settings and the newest schema. */
export function openDatabase(path: string, options: RegistryOptions = {}): Database.Database {
  const timeoutMs = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  const inMemory = path === ":memory:";
  return translating(path, () => {
    if (!inMemory) makeFolder(path);
    const db = new Database(path, { timeout: timeoutMs });
    try {
      // Before anything that writes: a file that is not ours stays as it is.
      checkOwnership(db, inMemory ? undefined : path);
      if (!inMemory) useWriteAheadLog(db, timeoutMs);
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      db.pragma("trusted_schema = OFF");
      migrate(db, inMemory ? undefined : path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** The registry's methods on an open connection, which `close` closes. */
export function registryOn(db: Database.Database, path: string): Registry {
  const session = openSession(db, path);
  // Each prepares its statements when it is first asked for; no command asks for all.
  const pipelines = once(() => pipelineStore(session));
  const runs = once(() => runStore(session));
  const models = once(() => modelStore(session));
  const approvals = once(() => approvalStore(session));
  const deployments = once(() => deploymentStore(session));
  const audit = once(() => auditStore(session));
  const pendingWrites = once(() => pendingStore(session));
  return {
    get pipelines() {
      return pipelines();
    },
    get runs() {
      return runs();
    },
    get models() {
      return models();
    },
    get approvals() {
      return approvals();
    },
    get deployments() {
      return deployments();
    },
    get audit() {
      return audit();
    },
    get pendingWrites() {
      return pendingWrites();
    },
    together: (work) => session.write(work),
    damage: () => {
      const told = String(db.pragma("quick_check(1)", { simple: true }));
      return told === "ok" ? undefined : told;
    },
    close: () => {
      db.close();
    },
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new EnvironmentError(
      `${dirname(path)} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      {
        code: "registry-unwritable",
        hint: "check that you may write there and that no file has that name",
        cause: error,
      },
    );
  }
}

/** Changing the journal mode does not wait by the busy timeout when several processes open a new file at once, so we do. */
function useWriteAheadLog(db: Database.Database, timeoutMs: number): void {
  for (let waitedMs = 0; ; waitedMs += BUSY_PAUSE_MS) {
    try {
      db.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= timeoutMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
  }
}
