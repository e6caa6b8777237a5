/** Where a model version's directory is put together to be loaded, and that it is there whole. */
import { MlopsError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { ModelVersion } from "../registry/model.ts";
import { materializeModel } from "./materialize-model.ts";

/** The version's folder below ours. One that is not the version any more is made anew: it is a copy, the store has the truth. */
export async function placeModel(
  version: ModelVersion,
  modelsFolder: string,
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<string> {
  const folder = `${modelsFolder}/${folderName(version.model)}/v${String(version.version)}`;
  try {
    await materializeModel(version, folder, ports);
  } catch (error) {
    if (!(error instanceof MlopsError) || error.code !== "output-folder-taken") throw error;
    await ports.files.remove(folder);
    await materializeModel(version, folder, ports);
  }
  await ports.files.touch(folder);
  return ports.files.absolute(folder);
}

/** Model names that other clients brought may hold any character; folders may not. */
function folderName(model: string): string {
  return encodeURIComponent(model).replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
}
