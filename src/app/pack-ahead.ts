/**
 * Packs the model of a run as soon as its values are stored, while the steps that do not make them go on.
 * Whatever goes wrong here is nobody's result: who registers the run then packs in a process of its own, and says it.
 */
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { Worker } from "../ports/worker.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { packInputOf, type StoredOutput } from "./pack-input.ts";
import { type PackedModel, type PackInput, packModel } from "./pack-model.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

/** What `packModel` made of exactly this input. */
export interface PackedAhead {
  readonly input: PackInput;
  readonly packed: PackedModel;
  /** Version of the interpreter. */
  readonly python: string;
}

export interface PackAheadInput {
  readonly pipeline: LoadedPipeline;
  readonly outputs: ReadonlyMap<string, StoredOutput>;
  /** A process that has run no step. It is closed here. */
  readonly twin: Worker;
  /** For one call: a library may not stand that its process was copied, and wait forever. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Never throws; `undefined` when it did not work out. */
export async function packAhead(
  input: PackAheadInput,
  ports: { readonly files: Files; readonly artifacts: Artifacts; readonly registry: Registry },
): Promise<PackedAhead | undefined> {
  const { pipeline, outputs, twin, limitMs, signal } = input;
  try {
    const revision = ports.registry.pipelines.latestRevision(pipeline.name);
    if (revision === undefined) return undefined;
    const { plan } = await readPlanRecord(revision.planDigest, ports);
    const outputOf = (artifact: string): StoredOutput => {
      const output = outputs.get(artifact);
      if (output === undefined) throw new Error(`${artifact} is not stored yet`);
      return output;
    };
    const wanted = await packInputOf(
      { plan, packageFolder: pipeline.folder, outputOf },
      ports.files,
    );
    if ("because" in wanted) return undefined;
    const limited: Worker = {
      ...twin,
      call: (operation, header, options) =>
        twin.call(operation, header, { ...options, timeoutMs: limitMs }),
    };
    const packed = await packModel(wanted, {
      worker: limited,
      artifacts: ports.artifacts,
      signal,
    });
    return { input: wanted, packed, python: twin.hello.python };
  } catch {
    return undefined;
  } finally {
    await twin.close();
  }
}
