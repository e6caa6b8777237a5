/** From a model version to workers that answer for it: read the contract, put the files in place, start and load. */
import type { Sha256 } from "../base/brand.ts";
import { EnvironmentError, InputError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";
import { Contract } from "../contract/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Worker, Workers } from "../ports/worker.ts";
import { WorkerError } from "../ports/worker.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { ServedModel } from "../serving/served-model.ts";
import { allowedNames } from "./allowed-names.ts";
import { placeModel } from "./place-model.ts";

/** Loading imports the user's libraries; the first time on a slow disk takes its time. */
const LOAD_TIMEOUT_MS = 120_000;

export interface ServeInput {
  readonly version: ModelVersion;
  /** Interpreter that has the model's requirements. */
  readonly python: string;
  /** Where models are put together, relative to the project root. */
  readonly modelsFolder: string;
}

export interface ServePorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly workers: Workers;
}

/** A model version whose files are in place. */
export interface ServableModel {
  readonly model: ServedModel;
  /** Absolute folder of contract 6. */
  readonly directory: string;
  /** Starts a worker that has verified and loaded the model; whoever calls it closes the worker. */
  readonly startWorker: () => Promise<Worker>;
}

/**
 * Prepares a model version for serving.
 *
 * @throws InputError `model-not-servable`, `model-bytes-missing`, `model-corrupt`.
 */
export async function serveModel(input: ServeInput, ports: ServePorts): Promise<ServableModel> {
  const { version } = input;
  const contract = await readContract(version, ports.artifacts);
  const directory = await placeModel(version, input.modelsFolder, ports);
  return {
    model: { name: version.model, version: version.version, contract },
    directory,
    startWorker: async () => {
      // A worker may start days after the first one, and cleaning may have taken the copy since.
      await placeModel(version, input.modelsFolder, ports);
      return startWorker(version, { directory, python: input.python, workers: ports.workers });
    },
  };
}

async function readContract(version: ModelVersion, artifacts: Artifacts): Promise<Contract> {
  const digest: Sha256 | undefined = version.files["contract.json"];
  if (digest === undefined) {
    throw notServable(
      version,
      "it has no contract.json, so that nothing says which columns it takes",
    );
  }
  const bytes = await artifacts.read(digest);
  if (bytes === undefined) {
    throw new InputError(`The store has lost contract.json of ${renderModelVersion(version)}.`, {
      code: "model-bytes-missing",
      hint: "restore the store from a backup, or register the model again with mlops run",
    });
  }
  const parsed = Contract.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notServable(
    version,
    `its contract.json is not valid at ${issue?.path.join(".") ?? "its top"}: ${issue?.message ?? "not JSON"}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notServable(version: ModelVersion, because: string): InputError {
  return new InputError(`${renderModelVersion(version)} cannot be served: ${because}.`, {
    code: "model-not-servable",
    hint: "promote a notebook whose model is trained from a raw table, then mlops run it: its versions carry a contract",
  });
}

async function startWorker(
  version: ModelVersion,
  {
    directory,
    python,
    workers,
  }: { readonly directory: string; readonly python: string; readonly workers: Workers },
): Promise<Worker> {
  const worker = await workers.start({ python, workingDirectory: directory });
  try {
    await worker.call(
      "load",
      { model: directory, digests: version.files, names: allowedNames(version) },
      { timeoutMs: LOAD_TIMEOUT_MS },
    );
    return worker;
  } catch (error) {
    await worker.close();
    throw error instanceof WorkerError ? explainLoad(error, version) : error;
  }
}

function explainLoad(error: WorkerError, version: ModelVersion): Error {
  const { code, message } = error.failure;
  const name = renderModelVersion(version);
  switch (code) {
    case "model-corrupt":
      return new InputError(`${name} is not what was registered: ${message}.`, {
        code,
        hint: "something changed its folder while it was loaded; try again",
        cause: error,
      });
    case "model-not-servable":
      return notServable(version, message);
    case "model-pickle-unreadable":
      return new InputError(`${name} is not loaded: ${message}.`, {
        code,
        hint: "nothing of it was run; a file that cannot be read to its end without loading it is never loaded",
        cause: error,
      });
    case "model-names-unknown-code":
      return new InputError(
        `${name} is not loaded: ${message}, which is neither known to be harmless, nor the version's own, nor on record for it.`,
        { code, hint: hintForNames(version), cause: error },
      );
    default:
      return new EnvironmentError(`${name} could not be loaded: ${message}`, {
        code: "model-load-failed",
        hint: "install the packages of its requirements.txt into the interpreter given by --python",
        cause: error,
      });
  }
}

function hintForNames({ origin, pickledNames, pipeline, runId, model }: ModelVersion): string {
  if (origin !== undefined)
    return `nothing of it was run; if you know the name and want it, import it again: mlops models import ${shellWord(origin.from)} --model ${shellWord(model)} --trust MODULE:NAME`;
  return pickledNames === undefined
    ? `an earlier mlops registered it and kept no names; that is made up for by mlops models register ${pipeline} --run ${runId.slice(0, 8)} --model ${shellWord(model)}`
    : "nothing of it was run; find out who changed the version, then register the model again from its run";
}
