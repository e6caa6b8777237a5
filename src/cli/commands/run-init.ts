/** Asks what `init` needs to know. */
import { relative } from "node:path";
import { findPython } from "../../app/find-python.ts";
import { checkPipelinesFolder, initProject } from "../../app/init-project.ts";
import type { InitResult } from "../../app/init-schema.ts";
import { UsageError } from "../../base/errors.ts";
import type { CommandContext } from "../context.ts";
import { templatesFolder } from "../package-root.ts";

/** Answers given by flags; what is `undefined` is asked on a terminal, and has its default elsewhere. */
export interface InitFlags {
  readonly python: string | undefined;
  readonly pipelines: string | undefined;
}

/** A folder below an existing project belongs to that project; any other becomes one itself. */
export async function runInit(context: CommandContext, flags: InitFlags): Promise<InitResult> {
  const { wiring, prompts, environment, signal } = context;
  const project = await context.project();
  const isNew = project.foundBy !== "config";
  const files = await wiring.files(isNew ? context.workingDirectory : project.root);
  const settings = isNew ? undefined : await context.config();
  const python = await findPython(
    { named: flags.python ?? settings?.python, environment, signal },
    { files, processes: await wiring.processes() },
  );
  const asks = isNew && prompts.isInteractive && flags.pipelines === undefined;
  const pipelines = asks
    ? await prompts.text({
        message: "Where should pipelines go?",
        flag: "--pipelines FOLDER",
        default: "pipelines",
        check: checkPipelinesFolder,
      })
    : (flags.pipelines ?? settings?.pipelines ?? "pipelines");
  const wrong = checkPipelinesFolder(pipelines);
  if (wrong !== undefined) {
    throw new UsageError(`--pipelines: ${wrong}`, { code: "usage-wrong-value" });
  }
  const template = await files.readText(`${templatesFolder()}/project/mlopsrc.yaml`);
  if (template === undefined) throw new Error("templates/project/mlopsrc.yaml is not installed");
  // An interpreter found by search is this machine's; only a named one, or the project's own, is written down.
  const own =
    python.foundBy === "project-environment"
      ? relative(files.absolute("."), python.command).replaceAll("\\", "/")
      : undefined;
  const pythonSetting = flags.python ?? own;
  return initProject({ python, pythonSetting, pipelines, template }, files);
}
