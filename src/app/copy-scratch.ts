/** A throw-away copy of a folder in which user code may run and write, because notebooks write beside their data. */
import { relative } from "node:path/posix";
import type { Files } from "../ports/files.ts";

/** Folders that no pipeline reads and that are large: version control, environments, our own state. */
const SKIPPED = new Set([
  ".git",
  ".hg",
  ".mlops",
  ".venv",
  "venv",
  "env",
  "node_modules",
  "__pycache__",
  ".ipynb_checkpoints",
  ".tox",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".dvc",
]);

export interface Scratch {
  /** Absolute folder that holds the copy and nothing else. */
  readonly folder: string;
  /** Absolute path of the copied folder. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

/**
 * Copies `root` (by reflink where the file system can) below `.mlops/tmp`.
 *
 * @param skip Further relative paths to leave out, for example the pipelines folder.
 */
export async function copyScratch(
  root: string,
  files: Files,
  skip: (relativePath: string) => boolean = () => false,
): Promise<Scratch> {
  await files.makeDirectory(".mlops/tmp");
  const folder = await files.temporaryDirectory(files.absolute(".mlops/tmp"), "run-");
  const copy = `${folder}/root`;
  await files.makeDirectory(copy);
  await files.copyTree(root, copy, notCopied(skip));
  return { folder, root: copy, remove: () => files.remove(folder) };
}

/** Relative paths that a copy leaves out: what no pipeline reads, and what the caller names. */
export function notCopied(skip: (relativePath: string) => boolean): (path: string) => boolean {
  return (path) => SKIPPED.has(path.split("/").at(-1) ?? "") || skip(path);
}

/** What `copyScratch` skips so that pipelines made before are no data of the notebook. Both folders are relative to the project root. */
export function skipPipelines(pipelinesFolder: string, root: string): (path: string) => boolean {
  const inside = relative(root, pipelinesFolder);
  return (path) =>
    inside !== "" && !inside.startsWith("..") && (path === inside || path.startsWith(`${inside}/`));
}
