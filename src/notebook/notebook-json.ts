/** The text of a notebook file → a JSON value, as Python's own reader understands it, or what is wrong with the text. */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { placeAt } from "../base/text-span.ts";

/** What was read. */
export interface ParsedJson {
  /** `undefined` when the text is no JSON; JSON itself has no such value. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** The value, or what is wrong with the text and where, as far as that can be told. */
export function parseNotebookJson(text: string, path: string): ParsedJson {
  try {
    return { value: JSON.parse(text) as unknown, diagnostics: [] };
  } catch (problem) {
    try {
      return { value: JSON.parse(withoutPythonNumbers(text)) as unknown, diagnostics: [] };
    } catch {
      return { value: undefined, diagnostics: [describeBadJson(text, problem, path)] };
    }
  }
}

/** Python writes NaN and Infinity into JSON, for example in saved plotly figures, although JSON has no such numbers. */
function withoutPythonNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
    found.startsWith('"') ? found : "null",
  );
}

function describeBadJson(text: string, problem: unknown, path: string): Diagnostic {
  const code = "notebook-not-json";
  if (text.trim() === "") {
    const hint = "save the notebook in Jupyter again, or take an earlier version from git";
    return { code, severity: "error", message: "the file is empty", hint, where: { path } };
  }
  const conflict = /^(?:<{7}|>{7}) /m.exec(text);
  if (conflict !== null) {
    return {
      code,
      severity: "error",
      message: "the file has the marks of an unfinished git merge in it, so it is no valid JSON",
      hint: "finish the merge: git checkout --ours or --theirs, or use nbdime",
      where: { path, ...placeAt(text, conflict.index) },
    };
  }
  return {
    code,
    severity: "error",
    message: "the file is no valid JSON, which every notebook is",
    hint: "give the path of an .ipynb file; if this one was edited by hand or cut off, save it in Jupyter again",
    where: { path, ...placeOfJsonError(text, problem) },
  };
}

/** The engine does not always say where it stopped; then nothing is said, except where the text cannot even start as JSON. */
function placeOfJsonError(text: string, problem: unknown): Pick<Place, "line" | "column"> {
  const message = problem instanceof Error ? problem.message : "";
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return placeAt(text, Number(position));
  if (message.includes("end of JSON")) return placeAt(text, text.length);
  const first = text.search(/\S/);
  return /[[{]/.test(text.charAt(first)) ? {} : placeAt(text, first);
}
