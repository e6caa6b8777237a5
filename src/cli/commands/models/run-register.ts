/** Flags and settings → `app/register-run.ts`. */
import { findPython } from "../../../app/find-python.ts";
import { loadPipeline } from "../../../app/load-pipeline.ts";
import type { ModelRegisterReport } from "../../../app/models-schema.ts";
import { withEnvironment } from "../../../app/pipeline-environment.ts";
import { registerRun } from "../../../app/register-run.ts";
import { reportVersion } from "../../../app/report-models.ts";
import { UsageError } from "../../../base/errors.ts";
import { parseName } from "../../../registry/names.ts";
import { actingIdentity } from "../../acting.ts";
import type { CommandContext } from "../../context.ts";
import { namedPython } from "../../named-python.ts";
import { openState } from "../../open-state.ts";

/** What the command line said. */
export interface RegisterFlags {
  readonly pipeline: string | undefined;
  readonly run: string | undefined;
  readonly model: string | undefined;
  readonly python: string | undefined;
  readonly trust: readonly string[];
}

/** @throws what `registerRun`, `loadPipeline` and `findPython` throw; UsageError `usage-wrong-value`. */
export async function runRegister(
  context: CommandContext,
  flags: RegisterFlags,
): Promise<ModelRegisterReport> {
  const { wiring, environment, signal } = context;
  const config = await context.config();
  const state = await openState(context);
  const { files, registry } = state;
  const pipeline = await loadPipeline(flags.pipeline, config.pipelines, files);
  const wish = { flag: flags.python, pipeline: pipeline.name };
  const python = await findPython(
    { named: await namedPython(wish, context, files), environment, signal },
    { files, processes: await wiring.processes() },
  );
  const actor = await actingIdentity(context, files.absolute("."));
  const { version, created, serving } = await registerRun(
    {
      pipeline,
      run: flags.run,
      model: modelName(flags.model),
      python: python.executable,
      actor,
      signal,
      evaluation: { limitMs: config.promote.timeout * 1000, better: config.models.better },
      trusted: flags.trust,
    },
    {
      ...state,
      // As in a run: the package may read them when it is imported. What they were needed for has been done.
      workers: withEnvironment(await wiring.workers(), pipeline.file.environment, environment),
      clock: await wiring.clock(),
    },
  );
  return {
    ...reportVersion(version, registry.models),
    created,
    notServableBecause: serving.ready ? null : serving.because,
  };
}

function modelName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const name = parseName(text);
  if (name.ok) return name.value;
  throw new UsageError(`--model ${text}: ${name.error}.`, {
    code: "usage-wrong-value",
    hint: "for example --model churn",
  });
}
