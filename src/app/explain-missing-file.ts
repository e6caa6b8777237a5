/** A file that a cell looked for in vain → what is not there, where it was looked for, and the likeliest way to have it there. */
import { basename, dirname, join, normalize, relative } from "node:path/posix";
import { suggestName } from "../base/did-you-mean.ts";
import { InputError, type MlopsError } from "../base/errors.ts";
import type { StatementObservation } from "../observation/schema.ts";
import type { Files } from "../ports/files.ts";
import { notCopied } from "./copy-scratch.ts";
import { wayToFetch } from "./datasets-lock.ts";

interface Looked {
  /** Folder of the notebook, relative to the project or absolute. */
  readonly root: string;
  /** Absolute folder of the copy that the notebook ran on. */
  readonly copy: string;
}

/** `undefined` when the statement failed for another reason, or no path is said. */
export async function explainMissingFile(
  failed: StatementObservation,
  where: { readonly path: string; readonly cell: number; readonly line: number },
  looked: Looked,
  files: Files,
): Promise<MlopsError | undefined> {
  const path = missingPath(failed, looked.copy);
  if (path === undefined) return undefined;
  const folder = dirname(path);
  const parent = folder.startsWith("/") ? folder : join(looked.copy, folder);
  const isFolderMissing = (await files.kind(parent)) === "missing";
  const what = isFolderMissing
    ? `there is no folder ${folder}, in which ${path} would be`
    : `there is no file ${path}`;
  return new InputError(what, {
    code: "data-missing",
    where,
    hint: await wayToHaveIt(path, looked, files),
  });
}

/** As the notebook said it, or relative to its folder where a library made it absolute. */
function missingPath(failed: StatementObservation, copy: string): string | undefined {
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
  // Above the copy stands what the notebook takes for the folder above its own.
  return path.startsWith(`${dirname(copy)}/`) ? relative(copy, path) : path;
}

async function wayToHaveIt(path: string, looked: Looked, files: Files): Promise<string> {
  if (path.startsWith("/"))
    return "correct the path; data that travels with the project is best kept beside the notebook, under a relative path";
  const inProject = normalize(join(looked.root, path));
  const recorded = await wayToFetch(inProject, files);
  if (recorded !== undefined) return recorded;
  const isThere = (await files.kind(inProject)) !== "missing";
  if (isThere && normalize(path).startsWith("../"))
    return `${inProject} is there, but outside the notebook's folder, and the notebook runs on a copy of that folder alone: move the notebook above its data, or the data (or a link to it) beside the notebook`;
  if (isThere && isLeftOut(path))
    return `${inProject} is there, but in a folder that tools own and no copy takes along: keep data elsewhere`;
  const alike = await fileLike(path, looked, files);
  const folder = looked.root === "." ? "the project's folder" : looked.root;
  return alike === undefined
    ? `put it there (paths are relative to ${folder}, where the notebook is), or correct the path`
    : `did you mean "${alike}"? Paths are relative to ${folder}, where the notebook is`;
}

function isLeftOut(path: string): boolean {
  const skipped = notCopied(() => false);
  return normalize(path).split("/").some(skipped);
}

/** The same name elsewhere in the folder, or nearly the same name in the same place. */
async function fileLike(path: string, { root }: Looked, files: Files): Promise<string | undefined> {
  const there = await files.list(
    root,
    notCopied(() => false),
  );
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
