/** The files that notebooks bring in with `%run`, and what is said where one cannot be followed. */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import type { Notebook } from "../notebook/cell.ts";
import type { RunCall } from "../notebook/run-magic.ts";

/** What `%run` names, as it is now. `path` is relative to the project. */
export type RunFile =
  | { readonly kind: "missing"; readonly path: string }
  /** Nothing of it is read. */
  | { readonly kind: "outside"; readonly path: string }
  | { readonly kind: "unreadable"; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "script";
      readonly path: string;
      readonly text: string;
      /** true when a folder of the same name is there, which an import would take instead. */
      readonly hasFolder: boolean;
    }
  | { readonly kind: "notebook"; readonly path: string; readonly notebook: Notebook };

/** By what `runKey` says of a call. */
export type RunFiles = ReadonlyMap<string, RunFile>;

/** Under which key the file of a call is kept. */
export function runKey({ target, isModule }: Pick<RunCall, "target" | "isModule">): string {
  return isModule ? `-m ${target}` : target;
}

/** The error where what `%run` does cannot be shown to be the same in a pipeline. */
export function runNotFollowed(
  target: string,
  why: string,
  where: Place,
  hint = "put functions that steps share into a module and import it; put what computes something into cells of the notebook",
): Diagnostic {
  return {
    code: "run-not-followed",
    severity: "error",
    message: `%run ${target}: ${why}`,
    hint,
    where,
  };
}
