/**
 * Measures what a model version is to be compared with, in the worker that packed it. Nothing that goes wrong here keeps a
 * version from being registered: it is said in the evidence instead. Only an interruption goes through.
 */

import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Worker } from "../ports/worker.ts";
import { type WorkerCallOptions, WorkerError } from "../ports/worker.ts";
import type { Better, Evaluation, LeakageCheck, NamedMetric } from "../registry/evaluation.ts";
import {
  type Champion,
  judgeEvaluation,
  type Measured,
  nothingMeasured,
} from "../registry/judge-evaluation.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { allowedNames } from "./allowed-names.ts";
import type { EvaluationAsk } from "./evaluation-ask.ts";
import { ChampionReply, LeakageReply, PeersReply } from "./evaluation-schema.ts";
import type { PackInput, StoredTable } from "./pack-model.ts";
import { placeModel } from "./place-model.ts";

/** Where a worker finds what it measures. */
export interface EvaluationPlace {
  readonly worker: Worker;
  /** Absolute folder of the generated package. */
  readonly packageFolder: string;
  readonly artifacts: Artifacts;
  /** For one part. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export interface EvaluateInput {
  readonly ask: EvaluationAsk | { readonly because: string };
  /** What was packed in the same worker; `undefined` where nothing could be. */
  readonly packed: PackInput | undefined;
  /** What the run recorded in the steps that are asked for, in their order. */
  readonly recorded: readonly NamedMetric[];
  readonly champion: ChampionToMeasure | undefined;
  readonly better: Readonly<Record<string, Better>>;
}

/** The version that the alias points at. */
export interface ChampionToMeasure {
  readonly version: ModelVersion;
  /** Whether its run measured it on the very same values, so that its features play no part. */
  readonly sameMatrices: boolean;
  readonly isSameModel: boolean;
  /** The raw table of its run; `undefined` where that is not on record. */
  readonly raw: StoredTable | undefined;
}

/** Begins to measure, in copies of the worker, which may go on with something else. Never throws. */
export async function beginEvaluation(ask: EvaluationAsk, place: EvaluationPlace): Promise<void> {
  try {
    await place.worker.call("evaluate", headerOf("begin", ask, place), optionsOf(place));
  } catch {
    // Whoever asks for the result hears what is wrong.
  }
}

/** @throws only when it is interrupted. */
export async function evaluateModel(
  input: EvaluateInput,
  place: EvaluationPlace,
  ports: { readonly files: Files; readonly registry: Pick<Registry, "models"> },
): Promise<Evaluation> {
  const { ask, champion, better } = input;
  const name = champion === undefined ? undefined : renderModelVersion(champion.version);
  const leakage = await leakageOf(input, place);
  if ("because" in ask) return nothingMeasured(ask.because, { champion: name, leakage, better });
  const header = (part: string): Readonly<Record<string, unknown>> => ({
    ...headerOf(part, ask, place),
    ...packedOf(input.packed),
  });
  const peers = await answerOf(place, async () =>
    PeersReply.parse(
      (await place.worker.call("evaluate", header("peers"), optionsOf(place))).result,
    ),
  );
  if ("because" in peers)
    return nothingMeasured(peers.because, { champion: name, leakage, better });
  const measured = async ({ version, sameMatrices, raw }: ChampionToMeasure): Promise<Measured> =>
    answerOf(place, async () => {
      const folder = await placeModel(version, ".mlops/models", { ...ports, ...place });
      const { result } = await place.worker.call(
        "evaluate",
        {
          ...header("champion"),
          champion: {
            folder,
            digests: version.files,
            names: allowedNames(version),
            sameMatrices,
            raw,
          },
        },
        optionsOf(place),
      );
      return ChampionReply.parse(result).champion;
    });
  const found: Champion | undefined =
    champion === undefined
      ? undefined
      : {
          of: renderModelVersion(champion.version),
          measured: await measured(champion),
          isSameModel: champion.isSameModel,
        };
  return judgeEvaluation({
    recorded: input.recorded,
    candidate: peers.candidate,
    baseline: peers.baseline,
    other: peers.other,
    champion: found,
    leakage,
    better,
  });
}

async function leakageOf(input: EvaluateInput, place: EvaluationPlace): Promise<LeakageCheck> {
  return answerOf(place, async () => {
    const header = {
      part: "leakage",
      store: place.artifacts.root,
      package: place.packageFolder,
      ...packedOf(input.packed),
    };
    return LeakageReply.parse(
      (await place.worker.call("evaluate", header, optionsOf(place))).result,
    );
  });
}

function headerOf(
  part: string,
  ask: EvaluationAsk,
  place: EvaluationPlace,
): Readonly<Record<string, unknown>> {
  return { part, of: ask, store: place.artifacts.root, package: place.packageFolder };
}

/** As `packModel` asked for it. */
function packedOf(packed: PackInput | undefined): Readonly<Record<string, unknown>> {
  if (packed === undefined) return {};
  const { packageFolder, model, raw } = packed;
  return { packed: { package: packageFolder, model, raw } };
}

function optionsOf({ limitMs, signal }: EvaluationPlace): WorkerCallOptions {
  return { timeoutMs: limitMs, signal };
}

/** What was answered, or in words what kept it from being answered. */
async function answerOf<T>(
  { signal, limitMs }: EvaluationPlace,
  ask: () => Promise<T>,
): Promise<T | { readonly because: string }> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof WorkerError && error.failure.code === "worker-timeout")
      return { because: `it took longer than ${String(limitMs / 1000)} s` };
    return { because: error instanceof Error ? error.message : String(error) };
  }
}
