/** A notebook file → program, or an error that names every place that stops it. */
import { dirname } from "node:path/posix";
import type { Diagnostic, Parsed } from "../base/diagnostic.ts";
import { InputError } from "../base/errors.ts";
import type { Notebook } from "../notebook/cell.ts";
import { checkExecutionOrder } from "../notebook/execution-order.ts";
import { findingsInParts, joinNotebooks, partOfCell } from "../notebook/notebook-parts.ts";
import { readNotebookText } from "../notebook/notebook-text.ts";
import { readNotebook } from "../notebook/read-notebook.ts";
import { environmentReads } from "../pipeline/environment-reads.ts";
import { expandRuns } from "../pipeline/expand-runs.ts";
import { findModuleSecrets } from "../pipeline/module-secrets.ts";
import { findWhatPassesBetween } from "../pipeline/notebook-isolation.ts";
import {
  buildNotebookProgram,
  type NotebookProgram,
  type ProgramSurroundings,
} from "../pipeline/notebook-program.ts";
import type { RunFile } from "../pipeline/run-file.ts";
import { starModules } from "../pipeline/star-imports.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import { maskSecrets } from "../secrets/mask.ts";
import { protectedValues } from "../secrets/protected-environment.ts";
import {
  findAmbiguousModules,
  findLocalModules,
  type LocalModuleInput,
} from "./find-local-modules.ts";
import { checkWrittenModules, findMagicFiles, withWritten } from "./magic-files.ts";
import { readRunFiles } from "./read-run-files.ts";
import { type AskExports, findStarExports } from "./star-exports.ts";

