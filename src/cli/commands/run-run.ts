/** Flags and settings → `app/run-pipeline.ts`, then `app/register-model.ts` for the model that came of it. */
import { availableParallelism } from "node:os";
import { type LoadedPipeline, loadPipeline } from "../../app/load-pipeline.ts";
import { registerRun } from "../../app/register-run.ts";
import { type RunResult, runPipeline } from "../../app/run-pipeline.ts";
import { readPlanRecord } from "../../app/verify-pipeline.ts";
import { whoActs } from "../../app/who-acts.ts";
import { UsageError } from "../../base/errors.ts";
import type { ParamValue } from "../../run/fingerprint.ts";
import type { OptionalTexts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type OpenProject, openProject } from "../open-project.ts";
import type { RegisteredModel, RunCommandResult } from "../run-schema.ts";

/** Each job is a Python process with all libraries loaded; more than this is a decision about memory. */
const MOST_JOBS = 4;

export interface RunFlags {
  readonly pipeline: string | undefined;
  readonly param: readonly string[];
  /** Absent, bare, or with steps. */
  readonly force: OptionalTexts;
  readonly from: string | undefined;
  readonly only: readonly string[];
  readonly jobs: number | undefined;
  readonly register: boolean;
  readonly python: string | undefined;
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
}

/** Runs the pipeline and, where asked, registers its model under who acts. */
export async function runRun(context: CommandContext, flags: RunFlags): Promise<RunCommandResult> {
  const params = parseParams(flags.param);
  const project = await openProject(context);
  const pipeline = await loadPipeline(flags.pipeline, project.config.pipelines, project.files);
  const python = await project.findPython(flags.python);
  const done = await runPipeline(
    {
      pipeline,
      python,
      params,
      selection: {
        force: flags.force === "bare" ? "all" : flags.force,
        from: flags.from,
        only: flags.only,
      },
      jobs: flags.jobs ?? Math.min(availableParallelism(), MOST_JOBS),
      limits: {
        timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
        defaultTimeoutMs: project.config.promote.timeout * 1000,
        retries: flags.retries,
      },
      signal: context.signal,
    },
    { ...project, events: context.events },
  );
  // A run of some steps says nothing about the model of all of them.
  const registered = flags.register && done.complete
    ? await register(context, { project, pipeline, python, done })
    : undefined;
  const { run, executed, failure, complete } = done;
  return {
    run,
    executed,
    complete,
    ...(failure === undefined ? {} : { failure }),
    ...(registered === undefined ? {} : { registered }),
  };
}

interface Registering {
  readonly project: OpenProject;
  readonly pipeline: LoadedPipeline;
  readonly python: string;
  readonly done: RunResult;
}

/** A run in which nothing was executed has the model of an earlier one, which is registered already. */
async function register(
  context: CommandContext,
  { project, pipeline, python, done }: Registering,
): Promise<RegisteredModel | undefined> {
  const revision = project.registry.pipelines.latestRevision(pipeline.name);
  if (done.failure !== undefined || revision === undefined) return undefined;
  const { plan } = await readPlanRecord(revision.planDigest, project);
  if (plan.serve === undefined) return undefined;
  const model = done.run.steps.find(
    (step) => step.manifest?.outputs[plan.serve?.model ?? ""] !== undefined,
  )?.manifest?.outputs[plan.serve.model];
  const known = project.registry.models
    .list(pipeline.name)
    .find(
      (version) =>
        done.executed === 0 &&
        isModelOf(project, version.runId, plan.serve?.model ?? "", model?.digest),
    );
  if (known !== undefined)
    return {
      model: known.model,
      version: known.version,
      created: false,
      serving: { ready: "contract.json" in known.files },
    };
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
  context.events.emit({
    kind: "phase-finished",
    phase: "register",
    detail: `${version.model}@v${String(version.version)}`,
  });
  return { model: version.model, version: version.version, created, serving };
}

function isModelOf(
  project: OpenProject,
  runId: string,
  artifact: string,
  digest: string | undefined,
): boolean {
  const run = project.registry.runs.find(runId);
  return run?.steps.some((step) => step.manifest?.outputs[artifact]?.digest === digest) ?? false;
}

/** `seed=7` → { seed: 7 }; values are what JSON makes of them, else text. */
export function parseParams(words: readonly string[]): Readonly<Record<string, ParamValue>> {
  const params: Record<string, ParamValue> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1)
      throw new UsageError(`--param ${word}: there is no value`, {
        code: "param-syntax",
        hint: `write --param ${word.replace(/=.*/, "")}=VALUE`,
      });
    params[word.slice(0, at)] = parseValue(word.slice(at + 1));
  }
  return params;
}

function parseValue(text: string): ParamValue {
  try {
    const value: unknown = JSON.parse(text);
    if (
      value === null ||
      typeof value === "number" ||
      typeof value === "boolean" ||
      typeof value === "string"
    )
      return value;
  } catch {
    // Not JSON: plain text, as in --param data-path=data/new.csv.
  }
  return text;
}
