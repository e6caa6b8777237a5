/** From a model's name on the command line to its files in place and workers that can load it. */
import { STORE_FOLDER } from "../../app/find-project.ts";
import { findPython } from "../../app/find-python.ts";
import type { ServableModel } from "../../app/serve-model.ts";
import { serveModel } from "../../app/serve-model.ts";
import type { CommandContext } from "../context.ts";

/** @param flags `python` is what `--python` said. */
export async function prepareModel(
  context: CommandContext,
  flags: { readonly model: string; readonly python: string | undefined },
): Promise<ServableModel> {
  const { wiring, environment, signal } = context;
  const { root } = await context.project();
  const config = await context.config();
  const files = await wiring.files(root);
  const python = await findPython(
    { named: flags.python ?? config.python, environment, signal },
    { files, processes: await wiring.processes() },
  );
  return serveModel(
    { reference: flags.model, python: python.executable, modelsFolder: ".mlops/models" },
    {
      files,
      artifacts: await wiring.artifacts(files.absolute(STORE_FOLDER)),
      registry: await wiring.registry(files.absolute(".mlops/registry.db")),
      workers: await wiring.workers(),
    },
  );
}
