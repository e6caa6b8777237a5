/** A file that a cell looked for in vain → what is not there, where it was looked for, and the likeliest way to have it there. */
import { basename, dirname, join, normalize, relative } from "node:path/posix";
import { suggestName } from "../base/did-you-mean.ts";
import { type ErrorDetails, InputError, type MlopsError } from "../base/errors.ts";
import type { Observation, StatementObservation } from "../observation/schema.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import { levelsAbove } from "../pipeline/reach.ts";
import type { Files } from "../ports/files.ts";
import { isOfTools } from "./copy-scratch.ts";
import { wayToFetch } from "./datasets-lock.ts";
import { levelsInProject, type WorkFolder } from "./work-folder.ts";

interface Looked {
  /** Folder of the notebook, and how far above it the copy went. */
  readonly work: WorkFolder;
  /** Absolute folder of the copy that the notebook ran on. */
  readonly copy: string;
  /** Absolute folder of the copy that stands for the project. */
  readonly project: string;
}

/** The file's place is above what was copied: a copy that goes further up has it. */
export class DataAbove extends InputError {
  /** As the notebook looks for it, from its folder. */
  readonly path: string;
  /** How many folders above the notebook's the copy has to go. */
  readonly levels: number;

  constructor(
    message: string,
    details: ErrorDetails & { readonly path: string; readonly levels: number },
  ) {
    super(message, details);
    this.path = details.path;
    this.levels = details.levels;
  }
}

/** `undefined` when the statement failed for another reason, or no path is said. */
export async function explainMissingFile(
  failed: StatementObservation,
  where: { readonly path: string; readonly cell: number; readonly line: number },
  looked: Looked,
  files: Files,
): Promise<MlopsError | undefined> {
  const path = missingPath(failed, looked);
  if (path === undefined) return writtenAbove(failed, where, looked);
  const folder = dirname(path);
  const parent = folder.startsWith("/") ? folder : join(looked.copy, folder);
  const isFolderMissing = (await files.kind(parent)) === "missing";
  const what = isFolderMissing
    ? `there is no folder ${folder}, in which ${path} would be`
    : `there is no file ${path}`;
  const hint = await wayToHaveIt(path, looked, files);
  const details = { code: "data-missing", where, hint };
  const levels = levelsBeyond(path, looked.work);
  return levels !== undefined && (await files.kind(inProject(path, looked))) !== "missing"
    ? new DataAbove(what, { ...details, path, levels })
    : new InputError(what, details);
}

/**
 * What a run that came to its end asked for above what was copied and did not find, although it is there; `undefined` when it
 * asked for nothing of the kind. Such a run may have taken another way than the notebook does.
 */
export async function findAbove(
  { statements }: Pick<Observation, "statements">,
  { work, program }: { readonly work: WorkFolder; readonly program: NotebookProgram },
  files: Files,
): Promise<DataAbove | undefined> {
  for (const { cell, above = [] } of statements)
    for (const path of above) {
      const levels = levelsBeyond(path, work);
      if (levels === undefined) continue;
      if ((await files.kind(inProject(path, { work }))) === "missing") continue;
      return new DataAbove(`this asks for ${path}, above what was copied of the project`, {
        code: "data-missing",
        hint: WRITTEN_OUT,
        where: { path: program.notebook.path, cell },
        path,
        levels,
      });
    }
  return undefined;
}

/** Writing where the project is, but not what was copied of it, is refused; on a copy that goes further up it may be done. */
function writtenAbove(
  { error }: StatementObservation,
  where: ErrorDetails["where"],
  { work, copy, project }: Looked,
): DataAbove | undefined {
  const said = /may not write outside the notebook's folder \(([^\n]+)\);/.exec(
    error?.message ?? "",
  )?.[1];
  if (error?.type !== "PermissionError" || said?.startsWith(`${project}/`) !== true)
    return undefined;
  const path = relative(copy, said);
  const levels = levelsBeyond(path, work);
  if (levels === undefined) return undefined;
  return new DataAbove(`this writes ${path}, above what was copied of the project`, {
    code: "cell-raised",
    hint: WRITTEN_OUT,
    path,
    levels,
    ...(where === undefined ? {} : { where }),
  });
}

const WRITTEN_OUT =
  "write the path as a text (a name for it is enough), so that it can be seen before the notebook runs";

/** How many folders above its own a copy has to have for a path that is above what was copied; `undefined` for any other path. */
function levelsBeyond(path: string, { root, above }: WorkFolder): number | undefined {
  const levels = levelsAbove([path]);
  return levels > above && levels === levelsInProject(root, levels) ? levels : undefined;
}

function inProject(path: string, { work }: Pick<Looked, "work">): string {
  return normalize(join(work.root, path));
}

/** As the notebook said it, or relative to its folder where a library made it absolute. */
function missingPath(failed: StatementObservation, { copy, project }: Looked): string | undefined {
  const { error } = failed;
  if (error === null) return undefined;
  const isMissing =
    error.type === "FileNotFoundError" ||
    error.message.startsWith("Cannot save file into a non-existent");
  if (!isMissing) return undefined;
  const said =
    /'([^'\n]+)'[^']*$/.exec(error.message)?.[1] ?? /^(\S+) not found\.$/.exec(error.message)?.[1];
  if (said === undefined || (failed.subprocesses ?? []).some((command) => command.startsWith(said)))
    return undefined;
  const path = error.type === "OSError" ? `${said}/…` : said;
  return path.startsWith(`${project}/`) ? relative(copy, path) : path;
}

async function wayToHaveIt(path: string, looked: Looked, files: Files): Promise<string> {
  if (path.startsWith("/"))
    return "correct the path; data that travels with the project is best kept beside the notebook, under a relative path";
  const place = inProject(path, looked);
  const recorded = await wayToFetch(place, files);
  if (recorded !== undefined) return recorded;
  const isThere = (await files.kind(place)) !== "missing";
  if (isThere && place.startsWith("../"))
    return `${place} is there, but outside the project (${files.absolute(".")}), and pipelines travel with the project alone: run mlops in a folder that has both in it (mlops init there makes it the project), or bring the data into this one`;
  if (isThere && normalize(path).split("/").some(isOfTools))
    return `${place} is there, but in a folder that tools own and no copy takes along: keep data elsewhere`;
  const { root } = looked.work;
  const alike = await fileLike(path, root, files);
  const folder = root === "." ? "the project's folder" : root;
  return alike === undefined
    ? `put it there (paths are relative to ${folder}, where the notebook is), or correct the path`
    : `did you mean "${alike}"? Paths are relative to ${folder}, where the notebook is`;
}

/** The same name elsewhere in the folder, or nearly the same name in the same place. */
async function fileLike(path: string, root: string, files: Files): Promise<string | undefined> {
  const there = await files.list(root, isOfTools);
  const name = basename(path);
  const elsewhere = there.find((known) => basename(known).toLowerCase() === name.toLowerCase());
  if (elsewhere !== undefined) return elsewhere;
  const folder = dirname(path);
  const beside = there.filter((known) => dirname(known) === folder);
  const nearest = suggestName(
    name,
    beside.map((known) => basename(known)),
  );
  return beside.find((known) => basename(known) === nearest);
}
