/** From a model's name on the command line to its files in place and workers that can load it. */

import { findModel } from "../../app/find-model.ts";
import { STORE_FOLDER } from "../../app/find-project.ts";
import { findPython } from "../../app/find-python.ts";
import type { ServableModel } from "../../app/serve-model.ts";
import { serveModel } from "../../app/serve-model.ts";
import type { CommandContext } from "../context.ts";
import { namedPython } from "../named-python.ts";

/** @param flags `python` is what `--python` said. */
export async function prepareModel(
  context: CommandContext,
  flags: { readonly model: string; readonly python: string | undefined },
): Promise<ServableModel> {
  const { wiring, environment, signal } = context;
  const { root } = await context.project();
  const files = await wiring.files(root);
  const registry = await wiring.registry(files.absolute(".mlops/registry.db"));
  const version = findModel(flags.model, registry.models);
  const wish = { flag: flags.python, pipeline: version.pipeline };
  const python = await findPython(
    { named: await namedPython(wish, context, files), environment, signal },
    { files, processes: await wiring.processes() },
  );
  return serveModel(
    { version, python: python.executable, modelsFolder: ".mlops/models" },
    {
      files,
      artifacts: await wiring.artifacts(files.absolute(STORE_FOLDER)),
      workers: await wiring.workers(),
    },
  );
}
