/** Flags and settings → `app/promote-notebook.ts`. */

import { basename } from "node:path";
import { loadNotebooks } from "../../app/load-notebook.ts";
import { nameOfPipeline, type PromoteInput, promoteNotebooks } from "../../app/promote-notebook.ts";
import { rememberPython } from "../../app/remembered-python.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import { kebab } from "../../pipeline/parameters.ts";
import { Name } from "../../pipeline/schema.ts";
import type { CommandContext } from "../context.ts";
import { keepStoreBounded } from "../keep-store-bounded.ts";
import { fromRoot, type OpenProject, openProject } from "../open-project.ts";
import { templatesFolder } from "../package-root.ts";
import type { PromotionResult } from "../promotion-schema.ts";
import { reviewPlanDialog } from "../review-plan-dialog.ts";
import { reviewServingDialog } from "../review-serving-dialog.ts";

/** What the command line said. */
export interface PromoteFlags {
  readonly notebooks: readonly string[];
  readonly name: string | undefined;
  readonly python: string | undefined;
  readonly asOf: string | undefined;
  readonly timeout: number | undefined;
  readonly order: string | undefined;
  readonly fix: string | undefined;
  readonly interactive: boolean;
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
  if (flags.interactive && !context.prompts.isInteractive) {
    throw new UsageError("--interactive needs a terminal to ask on", {
      code: "usage-missing-answer",
      hint: "leave it out; decisions can be written under decisions: in pipeline.yaml, too",
    });
  }
  const order = orderOf(flags);
  const fix = fixOf(flags);
  const project = await openProject(context);
  const { config } = project;
  const notebooks = notebooksOf(flags, (path) => fromRoot(project, context.workingDirectory, path));
  // Reading alone needs no interpreter.
  const name = nameOfPipeline({ name: flags.name, notebooks });
  // An environment of a day is made by the usual interpreter, not by the one of an earlier day.
  const wish = { flag: flags.python, pipeline: flags.asOf === undefined ? name : undefined };
  const isNeeded = flags.observe || flags.python !== undefined;
  const found = isNeeded ? await project.findPython(wish) : "";
  const earlier = flags.asOf === undefined ? undefined : { asOf: flags.asOf, notebooks, found };
  const python = earlier === undefined ? found : await pythonAsOf(earlier, project, context);
  const result = await promoteNotebooks(
    {
      notebooks,
      name,
      pipelinesFolder: config.pipelines,
      python,
      timeoutMs: (flags.timeout ?? config.promote.timeout) * 1000,
      observe: flags.observe,
      verify: flags.verify && flags.observe,
      fresh: flags.fresh,
      dryRun: flags.dryRun || flags.diff,
      cut: "role",
      order,
      fix,
      allowNetwork: flags.allowNetwork || config.promote["allow-network"],
      allowWrite: flags.allowWrite || config.promote["allow-write"],
      reviews: flags.interactive ? reviewDialogs(context) : undefined,
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
  if (result.revision !== undefined) {
    // What a search or the settings found, they find again.
    if (flags.python !== undefined || (flags.observe && earlier !== undefined))
      await rememberPython({ pipeline: name, setting: config.python }, python, project.files);
    await keepStoreBounded(project, context);
  }
  const { diagnostics, revision, certificate, failure, diff, fixed, ...rest } = result;
  return {
    diagnostics,
    result: {
      ...rest,
      ...(revision === undefined ? {} : { revision }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(failure === undefined ? {} : { failure }),
      ...(diff === undefined ? {} : { diff }),
      ...(fixed === undefined ? {} : { fixed }),
    },
  };
}

/** The dialogs of `--interactive`, shown beside the results. */
function reviewDialogs({ prompts, events }: CommandContext): PromoteInput["reviews"] {
  const show = (text: string): void => {
    events.emit({ kind: "noted", text });
  };
  return {
    plan: reviewPlanDialog({ prompts, show }),
    serving: reviewServingDialog({ prompts, show }),
  };
}

/** @throws UsageError `usage-wrong-value` for what nothing is known about. */
function fixOf({ fix }: PromoteFlags): PromoteInput["fix"] {
  if (fix === undefined || fix === "leakage") return fix;
  throw new UsageError(`--fix is leakage, not ${fix}`, {
    code: "usage-wrong-value",
    hint: "for example --fix leakage",
  });
}

/** @throws UsageError `usage-wrong-value` for what does not go with it. */
function orderOf(flags: PromoteFlags): PromoteInput["order"] {
  const { order } = flags;
  if (order === undefined || order === "cells") return order;
  const wrong = (message: string, hint: string): UsageError =>
    new UsageError(message, { code: "usage-wrong-value", hint });
  if (order !== "saved")
    throw wrong(`--order is cells or saved, not ${order}`, "for example --order saved");
  if (flags.notebooks.length > 1)
    throw wrong(
      "--order saved takes one notebook",
      "promote each by itself first; then the copies together",
    );
  if (!flags.observe)
    throw wrong(
      "--order saved runs the notebook, and --no-observe never runs it",
      "leave one of the two out",
    );
  if (flags.dryRun || flags.diff)
    throw wrong(
      "--order saved writes a copy of the notebook, and a dry run writes nothing",
      "without --order, the promotion says which order the saved outputs prove, and writes nothing either",
    );
  return order;
}

/** @throws UsageError `usage-missing-answer` for several without a name. */
function notebooksOf(
  flags: PromoteFlags,
  located: (path: string) => string,
): readonly [string, ...string[]] {
  const [first, ...others] = flags.notebooks;
  if (first === undefined) throw new Error("the command line asks for a notebook");
  if (others.length > 0 && flags.name === undefined) {
    throw new UsageError("a pipeline of several notebooks needs a name", {
      code: "usage-missing-answer",
      hint: `for example --name ${kebab(basename(first).replace(/\.ipynb$/i, ""))}`,
    });
  }
  return [located(first), ...others.map(located)];
}

/**
 * The interpreter of an environment of that day.
 *
 * @throws what `asOfMoment` and `environmentAsOf` throw; UsageError `usage-wrong-value` beside `--no-observe`.
 */
async function pythonAsOf(
  wanted: {
    readonly asOf: string;
    readonly notebooks: readonly [string, ...string[]];
    readonly found: string;
  },
  project: OpenProject,
  context: CommandContext,
): Promise<string> {
  if (wanted.found === "") {
    throw new UsageError("--as-of says how to run the notebook, and --no-observe never runs it", {
      code: "usage-wrong-value",
      hint: "leave one of the two out",
    });
  }
  const { asOfMoment, environmentAsOf } = await import("../../app/environment-as-of.ts");
  const { events, environment, signal, wiring } = context;
  const moments: string[] = [];
  for (const notebook of wanted.notebooks)
    moments.push(await asOfMoment(wanted.asOf, notebook, project));
  // The last of them to be committed ran with what there was then.
  const moment = moments.toSorted().at(-1) ?? wanted.asOf;
  const parser = await wiring.parser();
  const { program } = await loadNotebooks(
    wanted.notebooks,
    { files: project.files, parser },
    { pipeline: "notebook", environment },
  );
  const clock = await wiring.clock();
  const startedAtMs = clock.nowMs();
  const phase = "environment";
  const detail = `makes one with the libraries of ${moment.slice(0, 10)}`;
  events.emit({ kind: "phase-started", phase, detail });
  const made = await environmentAsOf(
    { program, moment, python: wanted.found, environment, signal },
    { files: project.files, processes: await wiring.processes() },
  );
  events.emit({ kind: "phase-finished", phase, elapsedMs: clock.nowMs() - startedAtMs });
  return made.python;
}