/** Program and the findings that do not stop anything. */
export interface LoadedNotebook {
  readonly program: NotebookProgram;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_FILE = {
  missing: "there is no such file",
  directory: "this is a folder",
  // Reading a pipe would wait for somebody to write to it.
  other: "this is a pipe, a socket or a device, not a file",
} as const;

/** Texts of notebooks that are tried before they are written, by path. */
export type UnwrittenNotebooks = ReadonlyMap<string, string>;

type LoadSurroundings = ProgramSurroundings & {
  readonly unwritten?: UnwrittenNotebooks;
  /** Cells to read in the place of those of the file, by number. What the file shows as their output is then none of theirs. */
  readonly changed?: ReadonlyMap<number, string>;
  /** Asked for what star imports bind; a table answers where nothing may be run. */
  readonly askExports?: AskExports;
};
type LoadPorts = { readonly files: Files; readonly parser: PythonParser };

/**
 * @param path Relative to the project, or absolute.
 * @throws InputError `notebook-missing`, or the code of the first error found in it.
 */
export async function loadNotebook(
  path: string,
  ports: LoadPorts,
  surroundings: LoadSurroundings,
): Promise<LoadedNotebook> {
  return loadNotebooks([path], ports, surroundings);
}

/**
 * Several notebooks become one program, whose cells are counted on; findings name each cell as its own notebook does.
 *
 * @param paths In the order in which they are run. Relative to the project, or absolute.
 * @throws InputError as `loadNotebook`; `notebooks-in-several-folders`, `notebook-twice`, and what
 *   `notebook-isolation.ts` refuses.
 */
export async function loadNotebooks(
  paths: readonly [string, ...string[]],
  ports: LoadPorts,
  surroundings: LoadSurroundings,
): Promise<LoadedNotebook> {
  const loaded = await examineNotebooks(paths, ports, surroundings);
  const { diagnostics, program } = loaded;
  if (diagnostics.some(({ severity }) => severity === "error"))
    throw stop(diagnostics, program.notebook.path);
  return loaded;
}

/**
 * As `loadNotebooks`, but what stands in the way of promoting is among the findings, for whoever only wants to look: a cell that
 * is no Python has no statements, and what a line means that cannot be carried along is missing.
 *
 * @throws InputError when a file is not there or is no notebook, and as `loadNotebooks` for those that do not belong together.
 */
export async function examineNotebooks(
  paths: readonly [string, ...string[]],
  ports: LoadPorts,
  surroundings: LoadSurroundings,
): Promise<LoadedNotebook> {
  checkTogether(paths);
  const [first, ...others] = paths;
  const found: Diagnostic[] = [];
  const read = async (path: string): Promise<Notebook> => {
    const { value, diagnostics } = await readOne(path, ports.files, surroundings.unwritten);
    found.push(...diagnostics);
    return surroundings.changed === undefined ? value : withCells(value, surroundings.changed);
  };
  const stored: [Notebook, ...Notebook[]] = [await read(first)];
  for (const path of others) stored.push(await read(path));
  const magicFiles = await findMagicFiles(stored, ports.files);
  const seen = { ...ports, files: withWritten(ports.files, magicFiles.written) };
  const runs = new Map<string, RunFile>();
  const folders = new Set<string>();
  for (const one of stored)
    for (const [key, file] of await readRunFiles(one, seen.files)) runs.set(key, file);
  const expand = (one: Notebook): Notebook => {
    const expanded = expandRuns(one, stored, runs, ports.parser);
    for (const folder of expanded.folders) folders.add(folder);
    found.push(...expanded.diagnostics);
    return expanded.notebook;
  };
  const [firstStored, ...otherStored] = stored;
  const notebooks: [Notebook, ...Notebook[]] = [expand(firstStored), ...otherStored.map(expand)];
  const notebook = joinNotebooks(notebooks);
  const built = await buildProgram(
    notebook,
    seen,
    { ...surroundings, runs, present: magicFiles.present },
    [...folders],
  );
  const { modules } = built.value;
  const writtenModules = await checkWrittenModules(modules, magicFiles.written, {
    files: ports.files,
    importedBefore: async (cell) => {
      // Of several notebooks the cells are counted on, and then no cell is known to be later.
      const before = built.value.cells.filter((one) => stored.length > 1 || one.cell.number < cell);
      const cells = before.map(({ python }) => python);
      return (await findLocalModules({ ...wantedModules(built.value, [...folders]), cells }, seen))
        .modules;
    },
  });
  const order =
    notebook.origins === undefined
      ? separate(built.value.notebook).flatMap(checkExecutionOrder)
      : stored.flatMap((one) => checkExecutionOrder(masked(one, built.value.secrets)));
  const inParts = findingsInParts(notebook, built.diagnostics);
  const all = [...found, ...order, ...inParts, ...writtenModules];
  return { program: built.value, diagnostics: all };
}

/** @throws InputError `notebook-twice`, `notebooks-in-several-folders`. */
function checkTogether(paths: readonly [string, ...string[]]): void {
  const [first] = paths;
  const again = paths.find((path, at) => paths.indexOf(path) !== at);
  if (again !== undefined) {
    throw new InputError("this notebook is named twice", {
      code: "notebook-twice",
      where: { path: again },
      hint: "name each notebook once, in the order in which they are to run",
    });
  }
  const elsewhere = paths.find((path) => dirname(path) !== dirname(first));
  if (elsewhere === undefined) return;
  throw new InputError(
    `this notebook is in another folder than ${first}; the steps of one pipeline work in one folder`,
    {
      code: "notebooks-in-several-folders",
      where: { path: elsewhere },
      hint: "move the notebooks into one folder, or make a pipeline of each",
    },
  );
}

/** @throws InputError when it is not there or is no notebook. */
async function readOne(
  path: string,
  files: Files,
  unwritten: UnwrittenNotebooks | undefined,
): Promise<Parsed<Notebook>> {
  const given = unwritten?.get(path);
  if (given !== undefined) return readStored(given, path);
  const kind = await files.kind(path);
  if (kind !== "file") {
    throw new InputError(NO_FILE[kind], {
      code: "notebook-missing",
      where: { path },
      hint: "give the path of a notebook, for example notebooks/churn.ipynb",
    });
  }
  const bytes = await files.readBytes(path);
  const text = readNotebookText(bytes ?? new Uint8Array(), path);
  if (text.value === undefined) throw stop(text.diagnostics, path);
  return readStored(text.value, path);
}

function readStored(text: string, path: string): Parsed<Notebook> {
  const { value, diagnostics } = readNotebook(text, path);
  if (value === undefined) throw stop(diagnostics, path);
  return { value, diagnostics };
}

function withCells(notebook: Notebook, changed: ReadonlyMap<number, string>): Notebook {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: changed.get(cell.number) ?? cell.source,
    outputs: [],
  }));
  return { ...notebook, cells };
}

