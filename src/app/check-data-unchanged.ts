/**
 * Whether the data that a promotion read is the data that is there. Runs work on copies made one after the other; data that
 * changes in between would give a certificate over different data, or a pipeline proven with data that is gone.
 */
import { join } from "node:path/posix";
import { ConflictError } from "../base/errors.ts";
import type { Observation } from "../observation/schema.ts";
import type { Files } from "../ports/files.ts";

/** Content of each file that the notebook found, by path relative to its folder. What it wrote itself before is none of them. */
export function foundData(observation: Observation): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const written = new Set<string>();
  for (const { filesRead, filesWritten } of observation.statements) {
    for (const { path, sha256 } of filesRead)
      if (sha256 !== null && !written.has(path) && !found.has(path)) found.set(path, sha256);
    for (const { path } of filesWritten) written.add(path);
  }
  return found;
}

/**
 * @param root Folder of the notebook, relative to the project.
 * @throws ConflictError `data-changed-while-promoting` when a later run found other content than the first.
 */
export function checkSameData(first: Observation, later: Observation, root: string): void {
  const before = foundData(first);
  for (const [path, digest] of foundData(later))
    if (before.has(path) && before.get(path) !== digest) throw changed(join(root, path));
}

/**
 * @param root Folder of the notebook, relative to the project.
 * @throws ConflictError `data-changed-while-promoting` when a file is not, or no longer, as the run found it.
 */
export async function checkDataIsStillThere(
  observation: Observation,
  root: string,
  files: Files,
): Promise<void> {
  for (const [path, digest] of foundData(observation)) {
    const at = join(root, path);
    if ((await files.digest(at)) !== digest) throw changed(at);
  }
}

function changed(path: string): ConflictError {
  return new ConflictError(
    `${path} was changed while the notebook was being promoted; nothing was written.`,
    {
      code: "data-changed-while-promoting",
      where: { path },
      hint: "wait until nothing writes to it any more (or give the notebook a copy), then run the command again",
    },
  );
}
