/** A registered model version as a folder of files (contract 6), every byte checked against the registry's digests. */

import { InputError } from "../base/errors.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";

/** Written by whoever makes the folder; nobody trusts it, so it may stand beside the listed files. */
const UNTRUSTED = new Set(["digests.json"]);

/**
 * Makes `<folder>/<model>/v<k>` hold exactly the version's files: missing or changed ones come from the store, others go.
 * A second call costs one digest per file.
 *
 * @param folder Where models are kept, e.g. `.mlops/models`.
 * @returns The absolute folder.
 * @throws InputError `model-bytes-missing` when the store has lost a file.
 */
export async function materializeModel(
  version: ModelVersion,
  folder: string,
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<string> {
  const target = `${folder}/${folderName(version.model)}/v${String(version.version)}`;
  for (const [name, digest] of Object.entries(version.files)) {
    const path = `${target}/${relativePath(name)}`;
    if ((await ports.files.digest(path)) === digest) continue;
    if (await ports.artifacts.copyTo(digest, ports.files.absolute(path))) continue;
    throw new InputError(
      `${renderModelVersion(version)} cannot be put together: the store has lost ${name} (${digest}).`,
      {
        code: "model-bytes-missing",
        hint: "restore the store from a backup, or register the model again with mlops run",
      },
    );
  }
  for (const name of await ports.files.list(target)) {
    if (name in version.files || UNTRUSTED.has(name)) continue;
    await ports.files.remove(`${target}/${name}`);
  }
  return ports.files.absolute(target);
}

/** Model names that other clients brought may hold any character; folders may not. */
function folderName(model: string): string {
  return encodeURIComponent(model).replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
}
