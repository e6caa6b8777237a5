/** Flags and settings → `app/verify-pipeline.ts`. */

import { loadPipeline } from "../../app/load-pipeline.ts";
import { workersOf } from "../../app/pipeline-environment.ts";
import type { VerifiedPackage } from "../../app/verify-package.ts";
import { verifyPipeline } from "../../app/verify-pipeline.ts";
import type { Certificate } from "../../verification/schema.ts";
import type { CommandContext } from "../context.ts";
import { openProject } from "../open-project.ts";

export interface VerifyFlags {
  readonly pipeline: string | undefined;
  readonly python: string | undefined;
  readonly timeout: number | undefined;
}

/** The certificate of now; the one in the pipeline's folder stays as promotion wrote it. */
export async function runVerify(
  context: CommandContext,
  flags: VerifyFlags,
): Promise<{
  readonly revision: number;
  readonly certificate: Certificate;
  readonly environment: VerifiedPackage["environment"];
  readonly failure?: NonNullable<VerifiedPackage["failure"]>;
}> {
  const project = await openProject(context);
  const { config } = project;
  const pipeline = await loadPipeline(flags.pipeline, config.pipelines, project.files);
  const workers = workersOf(pipeline, project.workers, context.environment);
  context.events.emit({
    kind: "phase-started",
    phase: "verify",
    detail: "runs every step in a fresh process",
  });
  const { revision, certificate, environment, failure } = await verifyPipeline(
    {
      pipeline,
      pipelinesFolder: config.pipelines,
      python: await project.findPython({ flag: flags.python, pipeline: pipeline.name }),
      stepTimeoutMs: (flags.timeout ?? config.promote.timeout) * 1000,
      signal: context.signal,
      onStep: (detail, done, total) => {
        context.events.emit({ kind: "progressed", done, total, detail });
      },
    },
    { ...project, workers },
  );
  context.events.emit({ kind: "phase-finished", phase: "verify" });
  return { revision, certificate, environment, ...(failure === undefined ? {} : { failure }) };
}
