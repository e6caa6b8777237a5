/** After a run: the version its model is, or becomes where the settings let it. What making one takes is loaded only when there is one to make. */
import type { LoadedPipeline } from "../../app/load-pipeline.ts";
import type { PackedAhead } from "../../app/pack-ahead.ts";
import type { RunResult, StoredByRun } from "../../app/started-run.ts";
import { openTwinKeeper } from "../../app/twin-keeper.ts";
import type { Workers } from "../../ports/worker.ts";
import type { RunRecord } from "../../registry/run-record.ts";
import type { CommandContext } from "../context.ts";
import type { OpenProject } from "../open-project.ts";
import type { NotRegistered, RegisteredModel } from "../run-schema.ts";

/** Of model and raw table as stored. Larger ones are packed when the steps have ended: both at once may need more memory than there is. */
const MOST_BESIDE_STEPS_BYTES = 64 * 1024 * 1024;

interface RegisterInput {
  readonly project: OpenProject;
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  readonly limitMs: number;
  /** Of the run. */
  readonly params: RunRecord["params"];
  readonly done: RunResult;
  readonly ahead?: Promise<PackedAhead | undefined> | undefined;
}

/** Registers the model of a run. It begins while the run is going on, so the run takes its workers from here. */
export interface Registration extends AsyncDisposable {
  /** For the steps. */
  readonly workers: Workers;
  /** For `RunInput.onStored`. */
  readonly onStored: (stored: StoredByRun) => void;
  /** `undefined` when the run failed. A run in which nothing was executed has the model of an earlier one. */
  readonly register: (done: RunResult) => Promise<RegisteredModel | NotRegistered | undefined>;
}

/** @returns `undefined` when the pipeline serves no model, or none is to be registered by itself. */
export function openRegistration(
  context: CommandContext,
  input: Omit<RegisterInput, "done" | "ahead">,
): Registration | undefined {
  const { project, pipeline, limitMs, params } = input;
  const { serve } = pipeline.file;
  if (serve === undefined || project.config.models.register === "manual") return undefined;
  const keeper = openTwinKeeper(project.workers);
  let ahead: Promise<PackedAhead | undefined> | undefined;
  const packAhead = ({ outputs, manifests }: StoredByRun): void => {
    const twin = keeper.takeTwin();
    if (twin === undefined) return;
    const stored = { outputs: new Map(outputs), manifests: new Map(manifests) };
    const wanted = { pipeline, stored, params, twin, limitMs, signal: context.signal };
    ahead = import("../../app/pack-ahead.ts").then((module) => module.packAhead(wanted, project));
  };
  let last: StoredByRun = { outputs: new Map(), manifests: new Map() };
  return {
    workers: keeper.steps,
    onStored: (stored) => {
      last = stored;
      const { outputs } = stored;
      const model = outputs.get(serve.model);
      const raw = serve.raw === undefined ? undefined : outputs.get(serve.raw);
      if (model === undefined || (raw === undefined && serve.raw !== undefined)) return;
      if (model.bytes + (raw?.bytes ?? 0) <= MOST_BESIDE_STEPS_BYTES) packAhead(stored);
    },
    register: async (done) => {
      if (done.failure !== undefined) return undefined;
      if (project.registry.pipelines.latestRevision(pipeline.name) === undefined) return undefined;
      const known = done.executed === 0 ? knownVersion({ ...input, done }, serve.model) : undefined;
      if (known !== undefined) return known;
      packAhead(last);
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
  { project, pipeline, python, done, ahead, limitMs }: RegisterInput,
): Promise<RegisteredModel | NotRegistered> {
  const { registerRun, registerRunIfBetter } = await import("../../app/register-run.ts");
  const { actingIdentity } = await import("../acting.ts");
  context.events.emit({ kind: "phase-started", phase: "register", detail: pipeline.name });
  const { models, deploy } = project.config;
  const input = {
    pipeline,
    run: done.run.id,
    model: undefined,
    python,
    actor: await actingIdentity(context, project.root),
    signal: context.signal,
    evaluation: { limitMs, better: models.better },
    ...(ahead === undefined ? {} : { ahead }),
  };
  const demands = {
    thresholds: deploy.gates?.[pipeline.name] ?? [],
    championMetric: models["champion-metric"],
  };
  const made =
    models.register === "better"
      ? await registerRunIfBetter(demands, input, project)
      : await registerRun(input, project);
  if ("notRegistered" in made) {
    const detail = `${made.model} is no version`;
    context.events.emit({ kind: "phase-finished", phase: "register", detail });
    return { model: made.model, because: made.notRegistered };
  }
  const { version, created, serving } = made;
  const detail = `${version.model}@v${String(version.version)}`;
  context.events.emit({ kind: "phase-finished", phase: "register", detail });
  return { model: version.model, version: version.version, created, serving };
}
