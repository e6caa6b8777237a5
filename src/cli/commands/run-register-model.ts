/** After a run: the version its model is, or becomes. What making one takes is loaded only when there is one to make. */
import type { LoadedPipeline } from "../../app/load-pipeline.ts";
import type { RunResult } from "../../app/started-run.ts";
import type { CommandContext } from "../context.ts";
import type { OpenProject } from "../open-project.ts";
import type { RegisteredModel } from "../run-schema.ts";

export interface RegisterInput {
  readonly project: OpenProject;
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  readonly done: RunResult;
}

/** `undefined` when nothing is served, or the run failed. A run in which nothing was executed has the model of an earlier one. */
export async function registerModel(
  context: CommandContext,
  input: RegisterInput,
): Promise<RegisteredModel | undefined> {
  const { project, pipeline, done } = input;
  const artifact = pipeline.file.serve?.model;
  if (done.failure !== undefined || artifact === undefined) return undefined;
  if (project.registry.pipelines.latestRevision(pipeline.name) === undefined) return undefined;
  const known = done.executed === 0 ? knownVersion(input, artifact) : undefined;
  return known ?? (await makeVersion(context, input));
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
  { project, pipeline, python, done }: RegisterInput,
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
    },
    project,
  );
  const detail = `${version.model}@v${String(version.version)}`;
  context.events.emit({ kind: "phase-finished", phase: "register", detail });
  return { model: version.model, version: version.version, created, serving };
}
