/** A notebook file → program, or an error that names every place that stops it. */
import { dirname } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { InputError } from "../base/errors.ts";
import type { Notebook } from "../notebook/cell.ts";
import { checkExecutionOrder } from "../notebook/execution-order.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import { readNotebookText } from "../notebook/notebook-text.ts";
import { readNotebook } from "../notebook/read-notebook.ts";
import { environmentReads } from "../pipeline/environment-reads.ts";
import { findModuleSecrets } from "../pipeline/module-secrets.ts";
import {
  buildNotebookProgram,
  type NotebookProgram,
  type ProgramSurroundings,
} from "../pipeline/notebook-program.ts";
import { type RunScript, scriptsRun } from "../pipeline/run-scripts.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import { protectedValues } from "../secrets/protected-environment.ts";
import { findLocalModules } from "./find-local-modules.ts";

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

/**
 * @param path Relative to the project, or absolute.
 * @throws InputError `notebook-missing`, or the code of the first error found in it.
 */
export async function loadNotebook(
  path: string,
  ports: { readonly files: Files; readonly parser: PythonParser },
  surroundings: ProgramSurroundings,
): Promise<LoadedNotebook> {
  const kind = await ports.files.kind(path);
  if (kind !== "file") {
    throw new InputError(NO_FILE[kind], {
      code: "notebook-missing",
      where: { path },
      hint: "give the path of a notebook, for example notebooks/churn.ipynb",
    });
  }
  const bytes = await ports.files.readBytes(path);
  const text = readNotebookText(bytes ?? new Uint8Array(), path);
  if (text.value === undefined) throw stop(text.diagnostics, path);
  const read = readNotebook(text.value, path);
  if (read.value === undefined) throw stop(read.diagnostics, path);
  const built = buildNotebookProgram(read.value, ports.parser, {
    ...surroundings,
    scripts: await readScripts(read.value, ports.files),
  });
  const order = checkExecutionOrder(built.value.notebook);
  const local = await findLocalModules(
    {
      folder: dirname(path),
      notebook: path,
      cells: built.value.cells.map(({ python }) => python),
      searched: built.value.moduleFolders,
    },
    ports,
  );
  const kept = protectedValues(surroundings.environment);
  const diagnostics = [
    ...read.diagnostics,
    ...order,
    ...built.diagnostics,
    ...local.diagnostics,
    ...findModuleSecrets(local.modules, kept, ports.parser),
  ];
  if (diagnostics.some((found) => found.severity === "error")) throw stop(diagnostics, path);
  const inModules = environmentReads(
    local.modules.map((module) => module.text),
    surroundings.environment,
    ports.parser,
  ).filter(({ name }) => !built.value.environment.some((known) => known.name === name));
  const environment = [...built.value.environment, ...inModules].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return { program: { ...built.value, environment, modules: local.modules }, diagnostics };
}

/** The files that its cells run, from the notebook's own folder. */
async function readScripts(
  notebook: Notebook,
  files: Files,
): Promise<ReadonlyMap<string, RunScript>> {
  const cells = notebook.cells.filter(
    ({ kind, source }) => kind === "code" && source.includes("run"),
  );
  const scripts = new Map<string, RunScript>();
  for (const name of scriptsRun(cells.map(({ source }) => neutralizeMagics(source)))) {
    const source = `${dirname(notebook.path)}/${name}`.replace(/^\.\//, "");
    const isFile = (await files.kind(source)) === "file";
    scripts.set(name, {
      source,
      text: isFile ? await files.readText(source) : undefined,
      hasFolder: (await files.kind(source.replace(/\.py$/, ""))) === "directory",
    });
  }
  return scripts;
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
