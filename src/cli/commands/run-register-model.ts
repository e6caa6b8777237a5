/** After a run: the version its model is, or becomes. What making one takes is loaded only when there is one to make. */
import type { LoadedPipeline } from "../../app/load-pipeline.ts";
import type { PackedAhead } from "../../app/pack-ahead.ts";
import type { StoredOutput } from "../../app/pack-input.ts";
import type { RunResult } from "../../app/started-run.ts";
import { openTwinKeeper } from "../../app/twin-keeper.ts";
import type { Workers } from "../../ports/worker.ts";
import type { CommandContext } from "../context.ts";
import type { OpenProject } from "../open-project.ts";
import type { RegisteredModel } from "../run-schema.ts";

/** Of model and raw table as stored. Larger ones are packed when the steps have ended: both at once may need more memory than there is. */
const MOST_BESIDE_STEPS_BYTES = 64 * 1024 * 1024;

interface RegisterInput {
  readonly project: OpenProject;
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  readonly done: RunResult;
  readonly ahead?: Promise<PackedAhead | undefined> | undefined;
}

/** Registers the model of a run. It begins while the run is going on, so the run takes its workers from here. */
export interface Registration extends AsyncDisposable {
  /** For the steps. */
  readonly workers: Workers;
  /** For `RunInput.onStored`. */
  readonly onStored: (outputs: ReadonlyMap<string, StoredOutput>) => void;
  /** `undefined` when the run failed. A run in which nothing was executed has the model of an earlier one. */
  readonly register: (done: RunResult) => Promise<RegisteredModel | undefined>;
}

/** @returns `undefined` when the pipeline serves no model. */
export function openRegistration(
  context: CommandContext,
  input: Omit<RegisterInput, "done" | "ahead"> & { readonly limitMs: number },
): Registration | undefined {
  const { project, pipeline, limitMs } = input;
  const { serve } = pipeline.file;
  if (serve === undefined) return undefined;
  const keeper = openTwinKeeper(project.workers);
  let ahead: Promise<PackedAhead | undefined> | undefined;
  const packAhead = (outputs: ReadonlyMap<string, StoredOutput>): void => {
    const twin = keeper.takeTwin();
    if (twin === undefined) return;
    const wanted = { pipeline, outputs: new Map(outputs), twin, limitMs, signal: context.signal };
    ahead = import("../../app/pack-ahead.ts").then((module) => module.packAhead(wanted, project));
  };
  let stored: ReadonlyMap<string, StoredOutput> = new Map();
  return {
    workers: keeper.steps,
    onStored: (outputs) => {
      stored = outputs;
      const model = outputs.get(serve.model);
      const raw = serve.raw === undefined ? undefined : outputs.get(serve.raw);
      if (model === undefined || raw === undefined) return;
      if (model.bytes + raw.bytes <= MOST_BESIDE_STEPS_BYTES) packAhead(outputs);
    },
    register: async (done) => {
      if (done.failure !== undefined) return undefined;
      if (project.registry.pipelines.latestRevision(pipeline.name) === undefined) return undefined;
      const known = done.executed === 0 ? knownVersion({ ...input, done }, serve.model) : undefined;
      if (known !== undefined) return known;
      packAhead(stored);
      return makeVersion(context, { ...input, done, ahead });
    },
    [Symbol.asyncDispose]: async () => {
      await keeper[Symbol.asyncDispose]();
      await ahead;
    },
  };
}

function knownVersion(
  { project, pipeline, done }: RegisterInput,
  artifact: string,
): RegisteredModel | undefined {
  const digest = modelOf(done.run, artifact);
  const version = project.registry.models.list(pipeline.name).findLast(({ runId }) => {
    const run = project.registry.runs.find(runId);
    return run !== undefined && modelOf(run, artifact) === digest;
  });
  if (version === undefined) return undefined;
  const { model } = version;
  const serving = { ready: "contract.json" in version.files };
  return { model, version: version.version, created: false, serving };
}

function modelOf(run: RunResult["run"], artifact: string): string | undefined {
  return run.steps.flatMap((step) => step.manifest?.outputs[artifact]?.digest ?? [])[0];
}

async function makeVersion(
  context: CommandContext,
  { project, pipeline, python, done, ahead }: RegisterInput,
): Promise<RegisteredModel> {
  const { registerRun } = await import("../../app/register-run.ts");
  const { whoActs } = await import("../../app/who-acts.ts");
  context.events.emit({ kind: "phase-started", phase: "register", detail: pipeline.name });
  const { version, created, serving } = await registerRun(
    {
      pipeline,
      run: done.run.id,
      model: undefined,
      python,
      actor: await whoActs(project.root, context.environment, project.git),
      signal: context.signal,
      ...(ahead === undefined ? {} : { ahead }),
    },
    project,
  );
  const detail = `${version.model}@v${String(version.version)}`;
  context.events.emit({ kind: "phase-finished", phase: "register", detail });
  return { model: version.model, version: version.version, created, serving };
}
