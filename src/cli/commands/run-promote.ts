/** Flags and settings → `app/promote-notebook.ts`. */
import { promoteNotebook } from "../../app/promote-notebook.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import { kebab } from "../../pipeline/parameters.ts";
import { Name } from "../../pipeline/schema.ts";
import type { CommandContext } from "../context.ts";
import { fromRoot, openProject } from "../open-project.ts";
import { templatesFolder } from "../package-root.ts";
import type { PromotionResult } from "../promotion-schema.ts";

/** What the command line said. */
export interface PromoteFlags {
  readonly notebook: string;
  readonly name: string | undefined;
  readonly python: string | undefined;
  readonly timeout: number | undefined;
  readonly dryRun: boolean;
  readonly diff: boolean;
  readonly observe: boolean;
  readonly verify: boolean;
  readonly fresh: boolean;
  readonly allowNetwork: boolean;
  readonly allowWrite: boolean;
  readonly lock: boolean;
}

/** @throws UsageError `usage-wrong-value` for a name that no pipeline may have. */
export async function runPromote(
  context: CommandContext,
  flags: PromoteFlags,
): Promise<{ readonly result: PromotionResult; readonly diagnostics: readonly Diagnostic[] }> {
  if (flags.name !== undefined && !Name.safeParse(flags.name).success) {
    throw new UsageError(
      `${flags.name} is no name for a pipeline: lower-case letters, digits and hyphens, starting with a letter`,
      {
        code: "usage-wrong-value",
        hint: `for example --name ${kebab(flags.name)}`,
      },
    );
  }
  const project = await openProject(context);
  const { config } = project;
  const result = await promoteNotebook(
    {
      notebook: fromRoot(project, context.workingDirectory, flags.notebook),
      name: flags.name,
      pipelinesFolder: config.pipelines,
      // Reading alone needs no interpreter.
      python: flags.observe ? await project.findPython(flags.python) : "",
      timeoutMs: (flags.timeout ?? config.promote.timeout) * 1000,
      observe: flags.observe,
      verify: flags.verify && flags.observe,
      fresh: flags.fresh,
      dryRun: flags.dryRun || flags.diff,
      cut: "role",
      allowNetwork: flags.allowNetwork || config.promote["allow-network"],
      allowWrite: flags.allowWrite || config.promote["allow-write"],
      lock: flags.lock && config.promote.lock,
      variables: context.environment,
      signal: context.signal,
    },
    {
      ...project,
      processes: await context.wiring.processes(),
      events: context.events,
      parser: await context.wiring.parser(),
      templates: templatesFolder(),
    },
  );
  const { diagnostics, revision, certificate, failure, diff, ...rest } = result;
  return {
    diagnostics,
    result: {
      ...rest,
      ...(revision === undefined ? {} : { revision }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(failure === undefined ? {} : { failure }),
      ...(diff === undefined ? {} : { diff }),
    },
  };
}
