/** A throw-away copy of a folder in which user code may run and write, because notebooks write beside their data. */
import { join, relative } from "node:path/posix";
import type { Files } from "../ports/files.ts";
import { isInProject, topOf, type WorkFolder } from "./work-folder.ts";

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
  /** Absolute folder in it that stands for the project: what was copied has the places it has there. */
  readonly project: string;
  /** Absolute path of the highest folder that was copied. */
  readonly top: string;
  /** Absolute path of the copied work folder. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

/**
 * Copies a work folder (by reflink where the file system can) below `.mlops/tmp`, without pipelines made before: those are
 * no data of a notebook.
 *
 * @param pipelinesFolder Relative to the project.
 */
export async function copyScratch(
  work: WorkFolder,
  pipelinesFolder: string,
  files: Files,
): Promise<Scratch> {
  await files.makeDirectory(".mlops/tmp");
  const folder = await files.temporaryDirectory(files.absolute(".mlops/tmp"), "run-");
  const project = `${folder}/root`;
  const place = (path: string): string => (isInProject(path) ? join(project, path) : project);
  const top = topOf(work);
  await files.makeDirectory(place(top));
  await files.copyTree(top, place(top), leftOut(work, pipelinesFolder));
  await markRepository(top, place(top), files);
  return {
    folder,
    project,
    top: place(top),
    root: place(work.root),
    remove: () => files.remove(folder),
  };
}

/** Code that looks for the top of its repository finds that of the copy, not that of the project in which the copy stands. */
async function markRepository(from: string, to: string, files: Files): Promise<void> {
  if ((await files.kind(join(from, ".git"))) !== "missing")
    await files.makeDirectory(join(to, ".git"));
}

/**
 * Which paths, relative to the highest folder that is copied, a copy leaves out: what no pipeline reads, and pipelines made before.
 *
 * @param pipelinesFolder Relative to the project.
 */
export function leftOut(work: WorkFolder, pipelinesFolder: string): (path: string) => boolean {
  const inside = relative(topOf(work), pipelinesFolder);
  const hasPipelines = isInProject(inside);
  return (path) =>
    isOfTools(path) || (hasPipelines && (path === inside || path.startsWith(`${inside}/`)));
}

/** Whether a file or folder is one that tools own. */
export function isOfTools(path: string): boolean {
  return SKIPPED.has(path.split("/").at(-1) ?? "");
}
