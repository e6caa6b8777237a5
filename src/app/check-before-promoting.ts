/** What stops a promotion before anything runs: the names and places that its package would take. */
import { InputError } from "../base/errors.ts";
import { pythonName } from "../base/python-name.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";
import { taken as folderTaken } from "./plan-writes.ts";

/**
 * A folder with a pipeline.yaml may be that of a clone without registry, which planning its files tells.
 *
 * @throws ConflictError `output-folder-taken`.
 */
export async function checkFolderIsFree(folder: string, files: Files): Promise<void> {
  if ((await files.kind(folder)) !== "directory") return;
  if ((await files.kind(`${folder}/pipeline.yaml`)) === "file") return;
  if ((await files.list(folder)).length > 0)
    throw folderTaken(folder, "it holds files that are not on record as generated");
}

/**
 * Python can import only one module of a name.
 *
 * @throws InputError `local-module-name-taken`.
 */
export function checkModuleNames(program: NotebookProgram, name: string): void {
  const taken = pythonName(name);
  const module = program.modules.find(
    ({ path }) => path.split("/")[0]?.replace(/\.py$/, "") === taken,
  );
  if (module === undefined) return;
  throw new InputError(
    `the notebook imports ${module.source}, and the pipeline's Python package would have the same name`,
    {
      code: "local-module-name-taken",
      where: { path: module.source },
      hint: `give the pipeline another name: mlops promote ${program.notebook.path} --name ${name}-pipeline`,
    },
  );
}