/** Each notebook by itself again, as it stands in the program: its secrets are hidden. */
function separate(notebook: Notebook): readonly Notebook[] {
  const { parts, ...whole } = notebook;
  if (parts === undefined) return [notebook];
  return parts.map(({ path, sha256, firstCell }, at) => ({
    ...whole,
    path,
    sha256,
    cells: notebook.cells
      .filter(({ number }) => partOfCell(parts, number) === at)
      .map((cell) => ({ ...cell, number: cell.number - firstCell + 1 })),
  }));
}

/** A notebook as stored, without what was found to be secret in its saved errors. */
function masked(notebook: Notebook, secrets: ReadonlySet<string>): Notebook {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    outputs: cell.outputs.map((output) =>
      output.kind === "error"
        ? { ...output, errorValue: maskSecrets(output.errorValue, [...secrets]) }
        : output,
    ),
  }));
  return { ...notebook, cells };
}

/** @param folders Of files that `%run` runs, in which their imports look first. */
async function buildProgram(
  notebook: Notebook,
  ports: LoadPorts,
  surroundings: LoadSurroundings,
  folders: readonly string[],
): Promise<Parsed<NotebookProgram>> {
  const { parser } = ports;
  const first = buildNotebookProgram(notebook, parser, { ...surroundings, exports: new Map() });
  const wanted = wantedModules(first.value, folders);
  const local = await findLocalModules(wanted, ports);
  const stars = starModules(first.value.cells, parser);
  const ask = surroundings.askExports;
  const built =
    stars.length === 0
      ? first
      : buildNotebookProgram(notebook, parser, {
          ...surroundings,
          exports: await findStarExports(stars, local.modules, { parser, ask }),
        });
  const kept = protectedValues(surroundings.environment);
  const diagnostics = [
    ...built.diagnostics,
    ...findWhatPassesBetween(built.value),
    ...local.diagnostics,
    ...(await findAmbiguousModules(local.modules, { ...wanted, folders }, ports.files)),
    ...findModuleSecrets(local.modules, kept, ports.parser),
  ];
  const inModules = environmentReads(
    local.modules.map((module) => module.text),
    surroundings.environment,
    ports.parser,
  ).filter(({ name }) => !built.value.environment.some((known) => known.name === name));
  const environment = [...built.value.environment, ...inModules].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return { value: { ...built.value, environment, modules: local.modules }, diagnostics };
}

function wantedModules(program: NotebookProgram, folders: readonly string[]): LocalModuleInput {
  const { path } = program.notebook;
  return {
    folder: dirname(path),
    notebook: path,
    cells: program.cells.map(({ python }) => python),
    searched: [...program.moduleFolders, ...folders],
  };
}

/** The first error speaks; the others are listed below it. */
export function stop(diagnostics: readonly Diagnostic[], path: string): InputError {
  const errors = diagnostics.filter((found) => found.severity === "error");
  const first = errors[0];
  if (first === undefined) throw new Error(`${path} cannot be used, and nothing says why`);
  return new InputError(first.message, {
    code: first.code,
    where: first.where ?? { path },
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    diagnostics: errors.slice(1),
  });
}
