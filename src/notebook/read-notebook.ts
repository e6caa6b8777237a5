/**
 * The text of an .ipynb file → cells, whatever nbformat version wrote it.
 * Interprets nothing as Python and keeps no image bytes.
 * Invariant: never throws; a cell that cannot be read keeps its number, so that all other cells keep theirs.
 */
import type { Diagnostic, Place } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import { shellWord } from "../base/shell-word.ts";
import { placeAt } from "../base/text-span.ts";
import type { Cell, Notebook } from "./cell.ts";
import { parseNotebookJson } from "./notebook-json.ts";
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
  const json = parseNotebookJson(text.replace(/^\uFEFF/, ""), path);
  if (json.value === undefined) return { value: undefined, diagnostics: json.diagnostics };
  const wire = WireNotebook.safeParse(json.value);
  if (!wire.success) return refuse("notebook-not-a-notebook", NOT_A_NOTEBOOK, { path });
  const version = checkVersion(wire.data, path);
  if (version !== undefined) return { value: undefined, diagnostics: [version] };
  const { language, problem } = readLanguage(wire.data, path);
  if (problem !== undefined) return { value: undefined, diagnostics: [problem] };
  const { cells, diagnostics } = readCells(wire.data, path);
  const order = wire.data.metadata?.mlops?.order;
  const newer = checkMinor(wire.data, path);
  return {
    value: {
      path,
      sha256: sha256(text),
      nbformat: { major: wire.data.nbformat, minor: wire.data.nbformat_minor ?? 0 },
      language,
      cells,
      ...(order === undefined ? {} : { order }),
    },
    diagnostics: [...newer, ...diagnostics],
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

function checkVersion(notebook: WireNotebook, path: string): Diagnostic | undefined {
  const { nbformat: major } = notebook;
  const code = "notebook-version-unsupported";
  if (major === 1 || major === 2) {
    return {
      code,
      severity: "error",
      message: `the notebook has format version ${String(major)}, which nothing has written since 2012`,
      hint: `convert it: jupyter nbconvert --to notebook --inplace ${shellWord(path)}`,
      where: { path },
    };
  }
  if (major !== 3 && major !== 4) {
    return {
      code,
      severity: "error",
      message: `the notebook has format version ${String(major)}; mlops reads versions 3 and 4`,
      hint: "update mlops, or open the notebook in Jupyter and save it, which writes format 4",
      where: { path },
    };
  }
  const cells = notebook.cells ?? notebook.worksheets;
  if (cells !== undefined) return undefined;
  return { code: "notebook-not-a-notebook", severity: "error", ...NOT_A_NOTEBOOK, where: { path } };
}

/** The newest minor version that this reader was written for. Later ones only add fields, but what those mean is unknown here. */
const NEWEST_MINOR = 5;

function checkMinor(notebook: WireNotebook, path: string): readonly Diagnostic[] {
  const { nbformat: major, nbformat_minor: minor = 0 } = notebook;
  if (major !== 4 || minor <= NEWEST_MINOR) return [];
  return [
    {
      code: "notebook-version-newer",
      severity: "warning",
      message: `the notebook has format version 4.${String(minor)}; mlops knows 4.${String(NEWEST_MINOR)} and reads what is the same in both`,
      hint: "update mlops, or compare the cells it lists with the notebook",
      where: { path },
    },
  ];
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
    const source = read.data.source ?? read.data.input ?? "";
    const unusable = kind === "code" ? whyNoCode(source) : undefined;
    if (unusable !== undefined)
      diagnostics.push(describeUnusableText(unusable, { path, cell: number }));
    const id = read.data.id ?? `cell-${String(number)}`;
    if (seen.has(id)) diagnostics.push(describeDuplicateId(id, { path, cell: number }));
    const uniqueId = unusedId(seen.has(id) ? `cell-${String(number)}` : id, seen);
    seen.add(uniqueId);
    return {
      id: uniqueId,
      number,
      kind,
      source,
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

/** Python cannot read these, and a file cannot hold the latter: written to one, it would silently become another. */
function whyNoCode(
  source: string,
): { readonly message: string; readonly offset: number; readonly source: string } | undefined {
  const nul = source.indexOf("\0");
  if (nul !== -1) return { message: "a character of code zero (NUL)", offset: nul, source };
  if (source.isWellFormed()) return undefined;
  return {
    message: "half a character (a lone surrogate)",
    offset: source.search(LONE_SURROGATE),
    source,
  };
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function describeUnusableText(
  {
    message,
    offset,
    source,
  }: { readonly message: string; readonly offset: number; readonly source: string },
  where: Place,
): Diagnostic {
  return {
    code: "notebook-cell-unreadable",
    severity: "error",
    message: `the code holds ${message}, which Python does not read`,
    hint: "delete the character, or write it as an escape such as \\x00, and save",
    where: { ...where, ...placeAt(source, offset) },
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
