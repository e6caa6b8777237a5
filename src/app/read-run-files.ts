/** Reads what notebooks bring in with `%run`, from notebook to notebook. */
import { dirname, normalize } from "node:path/posix";
import { sha256 } from "../base/hash.ts";
import { parseRelativePath } from "../base/relative-path.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { fileCell, type Notebook } from "../notebook/cell.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import { readNotebookText } from "../notebook/notebook-text.ts";
import { readNotebook } from "../notebook/read-notebook.ts";
import type { RunCall } from "../notebook/run-magic.ts";
import { type RunFile, type RunFiles, runKey } from "../pipeline/run-file.ts";
import type { Files } from "../ports/files.ts";
import { notUtf8 } from "./not-utf8.ts";

/**
 * Every file that the notebook runs, and that the notebooks it runs run. Whoever names a file, it is looked for from the
 * folder of the first notebook, because that is the kernel's.
 */
export async function readRunFiles(notebook: Notebook, files: Files): Promise<RunFiles> {
  const found = new Map<string, RunFile>();
  const waiting = callsOf(notebook);
  for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
    const key = runKey(call);
    if (found.has(key)) continue;
    const file = await readRunFile(call, dirname(notebook.path), files);
    found.set(key, file);
    if (file.kind === "notebook") waiting.push(...callsOf(file.notebook));
  }
  return found;
}

function callsOf(notebook: Notebook): RunCall[] {
  return notebook.cells
    .filter(({ kind, source }) => kind === "code" && source.includes("run"))
    .flatMap(({ source }) => neutralizeMagics(source).magics)
    .flatMap(({ meaning }) => (meaning.kind === "run" ? [meaning] : []));
}

async function readRunFile(call: RunCall, folder: string, files: Files): Promise<RunFile> {
  const { target, isModule } = call;
  const named = isModule ? `${target}.py` : target;
  if (!isInside(named, folder)) return { kind: "outside", path: named };
  const path = await pathOf(named, folder, files);
  if (path === undefined) return { kind: "missing", path: within(folder, named) };
  const bytes = (await files.readBytes(path)) ?? new Uint8Array();
  return /\.ipynb$/i.test(path)
    ? readOtherNotebook(path, bytes)
    : readScript(path, bytes, await files.kind(path.replace(/\.py$/, "")));
}

/** As IPython looks: the name itself, then with `.py`. */
async function pathOf(named: string, folder: string, files: Files): Promise<string | undefined> {
  for (const name of named.endsWith(".py") ? [named] : [named, `${named}.py`]) {
    const path = within(folder, name);
    if ((await files.kind(path)) === "file") return path;
  }
  return undefined;
}

/** A notebook of the project may run what is in the project; one that is elsewhere what is below its own folder. */
function isInside(named: string, folder: string): boolean {
  if (/^[~/\\]|^[A-Za-z]:/.test(named)) return false;
  return folder.startsWith("/")
    ? within(folder, named).startsWith(`${normalize(folder)}/`)
    : parseRelativePath(within(folder, named)) !== undefined;
}

function within(folder: string, path: string): string {
  return normalize(`${folder}/${path}`);
}

function readOtherNotebook(path: string, bytes: Uint8Array): RunFile {
  const text = readNotebookText(bytes, path);
  const read =
    text.value === undefined
      ? { value: undefined, diagnostics: text.diagnostics }
      : readNotebook(text.value, path);
  return read.value === undefined
    ? { kind: "unreadable", diagnostics: read.diagnostics }
    : { kind: "notebook", path, notebook: read.value };
}

function readScript(path: string, bytes: Uint8Array, beside: string): RunFile {
  const read = decodeUtf8(bytes);
  if (read.kind === "not-utf8")
    return { kind: "unreadable", diagnostics: [notUtf8("runs", path, read.line)] };
  // As Python reads a source file.
  const text = read.text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  // IPython's own syntax is read in such a file: it is a notebook of one cell.
  if (/\.ipy$/i.test(path)) return { kind: "notebook", path, notebook: asNotebook(path, text) };
  return { kind: "script", path, text, hasFolder: beside === "directory" };
}

function asNotebook(path: string, text: string): Notebook {
  return {
    path,
    sha256: sha256(text),
    nbformat: { major: 4, minor: 5 },
    language: { name: "python", version: undefined },
    cells: [fileCell(text)],
  };
}
