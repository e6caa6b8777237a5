/** Flags and settings → `app/run-pipeline.ts`, then `run-register-model.ts` for the model that came of it. */
import { availableParallelism } from "node:os";
import { findChangedOriginals } from "../../app/changed-originals.ts";
import { type LoadedPipeline, loadPipeline } from "../../app/load-pipeline.ts";
import { checkParameters, settingsOf, workersOf } from "../../app/pipeline-environment.ts";
import { runPipeline } from "../../app/run-pipeline.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import type { Files } from "../../ports/files.ts";
import type { Git } from "../../ports/git.ts";
import type { ParamValue } from "../../run/fingerprint.ts";
import type { OptionalTexts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { openProject } from "../open-project.ts";
import type { NotRegistered, RegisteredModel, RunCommandResult } from "../run-schema.ts";
import { openRegistration } from "./run-register-model.ts";

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

export interface RunOutcome {
  readonly result: RunCommandResult;
  /** What a person may have expected to run and did not. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs the pipeline and, where asked, registers its model under who acts. */
export async function runRun(context: CommandContext, flags: RunFlags): Promise<RunOutcome> {
  const params = parseParams(flags.param);
  const opened = await openProject(context, asked);
  const pipeline = await loadPipeline(flags.pipeline, opened.config.pipelines, opened.files);
  checkParameters(pipeline, params, context.environment);
  const workers = workersOf(pipeline, opened.workers, context.environment);
  const project = { ...opened, workers };
  const python = await project.findPython({ flag: flags.python, pipeline: pipeline.name });
  const limitMs = project.config.promote.timeout * 1000;
  await using registration = flags.register
    ? openRegistration(context, {
        project,
        pipeline,
        python,
        limitMs,
        params: { ...pipeline.params, ...params },
      })
    : undefined;
  const done = await runPipeline(
    {
      pipeline,
      python,
      params,
      settings: settingsOf(pipeline.file.environment, context.environment),
      selection: {
        force: flags.force === "bare" ? "all" : flags.force,
        from: flags.from,
        only: flags.only,
      },
      jobs: flags.jobs ?? Math.min(availableParallelism(), MOST_JOBS),
      limits: {
        timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
        defaultTimeoutMs: limitMs,
        retries: flags.retries,
      },
      signal: context.signal,
      onStored: registration?.onStored,
    },
    { ...project, workers: registration?.workers ?? workers, events: context.events },
  );
  const { run, executed, failure, complete } = done;
  // A run of some steps says nothing about the model of all of them.
  const made = complete ? await registration?.register(done) : undefined;
  const isManual = flags.register && project.config.models.register === "manual";
  const model = isManual && complete && failure === undefined ? pipeline.file.serve : undefined;
  if (executed > 0) {
    const { keepStoreBounded } = await import("../keep-store-bounded.ts");
    await keepStoreBounded(project, context);
  }
  return {
    result: {
      run,
      executed,
      complete,
      ...(failure === undefined ? {} : { failure }),
      ...modelOf(made),
      ...(model === undefined ? {} : { notRegistered: leftToPeople(pipeline.name) }),
    },
    diagnostics: [
      ...(await whyItFailed(failure?.step, pipeline, project.files)),
      ...(await findChangedOriginals(pipeline.file, project.files)),
    ],
  };
}

function modelOf(
  made: RegisteredModel | NotRegistered | undefined,
): Pick<RunCommandResult, "registered" | "notRegistered"> {
  if (made === undefined) return {};
  return "because" in made ? { notRegistered: made } : { registered: made };
}

function leftToPeople(pipeline: string): NotRegistered {
  const because = ["models.register in .mlopsrc.yaml is manual"];
  return { model: pipeline, because };
}

/** What reads the record of data is loaded when there is a failure to explain. */
async function whyItFailed(
  step: string | undefined,
  pipeline: LoadedPipeline,
  files: Files,
): Promise<readonly Diagnostic[]> {
  if (step === undefined) return [];
  const { findMissingData } = await import("../../app/find-missing-data.ts");
  return findMissingData(pipeline, step, files);
}

/** The state of the work tree is asked for at once, because git takes as long as reading the pipeline does. */
function asked(git: Git, root: string): Git {
  const state = git.state(root);
  // Whoever needs it is told; a command that fails before has another reason.
  state.catch(() => undefined);
  return {
    ...git,
    state: async (directory) => (directory === root ? state : git.state(directory)),
  };
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
