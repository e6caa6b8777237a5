/** Flags and settings → `app/deploy-pipeline.ts`. */
import { deployPipeline } from "../../app/deploy-pipeline.ts";
import { DeployReport } from "../../app/deploy-schema.ts";
import { loadPipeline } from "../../app/load-pipeline.ts";
import { replayPendingWrites } from "../../app/write-files.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import { Name } from "../../pipeline/schema.ts";
import type { CommandContext } from "../context.ts";
import { templatesFolder } from "../package-root.ts";

/** Flags of the command; `undefined` takes the setting or the default. */
export interface DeployFlags {
  readonly pipeline: string | undefined;
  readonly level: number | undefined;
  readonly target: string | undefined;
  readonly schedule: string | undefined;
  readonly env: string | undefined;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

/** @throws what `deployPipeline` and `loadPipeline` throw; UsageError `usage-wrong-value` for an environment that is no name. */
export async function runDeploy(
  context: CommandContext,
  flags: DeployFlags,
): Promise<{ readonly result: DeployReport; readonly diagnostics: readonly Diagnostic[] }> {
  const { wiring } = context;
  const project = await context.project();
  const settings = await context.config();
  const files = await wiring.files(project.root);
  const registry = await wiring.registry(`${project.root}/.mlops/registry.db`);
  await replayPendingWrites(registry, files);
  const pipeline = await loadPipeline(flags.pipeline, settings.pipelines, files);
  const result = await deployPipeline(
    {
      pipeline,
      level: flags.level ?? 1,
      target: flags.target ?? "github",
      schedule: flags.schedule ?? settings.deploy.schedule,
      timeoutMinutes: settings.deploy["timeout-minutes"],
      environment: environmentName(flags.env),
      gates: settings.deploy.gates?.[pipeline.name] ?? [],
      dryRun: flags.dryRun || flags.diff,
    },
    {
      files,
      registry,
      git: await wiring.git(),
      clock: await wiring.clock(),
      ids: await wiring.ids(),
      parser: await wiring.parser(),
      templates: templatesFolder(),
    },
  );
  const report: DeployReport = {
    version: 1,
    mode: flags.diff ? "diff" : flags.dryRun ? "dry-run" : "written",
    pipeline: result.pipeline,
    subject: result.subject ?? null,
    level: result.level,
    target: result.target,
    environment: result.environment,
    schedule: result.schedule,
    gates: [...result.gates],
    files: result.files.map((file) => ({ ...file })),
    conflicts: result.writes.conflicts.map((one) => ({ ...one })),
    diff: flags.diff ? result.diff : null,
    deployment: result.deployment?.id ?? null,
  };
  return { result: DeployReport.parse(report), diagnostics: result.diagnostics };
}

function environmentName(text: string | undefined): string | undefined {
  if (text === undefined || Name.safeParse(text).success) return text;
  throw new UsageError(
    `--env ${text}: must be lower-case letters, digits and hyphens, starting with a letter.`,
    { code: "usage-wrong-value", hint: "for example --env production" },
  );
}
