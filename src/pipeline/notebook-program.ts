/**
 * Where notebooks and Python meet: the code cells of a notebook as one program.
 * Not here: what a statement is for (`roles.ts`) and where steps begin (`segment.ts`).
 */
import type { Sha256 } from "../base/brand.ts";
import type { Diagnostic, Parsed } from "../base/diagnostic.ts";
import type { Cell, Notebook } from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import { analyzeProgram } from "../python/analyze-program.ts";
import type { ProgramFacts, StatementFacts } from "../python/facts.ts";
import { findModulePaths } from "../python/module-path.ts";
import type { PythonParser } from "../python/parse.ts";
import { STANDARD_EXPORTS } from "../python/star-exports.ts";
import { protectedValues } from "../secrets/protected-environment.ts";
import { writeOutConstantCode } from "./constant-code.ts";
import { environmentReads } from "./environment-reads.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { magicFindings } from "./magic-findings.ts";
import type { EnvironmentVariable, Plan, StatementRef } from "./plan.ts";
import { type RunFiles, runNotFollowed } from "./run-file.ts";
import { type ImportedScript, importScripts } from "./run-scripts.ts";
import { findWhatScriptsShare } from "./run-separation.ts";
import { readScriptText } from "./script-text.ts";
import { settleTimings } from "./settle-timings.ts";
import { type StarExports, writeOutStars } from "./star-imports.ts";

/** A code cell as plain Python, with what its magics meant. */
export interface ProgramCell {
  readonly cell: Cell;
  readonly python: string;
  readonly magics: readonly Magic[];
  /** Of a script that `%run` runs: functions that mean something only while it runs. */
  readonly bound?: readonly string[];
}

/** A module of the project that the notebook imports, and that the pipeline carries along. */
export interface LocalModule {
  /** As imports find it: `utils/clean.py` is `utils.clean`. */
  readonly path: string;
  /** Where it was found, relative to the project. */
  readonly source: string;
  readonly text: string;
  readonly sha256: Sha256;
  /** Whether it, or a module of the project that it imports, reads the clock. */
  readonly clock: boolean;
}

/** A notebook ready for planning. `facts.units[i]` is the text of `cells[i]`. */
export interface NotebookProgram {
  readonly notebook: Notebook;
  readonly cells: readonly ProgramCell[];
  readonly facts: ProgramFacts;
  /** Folders that it puts on `sys.path`, relative to its own; the statements that did so are blank. */
  readonly moduleFolders: readonly string[];
  /** Scripts that are imported in the place of `%run`. */
  readonly importedScripts: readonly ImportedScript[];
  /** Filled by whoever can read files. */
  readonly modules: readonly LocalModule[];
  /** Variables of the environment it reads, sorted by name. */
  readonly environment: readonly EnvironmentVariable[];
  /** What stood in the cells where it now reads such a variable, by its name. For child processes alone. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Everything that may not be shown of what the notebook holds; a set, which JSON leaves out. Never written. */
  readonly secrets: ReadonlySet<string>;
}

/** What is known around the notebook when it is read. */
export interface ProgramSurroundings {
  /** Name of the pipeline: begins the names of variables for secrets. */
  readonly pipeline: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files that cells run with `%run`; the notebook is one that `expandRuns` made. */
  readonly runs?: RunFiles;
  /** What star imports bind, of modules where somebody knows; a table of the standard library's where nobody was asked. */
  readonly exports?: StarExports;
  /** Of what shell lines fetch, the paths that are beside the notebook already; none when nothing was looked at. */
  readonly present?: ReadonlySet<string>;
  /** Whether the facts of every statement list all names that they concern: for people who look at them. */
  readonly listsNames?: boolean;
}

/**
 * Takes secrets out, then reads every code cell as Python and analyzes them together. Never throws; a cell that does not parse
 * is an error diagnostic `python-syntax-error` with cell and line, and contributes no statements.
 */
