/** Refuses to go on with files in which a conflict of an earlier merge still stands. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConflictError } from "../base/errors.ts";
import type { Files } from "../ports/files.ts";
import { findConflictMarks } from "./merge-lines.ts";

/**
 * @param folder Relative to the project root.
 * @param paths Below it; missing ones are passed over.
 * @throws ConflictError `conflict-unresolved`, with every file and line.
 */
export async function checkResolved(
  folder: string,
  paths: readonly string[],
  files: Files,
): Promise<void> {
  const open: Diagnostic[] = [];
  for (const name of paths) {
    const path = `${folder}/${name}`;
    for (const line of findConflictMarks((await files.readText(path)) ?? ""))
      open.push({
        code: "conflict-unresolved",
        severity: "error",
        message: `${path}, line ${String(line)}: a conflict of your edit with the notebook's change is not resolved`,
        where: { path, line },
      });
  }
  const [first, ...others] = open;
  if (first === undefined) return;
  throw new ConflictError(`${first.message}.`, {
    code: "conflict-unresolved",
    hint: "keep the lines you want, remove the marks (<<<<<<<, ======= and >>>>>>>), and run the command again",
    ...(first.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}
