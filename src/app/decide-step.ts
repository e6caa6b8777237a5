/** Gathers what `run/decide.ts` and `run/schedule.ts` need to know of a step: what is on record, and what is on disk now. */
import type { PipelineStep } from "../pipeline/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { type Decision, decide } from "../run/decide.ts";
import {
  type FingerprintParts,
  fingerprintOf,
  flattenParts,
  type ParamValue,
} from "../run/fingerprint.ts";
import type { StepFacts } from "../run/schedule.ts";
import type { StepManifest } from "../run/schema.ts";
import { declaredReads } from "./declared-reads.ts";
import { type LoadedPipeline, packageFilesOf, stepCodeOf } from "./load-pipeline.ts";
import { firstSeenOtherwise } from "./looked-for.ts";

/** What the steps before have left. */
export interface LeftBefore {
  /** Artifact → digest. */
  readonly outputs: ReadonlyMap<string, { readonly digest: string; readonly codec: string }>;
  /** State of the process-wide generators. */
  readonly random: string;
}

/** A pipeline and the values it is run with. */
export interface Configured {
  readonly pipeline: LoadedPipeline;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly environment: string;
  /** As `settingsOf` gives them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The values of the step's own parameters. */
export function paramsOf(
  step: PipelineStep,
  params: Configured["params"],
): Readonly<Record<string, ParamValue>> {
  return Object.fromEntries(step.params.map((name) => [name, params[name] ?? null]));
}

/** Everything that may change what the step makes. */
export async function partsOf(
  step: PipelineStep,
  configured: Configured,
  before: LeftBefore,
  /** `root` of the steps, relative to the project. */
  disk: { readonly root: string; readonly files: Files },
): Promise<FingerprintParts> {
  return {
    reads: await declaredReads(step, disk.root, disk.files),
    code: stepCodeOf(step.name, configured.pipeline),
    params: paramsOf(step, configured.params),
    inputs: Object.fromEntries(
      step.inputs.map((name) => [name, before.outputs.get(name)?.digest ?? "missing"]),
    ),
    environment: configured.environment,
    settings: configured.settings,
    random: step.random === "global" ? before.random : "none",
  };
}

/** Looks at the registry, the store and the files that the step's last execution used. */
export async function decideStep(
  step: PipelineStep,
  parts: FingerprintParts,
  at: {
    readonly pipeline: LoadedPipeline;
    /** Of the steps, relative to the project. */
    readonly root: string;
    readonly force: boolean;
    readonly mayExecute: boolean;
    readonly registry: Registry;
    readonly artifacts: Artifacts;
    readonly files: Files;
  },
): Promise<Decision> {
  const { runs } = at.registry;
  const { name: pipeline } = at.pipeline;
  const same = runs.findStep(pipeline, step.name, fingerprintOf(parts))?.manifest;
  const fileDigests = new Map<string, string | undefined>();
  const missingOutputs: string[] = [];
  let seenOtherwise: string | undefined;
  if (same !== undefined && !at.force) {
    const paths = new Set([...Object.keys(same.filesRead), ...Object.keys(same.files)]);
    await Promise.all(
      [...paths].map(async (path) => {
        fileDigests.set(path, await at.files.digest(within(at.root, path)));
      }),
    );
    const later = at.pipeline.file.steps.slice(indexOf(step, at.pipeline));
    seenOtherwise = await firstSeenOtherwise(same, {
      ...at,
      later: later.flatMap((each) => each.writes),
    });
    for (const [name, output] of Object.entries(same.outputs))
      if (!(await at.artifacts.use(output.digest))) missingOutputs.push(name);
  }
  const last = same === undefined ? runs.lastStep(pipeline, step.name) : undefined;
  return decide({
    parts: flattenParts(parts),
    same,
    lastParts: last?.fingerprintParts,
    fileDigests,
    seenOtherwise,
    missingOutputs,
    force: at.force,
    mayExecute: at.mayExecute,
    outside: step.outside ?? [],
  });
}

function indexOf(step: PipelineStep, { file }: LoadedPipeline): number {
  return file.steps.findIndex((each) => each.name === step.name);
}

function within(root: string, path: string): string {
  return path.startsWith("/") ? path : `${root}/${path}`;
}

/**
 * What is known of steps before they run. What a step writes is known when this very code was watched with these very
 * values: in an earlier run, or by the promotion that wrote it, whose observation `writes` in pipeline.yaml is.
 */
export async function factsOf(
  steps: readonly PipelineStep[],
  configured: Configured,
  ports: { readonly registry: Registry; readonly files: Files },
): Promise<readonly StepFacts[]> {
  const { pipeline, params } = configured;
  const isPromoted = await isAsPromoted(pipeline, ports);
  return steps.map((step) => {
    const watched = watchedManifest(step, configured, ports.registry);
    const isKnown =
      watched !== undefined ||
      (isPromoted && step.params.every((name) => params[name] === pipeline.params[name]));
    // What is written over the network or by other programs is seen by nobody.
    const unseen = (step.outside ?? []).filter((what) => what !== "clock");
    const writes = [
      ...step.writes,
      ...Object.keys(watched?.files ?? {}),
      ...Object.keys(watched?.filesOutside ?? {}),
      ...unseen,
    ];
    return {
      name: step.name,
      inputs: step.inputs,
      outputs: step.outputs,
      random: step.random,
      metrics: [...step.metrics, ...(watched?.metrics ?? []).map((metric) => metric.name)],
      writes: writes.length > 0 ? "something" : isKnown ? "nothing" : "unknown",
    };
  });
}

/** Of the newest execution, when it was of the same code with the same values. */
function watchedManifest(
  step: PipelineStep,
  { pipeline, params }: Configured,
  registry: Registry,
): StepManifest | undefined {
  const last = registry.runs.lastStep(pipeline.name, step.name)?.manifest;
  if (last === undefined || last.code !== stepCodeOf(step.name, pipeline)) return undefined;
  const isSame = Object.entries(paramsOf(step, params)).every(
    ([name, value]) => last.params[name] === value,
  );
  return isSame ? last : undefined;
}

/** Whether code, plan and values are those of the newest promotion. */
async function isAsPromoted(
  pipeline: LoadedPipeline,
  { registry, files }: { readonly registry: Registry; readonly files: Files },
): Promise<boolean> {
  const revision = registry.pipelines.latestRevision(pipeline.name);
  if (revision === undefined) return false;
  for (const [path, digest] of Object.entries(packageFilesOf(pipeline)))
    if (revision.files[path] !== digest) return false;
  for (const name of ["params.yaml", "pipeline.yaml"])
    if (revision.files[name] !== (await files.digest(`${pipeline.folder}/${name}`))) return false;
  return true;
}