export function buildNotebookProgram(
  stored: Notebook,
  parser: PythonParser,
  surroundings: ProgramSurroundings = { pipeline: "notebook", environment: {} },
): Parsed<NotebookProgram> {
  const { pipeline, environment } = surroundings;
  const readCells = stored.cells
    .filter((cell) => cell.kind === "code")
    .map((cell) => readCell(cell, stored.path, parser));
  const clean = hideSecrets(
    stored,
    readCells.map(({ value }) => value),
    { pipeline, environment: protectedValues(environment), parser },
  );
  const { notebook, hidden, secrets } = clean;
  const plain = withoutModulePaths(clean.cells, parser);
  const { moduleFolders } = plain;
  const followed = importScripts(plain.cells, surroundings.runs ?? new Map(), {
    path: notebook.path,
    parser,
  });
  const exports = surroundings.exports ?? STANDARD_EXPORTS;
  const written = writeOutConstantCode(writeOutStars(followed.value, exports, parser), parser);
  const cells = settleTimings(written, parser);
  const units = cells.map(({ cell, python }) => ({ id: String(cell.number), text: python }));
  const facts = analyzeProgram(units, parser, { listsNames: surroundings.listsNames === true });
  const reads = environmentReads(
    cells.map((cell) => cell.python),
    { ...environment, ...Object.fromEntries(hidden) },
    parser,
  ).map((read) => (hidden.has(read.name) ? { ...read, secret: true } : read));
  const diagnostics = [
    ...clean.diagnostics,
    ...facts.diagnostics.map((found) => placeInNotebook(found, notebook.path)),
    ...magicFindings(notebook, cells, surroundings.present ?? new Set()),
    ...readCells.flatMap((one) => one.diagnostics),
    ...followed.diagnostics,
  ];
  const value = {
    notebook,
    cells,
    facts,
    environment: reads,
    hidden,
    secrets,
    moduleFolders,
    importedScripts: followed.imported,
    modules: [],
  };
  return { value, diagnostics: [...diagnostics, ...findWhatScriptsShare(value, parser)] };
}

/** A cell as Python; a script has no syntax of IPython's, and its arguments are written in. */
function readCell(cell: Cell, path: string, parser: PythonParser): Parsed<ProgramCell> {
  const { script } = cell;
  if (script === undefined)
    return { value: { cell, ...neutralizeMagics(cell.source) }, diagnostics: [] };
  const { python, bound, problems } = readScriptText(parser.parse(cell.source), script);
  return {
    value: { cell, python, magics: [], bound },
    diagnostics: problems.map(({ message, where }) =>
      runNotFollowed(script.arguments[0], message, {
        path,
        cell: cell.number,
        ...(where?.line === undefined ? {} : { line: where.line }),
      }),
    ),
  };
}

/** The pipeline finds the project's modules without help, so what only helps to find them would be in the way of moving imports. */
function withoutModulePaths(
  cells: readonly ProgramCell[],
  parser: PythonParser,
): { readonly cells: readonly ProgramCell[]; readonly moduleFolders: readonly string[] } {
  if (!cells.some(({ python }) => python.includes("sys.path"))) return { cells, moduleFolders: [] };
  const found = findModulePaths(cells.map(({ python }) => parser.parse(python)));
  const moduleFolders = [...new Set(found.flat().map(({ folder }) => folder))];
  const blank = cells.map((cell, at) => ({
    ...cell,
    python: (found[at] ?? []).reduce(
      (text, { span }) =>
        text.slice(0, span.start) +
        text.slice(span.start, span.end).replaceAll(/[^\n]/g, " ") +
        text.slice(span.end),
      cell.python,
    ),
  }));
  // What imports by a computed name, or looks at the path itself, needs the path as the notebook set it.
  const needsPath = blank.some(({ python }) =>
    /sys\.path|importlib|__import__|pkgutil/.test(python),
  );
  return { cells: needsPath ? cells : blank, moduleFolders };
}

/** What a plan says of the notebook itself. */
export function notebookOf({
  notebook: { path, sha256, order, fixed },
}: NotebookProgram): Plan["notebook"] {
  return {
    path,
    sha256,
    ...(order === undefined ? {} : { order }),
    ...(fixed === undefined ? {} : { fixed }),
  };
}

/** The statement's address in the notebook. */
export function refOf(program: NotebookProgram, statement: StatementFacts): StatementRef {
  return { cell: cellNumber(program, statement), index: statement.index, span: statement.span };
}

/** Number of the cell a statement stands in. */
export function cellNumber(program: NotebookProgram, statement: StatementFacts): number {
  return program.cells[statement.unit]?.cell.number ?? 0;
}

/** Finds statements by their address. Built once, constant time a look-up. */
export function statementIndex(
  program: NotebookProgram,
): (ref: { readonly cell: number; readonly index: number }) => StatementFacts {
  const byAddress = new Map<string, StatementFacts>();
  for (const statement of program.facts.statements) {
    byAddress.set(
      `${String(cellNumber(program, statement))}:${String(statement.index)}`,
      statement,
    );
  }
  return (ref) => {
    const found = byAddress.get(`${String(ref.cell)}:${String(ref.index)}`);
    if (found === undefined)
      throw new Error(`no statement ${String(ref.index)} in cell ${String(ref.cell)}`);
    return found;
  };
}

function placeInNotebook(found: Diagnostic, path: string): Diagnostic {
  const { path: unitId, ...position } = found.where ?? {};
  const cell = unitId === undefined ? undefined : Number(unitId);
  return { ...found, where: { path, ...(cell === undefined ? {} : { cell }), ...position } };
}
