/** A package that the interpreter lacks says nothing about the pipeline: it is the machine's fault, and never a finding. */
import { EnvironmentError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";

/**
 * The error to throw when a step could not run for want of an installed package; `undefined` for every other failure.
 *
 * @param failure Of a step: `module` is the first part of the missing module's name.
 * @param at The pipeline, its folder relative to the project, and the interpreter that was used.
 */
export function missingModule(
  failure: { readonly module?: string | undefined },
  at: { readonly name: string; readonly folder: string; readonly python: string },
): EnvironmentError | undefined {
  if (failure.module === undefined) return undefined;
  const install = `${shellWord(at.python)} -m pip install -r ${shellWord(`${at.folder}/requirements.txt`)}`;
  return new EnvironmentError(
    `${at.name} imports ${failure.module}, which the Python environment does not have (${at.python})`,
    {
      code: "module-missing",
      where: { path: at.folder },
      hint: `choose the interpreter it was promoted with (--python PATH), or install what it needs: ${install}`,
    },
  );
}
