/** Writes a model version into a folder of its own, with what the registry knows of it, for another registry or for MLflow. */
import { ConflictError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { renderExportedVersion, VERSION_FILE } from "./exported-version.ts";
import { materializeModel } from "./materialize-model.ts";
import type { ModelExportReport } from "./model-transfer-schema.ts";

export interface ExportPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Pick<Registry, "audit">;
}

/**
 * The version's own files and `version.json`. The folder appears whole or not at all.
 *
 * @param folder Must not exist.
 * @throws ConflictError `output-folder-taken`, `model-bytes-missing`.
 */
export async function exportModel(
  version: ModelVersion,
  folder: string,
  ports: ExportPorts,
): Promise<ModelExportReport> {
  const reference = renderModelVersion(version);
  await writeFolder(folder, ports.files, async (temporary) => {
    await materializeModel(version, temporary, ports);
    const text = renderExportedVersion(version, reference, ports.registry.audit.list());
    await ports.files.writeAtomic(`${temporary}/${VERSION_FILE}`, text);
  });
  return {
    reference,
    folder,
    format: "mlflow",
    files: [...Object.keys(version.files), VERSION_FILE].sort(),
    compared: null,
  };
}

/**
 * Fills a folder beside the one that is asked for, then gives it its name.
 *
 * @throws ConflictError `output-folder-taken` where something has the name.
 */
export async function writeFolder(
  folder: string,
  files: Files,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = folder.replace(/\/+$/, "");
  if ((await files.kind(target)) !== "missing") throw taken(folder);
  const parent = target.includes("/") ? target.slice(0, target.lastIndexOf("/")) || "/" : ".";
  await files.makeDirectory(parent);
  const outer = await files.temporaryDirectory(parent, ".export-");
  try {
    await fill(`${outer}/version`);
    // Renaming replaces an empty folder without a word.
    if ((await files.kind(target)) !== "missing") throw taken(folder);
    await files.rename(`${outer}/version`, target);
  } finally {
    await files.remove(outer);
  }
}

function taken(folder: string): ConflictError {
  return new ConflictError(`${folder} is there already.`, {
    code: "output-folder-taken",
    where: { path: folder },
    hint: "remove it, or name another folder by --out",
  });
}
