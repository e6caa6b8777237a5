/** Writes a model version's directory from the store. The digests that count are the registry's; the directory appears whole or not at all. */
import { ConflictError } from "../base/errors.ts";
import { parseRelativePath } from "../base/relative-path.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";

/**
 * @param folder Must not exist, unless it holds exactly this version already. Absolute or relative to the project root.
 * @throws ConflictError `model-bytes-missing` when the store lacks or has damaged a file; `output-folder-taken`.
 */
export async function materializeModel(
  version: ModelVersion,
  folder: string,
  ports: { readonly artifacts: Artifacts; readonly files: Files },
): Promise<void> {
  const { files } = ports;
  if ((await files.kind(folder)) !== "missing") {
    if (await isThisVersion(version, folder, files)) return;
    throw taken(folder);
  }
  const parent = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) || "/" : ".";
  await files.makeDirectory(parent);
  const temporary = await files.temporaryDirectory(parent, ".model-");
  try {
    for (const [path, digest] of Object.entries(version.files)) {
      // The registry may have been imported from elsewhere: its paths are not trusted to stay inside.
      if (parseRelativePath(path) !== path) throw missing(version, path);
      const target = files.absolute(`${temporary}/${path}`);
      if (!(await ports.artifacts.copyTo(digest, target))) throw missing(version, path);
    }
    await renameInto(temporary, folder, { version, files });
  } finally {
    await files.remove(temporary);
  }
}

/** Another process may have made the same directory meanwhile; then there is nothing left to do. */
async function renameInto(
  temporary: string,
  folder: string,
  to: { readonly version: ModelVersion; readonly files: Files },
): Promise<void> {
  try {
    await to.files.rename(temporary, folder);
  } catch (error) {
    if ((await to.files.kind(folder)) === "missing") throw error;
    if (!(await isThisVersion(to.version, folder, to.files))) throw taken(folder);
  }
}

/** Whether the folder holds exactly the version's files, by digest; caches of Python do not count. */
async function isThisVersion(
  version: ModelVersion,
  folder: string,
  files: Files,
): Promise<boolean> {
  const found = await files.list(folder, (path) => path.endsWith("__pycache__"));
  const wanted = Object.entries(version.files);
  if (found.length !== wanted.length) return false;
  for (const [path, digest] of wanted)
    if ((await files.digest(`${folder}/${path}`)) !== digest) return false;
  return true;
}

function missing(version: ModelVersion, path: string): ConflictError {
  return new ConflictError(
    `The store lacks ${path} of ${renderModelVersion(version)}, or it was damaged.`,
    {
      code: "model-bytes-missing",
      hint: `register it again from its run, or fetch it from the shared store; see: mlops models verify ${renderModelVersion(version)}`,
    },
  );
}

function taken(folder: string): ConflictError {
  return new ConflictError(`${folder} exists and is not this model version.`, {
    code: "output-folder-taken",
    where: { path: folder },
    hint: "remove it, or choose another folder",
  });
}
