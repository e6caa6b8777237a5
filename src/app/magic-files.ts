/**
 * Files that magics and shell lines speak of, looked at before anything runs: what is there already of what they fetch, and
 * modules that cells write (`%%writefile helper.py`) before they are imported or run.
 */
import { dirname, normalize } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Notebook } from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import type { LocalModule } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";

/** A Python file that one cell or several write. */
export interface WrittenFile {
  /** As the project has it. */
  readonly path: string;
  /** Number of the first cell that writes it, in its notebook. */
  readonly cell: number;
  readonly notebook: string;
  /** What the first cell that writes it writes. */
  readonly text: string;
  /** false when another cell writes it too, or when it is only added to: what it holds depends on what ran last. */
  readonly isSettled: boolean;
}

export interface MagicFiles {
  /** Of the paths that are fetched, as they are written, those that are there. */
  readonly present: ReadonlySet<string>;
  /** By path. */
  readonly written: ReadonlyMap<string, WrittenFile>;
}

/** Looks at what all notebooks of a pipeline fetch and write. */
export async function findMagicFiles(
  notebooks: readonly Notebook[],
  files: Pick<Files, "kind">,
): Promise<MagicFiles> {
  const present = new Set<string>();
  const written = new Map<string, WrittenFile>();
  for (const notebook of notebooks) {
    const folder = dirname(notebook.path);
    for (const { cell, magic } of magicsOf(notebook)) {
      const { meaning } = magic;
      for (const path of meaning.kind === "fetch" ? meaning.paths : []) {
        // What stands elsewhere on the machine is nothing that a pipeline could count on.
        if (/^(?:\.\.)?\//.test(normalize(path)) || normalize(path) === "..") continue;
        if ((await files.kind(normalize(`${folder}/${path}`))) !== "missing") present.add(path);
      }
      if (meaning.kind !== "write-file" || !meaning.path.endsWith(".py")) continue;
      const path = normalize(`${folder}/${meaning.path}`);
      const before = written.get(path);
      written.set(path, {
        path,
        cell: before?.cell ?? cell,
        notebook: before?.notebook ?? notebook.path,
        text: before?.text ?? meaning.text,
        isSettled: before === undefined && meaning.how === "anew",
      });
    }
  }
  return { present, written };
}

function magicsOf(notebook: Notebook): readonly { readonly cell: number; readonly magic: Magic }[] {
  return notebook.cells
    .filter(({ kind, source }) => kind === "code" && /[!%]/.test(source))
    .flatMap(({ number, source }) =>
      neutralizeMagics(source).magics.map((magic) => ({ cell: number, magic })),
    );
}

/** Files as they are once the cells have written theirs. */
export function withWritten<T extends Files>(files: T, written: MagicFiles["written"]): T {
  if (written.size === 0) return files;
  const textOf = (path: string): string | undefined => written.get(normalize(path))?.text;
  return {
    ...files,
    kind: async (path) => (textOf(path) === undefined ? files.kind(path) : "file"),
    readBytes: async (path) => {
      const text = textOf(path);
      return text === undefined ? files.readBytes(path) : new TextEncoder().encode(text);
    },
  };
}

/**
 * Modules that the pipeline carries, and that cells write: errors where the notebook may have imported another text than
 * they write, because it was imported before, or written twice.
 *
 * @param importedBefore What the cells before a given one import.
 */
export async function checkWrittenModules(
  modules: readonly LocalModule[],
  written: MagicFiles["written"],
  look: {
    readonly files: Pick<Files, "readText">;
    readonly importedBefore: (cell: number) => Promise<readonly LocalModule[]>;
  },
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { source, text } of modules) {
    const file = written.get(normalize(source));
    if (file === undefined) continue;
    if (file.isSettled && (await look.files.readText(source)) === text) continue;
    const earlier = await look.importedBefore(file.cell);
    const isEarly = earlier.some((one) => one.source === source);
    if (file.isSettled && !isEarly) continue;
    found.push({
      code: "written-module",
      severity: "error",
      message: `${source} is a module that the notebook imports and that its cells write: ${
        isEarly
          ? "it is imported before it is written"
          : "it is written more than once, or added to"
      }, so which text was imported is not known`,
      hint: "keep the module beside the notebook as it is to be imported, and delete the cells that write it",
      where: { path: file.notebook, cell: file.cell },
    });
  }
  return found;
}
