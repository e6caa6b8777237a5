/** Asks what `init` needs to know. */
import { relative } from "node:path";
import { type FoundPython, findPython, findPythons } from "../../app/find-python.ts";
import { checkPipelinesFolder, initProject } from "../../app/init-project.ts";
import type { InitResult } from "../../app/init-schema.ts";
import { EVERY_PIPELINE, rememberPython } from "../../app/remembered-python.ts";
import { UsageError } from "../../base/errors.ts";
import type { Files } from "../../ports/files.ts";
import type { CommandContext } from "../context.ts";
import { namedPython } from "../named-python.ts";
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
  const wish = { flag: flags.python, pipeline: undefined };
  const named = isNew ? flags.python : await namedPython(wish, context, files);
  const python = await findPython(
    { named, environment, signal },
    { files, processes: await wiring.processes() },
  );
  const chosen =
    isNew && flags.python === undefined ? await choosePython(python, files, context) : python;
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
    chosen.foundBy === "project-environment"
      ? relative(files.absolute("."), chosen.command).replaceAll("\\", "/")
      : undefined;
  const pythonSetting = flags.python ?? own;
  const result = await initProject({ python: chosen, pythonSetting, pipelines, template }, files);
  if (isNew && chosen !== python && own === undefined)
    await rememberPython(
      { pipeline: EVERY_PIPELINE, setting: undefined },
      chosen.executable,
      files,
    );
  return result;
}

/** Asks on a terminal where there are several; elsewhere the first one is taken. */
async function choosePython(
  recommended: FoundPython,
  files: Files,
  { wiring, prompts, environment, signal, yes }: CommandContext,
): Promise<FoundPython> {
  if (!prompts.isInteractive || yes) return recommended;
  const found = await findPythons(
    { named: undefined, environment, signal },
    { files, processes: await wiring.processes() },
  );
  if (found.length < 2) return recommended;
  const executable = await prompts.choose({
    message: "Which Python runs the notebooks?",
    flag: "--python PATH",
    default: recommended.executable,
    choices: found.map((one) => ({
      value: one.executable,
      label: `Python ${one.version}  ${one.executable}, ${one.because}${one.executable === recommended.executable ? " (recommended)" : ""}`,
    })),
  });
  const chosen = found.find((one) => one.executable === executable);
  return chosen === undefined ? recommended : { ...chosen, notes: recommended.notes };
}
