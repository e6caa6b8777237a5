/** The machine and the project → `app/examine-machine.ts`. */
import type { DoctorResult } from "../../app/doctor-schema.ts";
import { examineMachine } from "../../app/examine-machine.ts";
import { STORE_FOLDER } from "../../app/find-project.ts";
import { MlopsError } from "../../base/errors.ts";
import type { Config } from "../../config/schema.ts";
import type { Files } from "../../ports/files.ts";
import type { CommandContext } from "../context.ts";
import { namedPython } from "../named-python.ts";

/** Settings that cannot be read are a finding here, not a failure. */
export async function runDoctor(
  context: CommandContext,
  flags: { readonly python: string | undefined },
): Promise<DoctorResult> {
  const { wiring, environment, signal } = context;
  const { root } = await context.project();
  const files = await wiring.files(root);
  const checks = await examineMachine(
    {
      node: process.versions.node,
      config: await settingsOf(context, files, flags.python),
      python: flags.python,
      environment,
      signal,
    },
    {
      files,
      processes: await wiring.processes(),
      git: await wiring.git(),
      artifacts: await wiring.artifacts(files.absolute(STORE_FOLDER)),
      registry: async () =>
        (await files.kind(".mlops/registry.db")) === "file"
          ? wiring.registry(files.absolute(".mlops/registry.db"))
          : undefined,
    },
  );
  return { root, checks: [...checks] };
}

/** With the interpreter that every other command takes in the place of the settings' own, unless a person names one now. */
async function settingsOf(
  context: CommandContext,
  files: Files,
  flag: string | undefined,
): Promise<Config | MlopsError> {
  try {
    const config = await context.config();
    if (flag !== undefined) return config;
    const python = await namedPython({ flag, pipeline: undefined }, context, files);
    return python === undefined ? config : { ...config, python };
  } catch (error) {
    if (error instanceof MlopsError) return error;
    throw error;
  }
}
