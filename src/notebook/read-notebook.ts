/**
 * The text of an .ipynb file → cells, whatever nbformat version wrote it.
 * Interprets nothing as Python and keeps no image bytes.
 * Invariant: never throws; a cell that cannot be read keeps its number, so that all other cells keep theirs.
 */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { Cell, Notebook } from "./cell.ts";
import { readLanguage } from "./notebook-language.ts";
import { readOutputs } from "./saved-outputs.ts";
import { WireCell, WireNotebook } from "./schema.ts";

/** What could be read; `value` is `undefined` when the file as a whole cannot be used. */
export interface ReadNotebook {
  readonly value: Notebook | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a notebook.
 *
 * @param text The file's text; a byte order mark is allowed.
 * @param path As the user would type it; it only goes into messages and the result.
 */
export function readNotebook(text: string, path: string): ReadNotebook {
  const json = parseJson(text.replace(/^\uFEFF/, ""), path);
  if (json.value === undefined) return { value: undefined, diagnostics: json.diagnostics };
  const wire = WireNotebook.safeParse(json.value);
  if (!wire.success) return refuse("notebook-not-a-notebook", NOT_A_NOTEBOOK, { path });
  const version = checkVersion(wire.data, path);
  if (version !== undefined) return { value: undefined, diagnostics: [version] };
  const { language, problem } = readLanguage(wire.data, path);
  if (problem !== undefined) return { value: undefined, diagnostics: [problem] };
  const { cells, diagnostics } = readCells(wire.data, path);
  return {
    value: {
      path,
      sha256: sha256(text),
      nbformat: { major: wire.data.nbformat, minor: wire.data.nbformat_minor ?? 0 },
      language,
      cells,
    },
    diagnostics,
  };
}

interface Refusal {
  readonly message: string;
  readonly hint: string;
}

const NOT_A_NOTEBOOK: Refusal = {
  message:
    "this JSON file is no Jupyter notebook: it does not say which notebook format it has, or has no list of cells",
  hint: "give the path of an .ipynb file that Jupyter can open",
};

function refuse(code: string, { message, hint }: Refusal, where: Place): ReadNotebook {
  return { value: undefined, diagnostics: [{ code, severity: "error", message, hint, where }] };
}

interface ParsedJson {
  /** `undefined` when the text is no JSON; JSON itself has no such value. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

function parseJson(text: string, path: string): ParsedJson {
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
      where: { path, ...placeOf(text, conflict.index) },
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
  if (position !== undefined) return placeOf(text, Number(position));
  if (message.includes("end of JSON")) return placeOf(text, text.length);
  const first = text.search(/\S/);
  return /[[{]/.test(text.charAt(first)) ? {} : placeOf(text, first);
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  return lineColumnAt(lineStarts(text), offset);
}

function checkVersion(notebook: WireNotebook, path: string): Diagnostic | undefined {
  const { nbformat: major } = notebook;
  const code = "notebook-version-unsupported";
  if (major === 1 || major === 2) {
    return {
      code,
      severity: "error",
      message: `the notebook has format version ${String(major)}, which nothing has written since 2012`,
      hint: "convert it: jupyter nbconvert --to notebook --inplace FILE",
      where: { path },
    };
  }
  if (major > 4 && Number.isInteger(major)) {
    return {
      code,
      severity: "error",
      message: `the notebook has format version ${String(major)}; mlops reads versions 3 and 4`,
      hint: "update mlops, or save the notebook in format 4",
      where: { path },
    };
  }
  const cells = notebook.cells ?? notebook.worksheets;
  if ((major === 3 || major === 4) && cells !== undefined) return undefined;
  return { code: "notebook-not-a-notebook", severity: "error", ...NOT_A_NOTEBOOK, where: { path } };
}

function readCells(
  notebook: WireNotebook,
  path: string,
): { readonly cells: readonly Cell[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const wireCells =
    notebook.cells ?? (notebook.worksheets ?? []).flatMap((sheet) => sheet.cells ?? []);
  const cells = wireCells.map((wireCell, index): Cell => {
    const number = index + 1;
    const read = WireCell.safeParse(wireCell);
    const kind = read.success ? cellKind(read.data.cell_type) : undefined;
    if (!read.success || kind === undefined) {
      diagnostics.push(
        describeBadCell({ path, cell: number }, read.success ? read.data.cell_type : undefined),
      );
      return emptyCell(number);
    }
    const id = read.data.id ?? `cell-${String(number)}`;
    if (seen.has(id)) diagnostics.push(describeDuplicateId(id, { path, cell: number }));
    const uniqueId = unusedId(seen.has(id) ? `cell-${String(number)}` : id, seen);
    seen.add(uniqueId);
    return {
      id: uniqueId,
      number,
      kind,
      source: read.data.source ?? read.data.input ?? "",
      executionCount: read.data.execution_count ?? read.data.prompt_number ?? undefined,
      tags: read.data.metadata?.tags ?? [],
      outputs: kind === "code" ? readOutputs(read.data.outputs ?? []) : [],
    };
  });
  return { cells, diagnostics };
}

function unusedId(id: string, used: ReadonlySet<string>): string {
  let candidate = id;
  while (used.has(candidate)) candidate += "-";
  return candidate;
}

/** nbformat 3 has headings as cells of their own, which were shown like markdown, and "html" cells. */
function cellKind(wireKind: string): Cell["kind"] | undefined {
  if (wireKind === "code" || wireKind === "markdown" || wireKind === "raw") return wireKind;
  return wireKind === "heading" || wireKind === "html" ? "markdown" : undefined;
}

function emptyCell(number: number): Cell {
  const id = `cell-${String(number)}`;
  return { id, number, kind: "raw", source: "", executionCount: undefined, tags: [], outputs: [] };
}

function describeBadCell(where: Place, kind: string | undefined): Diagnostic {
  return {
    code: "notebook-cell-unreadable",
    severity: "error",
    message:
      kind === undefined
        ? "this cell has no cell type, or its source is no text, so what it says is lost"
        : `this cell is of the unknown type "${kind}", so what it says is not understood`,
    hint: "open the notebook in Jupyter, write the cell again and save",
    where,
  };
}

function describeDuplicateId(id: string, where: Place): Diagnostic {
  return {
    code: "notebook-cell-id-duplicate",
    severity: "note",
    message: `an earlier cell has the id "${id}" too; this one goes by its number`,
    hint: "save the notebook in Jupyter, which gives every cell an id of its own",
    where,
  };
}
