/**
 * Builds the adapters, each when it is first asked for; the only file that may import `adapters/`.
 * What an adapter costs to load is paid only by commands that use it.
 */
import type { PredictionLogFolder } from "../adapters/prediction-log.ts";
import type { AppEvent } from "../app/event.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { BlobStore, StoreAddress } from "../ports/blob-store.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { StreamedFiles } from "../ports/files.ts";
import type { Git } from "../ports/git.ts";
import type { IdTokens } from "../ports/id-tokens.ts";
import type { Ids } from "../ports/ids.ts";
import type { Interpreters } from "../ports/interpreters.ts";
import type { PredictionLog } from "../ports/prediction-log.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { Processes } from "../ports/processes.ts";
import type { Registry } from "../ports/registry.ts";
import type { Workers } from "../ports/worker.ts";
import type { PythonParser } from "../python/parse.ts";
import { templatesFolder } from "./package-root.ts";

/** The outside world, by port. */
export interface Wiring {
  /** Files below an absolute folder. */
  readonly files: (root: string) => Promise<StreamedFiles>;
  readonly processes: () => Promise<Processes>;
  readonly processTable: () => Promise<ProcessTable>;
  readonly git: () => Promise<Git>;
  readonly idTokens: () => Promise<IdTokens>;
  readonly clock: () => Promise<Clock & Timer>;
  readonly ids: () => Promise<Ids>;
  /** The artifact store in an absolute folder. */
  readonly artifacts: (folder: string) => Promise<Artifacts>;
  /**
   * The store that a team shares.
   *
   * @param environment Who asks, and where: MLOPS_STORE_TOKEN, and what the AWS and Google tools read.
   * @param stateFolder Absolute; of the project that asks.
   */
  readonly blobStore: (
    address: StoreAddress,
    environment: Readonly<Record<string, string | undefined>>,
    stateFolder: string,
  ) => Promise<BlobStore>;
  /** The registry in an absolute file; closed at the end. */
  readonly registry: (path: string) => Promise<Registry>;
  readonly workers: () => Promise<Workers>;
  /** What interpreters said, remembered in an absolute file. */
  readonly interpreters: (
    file: string,
    environment: Readonly<Record<string, string | undefined>>,
  ) => Promise<Interpreters>;
  /** Reads Python text; needs no interpreter. */
  readonly parser: () => Promise<PythonParser>;
  /** Whoever opens it closes it. */
  readonly predictionLog: (folder: PredictionLogFolder) => Promise<PredictionLog>;
  /** Closes what was opened, newest first. Called once, by `main.ts`, whatever happened. */
  readonly close: () => Promise<void>;
}

/** @param events Told what adapters do, for example each child process they start. */
export function wire(events: Events<AppEvent>): Wiring {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    files: async (root) => (await import("../adapters/node-files.ts")).createFiles(root),
    processes: once(async () => {
      const { createProcesses } = await import("../adapters/processes.ts");
      return createProcesses((command, directory) => {
        events.emit({ kind: "command-started", command, directory });
      });
    }),
    processTable: once(
      async () => (await import("../adapters/process-table.ts")).systemProcessTable,
    ),
    git: once(async () => (await import("../adapters/git.ts")).createGit()),
    idTokens: once(async () => (await import("../adapters/id-tokens.ts")).createIdTokens()),
    clock: once(async () => (await import("../adapters/system-clock.ts")).systemClock),
    ids: once(async () => (await import("../adapters/random-ids.ts")).randomIds),
    artifacts: async (folder) =>
      (await import("../adapters/artifact-dir.ts")).openArtifactDirectory(folder),
    blobStore: openBlobStore,
    registry: async (path) => {
      const registry = (await import("../adapters/sqlite/open.ts")).openRegistry(path);
      closers.push(registry.close);
      return registry;
    },
    workers: once(async () => {
      const { createPythonWorkers } = await import("../adapters/python-worker.ts");
      return createPythonWorkers({ workerFile: workerFile() });
    }),
    interpreters: async (file, environment) => {
      const { openInterpreterMemory } = await import("../adapters/interpreter-memory.ts");
      return openInterpreterMemory({ file, environment, workerFile: workerFile() });
    },
    parser: once(async () => (await import("../adapters/python-grammar.ts")).openPythonParser()),
    predictionLog: async (folder) =>
      (await import("../adapters/prediction-log.ts")).openPredictionLog(folder),
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

const openBlobStore: Wiring["blobStore"] = async (address, environment, stateFolder) => {
  switch (address.kind) {
    case "folder":
      return (await import("../adapters/folder-blob-store.ts")).openFolderStore(address.path);
    case "s3":
      return (await import("../adapters/s3/blob-store.ts")).openS3Store(address, environment);
    case "gs": {
      const { accessGcs, openGcsStore } = await import("../adapters/gcs/blob-store.ts");
      const { openUploadSessions } = await import("../adapters/gcs/sessions.ts");
      const sessions = openUploadSessions(`${stateFolder}/cache/uploads`);
      return openGcsStore(address, accessGcs(environment), sessions);
    }
    case "https": {
      const { openHttpsStore } = await import("../adapters/https-blob-store.ts");
      return openHttpsStore(address.url, environment["MLOPS_STORE_TOKEN"]);
    }
  }
};

function workerFile(): string {
  return `${templatesFolder()}/python/worker.py`;
}

/** The same promise for every caller. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => (made ??= make());
}
