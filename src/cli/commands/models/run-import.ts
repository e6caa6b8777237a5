/** Flags and settings → `app/import-model.ts`. */
import { findPython } from "../../../app/find-python.ts";
import { importModel } from "../../../app/import-model.ts";
import type { ModelImportReport } from "../../../app/model-transfer-schema.ts";
import { actingIdentity } from "../../acting.ts";
import type { CommandContext } from "../../context.ts";
import { namedPython } from "../../named-python.ts";
import { openState } from "../../open-state.ts";

/** What the command line said. */
export interface ImportFlags {
  readonly folder: string;
  readonly model: string | undefined;
  readonly trust: readonly string[];
  readonly dryRun: boolean;
  readonly python: string | undefined;
}

/** @throws what `importModel` and `findPython` throw. */
export async function runImport(
  context: CommandContext,
  flags: ImportFlags,
): Promise<ModelImportReport> {
  const { wiring, environment, signal } = context;
  const state = await openState(context);
  const { files } = state;
  const here = await wiring.files(context.workingDirectory);
  const wish = { flag: flags.python, pipeline: undefined };
  const python = await findPython(
    { named: await namedPython(wish, context, files), environment, signal },
    { files, processes: await wiring.processes() },
  );
  return importModel(
    {
      folder: here.absolute(flags.folder),
      from: flags.folder,
      model: flags.model,
      trusted: flags.trust,
      dryRun: flags.dryRun,
      python: python.executable,
      actor: await actingIdentity(context, files.absolute(".")),
      signal,
    },
    { ...state, workers: await wiring.workers(), clock: await wiring.clock() },
  );
}
