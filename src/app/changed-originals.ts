/** Whether the files that a pipeline was made from are still what they were: a run executes the copies, and says so. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import type { PipelineFile } from "../pipeline/schema.ts";
import { notebookPaths } from "../pipeline/sources.ts";
import type { Files } from "../ports/files.ts";

/**
 * A warning for each module and the notebook that was saved since the promotion. Files that are not there are not
 * missed: where a pipeline runs in production, its notebook need not be.
 */
export async function findChangedOriginals(
  file: Pick<PipelineFile, "name" | "notebook" | "notebooks" | "origins" | "modules">,
  files: Files,
): Promise<readonly Diagnostic[]> {
  const again = `mlops promote ${notebookPaths(file).join(" ")} --name ${file.name}`;
  const found = await Promise.all([
    ...(file.notebooks ?? [file.notebook]).map(async (notebook) =>
      compare(notebook, files, {
        code: "notebook-changed",
        message: `was saved since pipeline ${file.name} was made from it; what ran is the code as it was promoted`,
        hint: `see whether its code changed: ${again} --diff`,
      }),
    ),
    ...filesRun(file).map(async (run) =>
      compare(run, files, {
        code: "run-file-changed",
        message: `was changed since pipeline ${file.name} was made from a notebook that runs it; what ran is the code as it was promoted`,
        hint: `take the change into the pipeline: ${again}`,
      }),
    ),
    ...(file.modules ?? []).map(async (module) =>
      compare(module, files, {
        code: "module-changed",
        message: `was changed since pipeline ${file.name} took its copy of it; what ran is the copy`,
        hint: `take the change into the pipeline: ${again}`,
      }),
    ),
  ]);
  return found.flat();
}

/** Each file that `%run` brings in, once. */
function filesRun(
  file: Pick<PipelineFile, "notebook" | "notebooks" | "origins">,
): readonly { readonly path: string; readonly sha256: string }[] {
  const own = new Set(notebookPaths(file));
  const runs = (file.origins ?? []).filter(({ path }) => !own.has(path));
  return [...new Map(runs.map((run) => [run.path, run])).values()];
}

async function compare(
  original: { readonly path: string; readonly sha256: string },
  files: Files,
  finding: Pick<Diagnostic, "code" | "message" | "hint">,
): Promise<readonly Diagnostic[]> {
  const text = await files.readText(original.path);
  if (text === undefined || sha256(text) === original.sha256) return [];
  return [{ ...finding, severity: "warning", where: { path: original.path } }];
}
