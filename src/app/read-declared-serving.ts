/** What the pipeline of a notebook declares of serving, for those who only read the notebook. */

import type { ServingChoice } from "../pipeline/serve-plan.ts";
import type { Files } from "../ports/files.ts";
import { parsePipelineYaml } from "./parse-pipeline-yaml.ts";
import { servingOf } from "./read-person-edits.ts";

/** With the file that declares it. */
export interface DeclaredServing {
  /** Relative to the project root. */
  readonly path: string;
  readonly serving: ServingChoice;
}

/**
 * The declaration in a pipeline's folder; `undefined` where there is none, or one of another notebook.
 *
 * @param notebooks As the plan of the same notebooks names them: one path, or all of them.
 */
export async function readDeclaredServing(
  folder: string,
  notebooks: readonly string[],
  files: Files,
): Promise<DeclaredServing | undefined> {
  const path = `${folder}/pipeline.yaml`;
  const text = await files.readText(path);
  const parsed = text === undefined ? undefined : parsePipelineYaml("pipeline", text, path);
  if (parsed?.ok !== true) return undefined;
  const { notebook, notebooks: several } = parsed.value;
  const own = several === undefined ? [notebook.path] : several.map((each) => each.path);
  if (own.join("\n") !== notebooks.join("\n")) return undefined;
  const serving = servingOf(parsed.value);
  return serving.entity === undefined && serving.time === undefined ? undefined : { path, serving };
}
