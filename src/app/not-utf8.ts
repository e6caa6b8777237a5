/** The finding about a Python file of the project in another encoding: a copy of it would hold other letters than the original. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { shellWord } from "../base/shell-word.ts";

/** @param how What the notebook does with the file. */
export function notUtf8(how: "imports" | "runs", path: string, line: number): Diagnostic {
  return {
    code: "local-module-not-utf8",
    severity: "error",
    message: `${path}, which the notebook ${how}, is no UTF-8`,
    hint: `save it as UTF-8, for example: iconv -f LATIN1 -t UTF-8 ${shellWord(path)}; without a coding line at its top`,
    where: { path, line },
  };
}
