/**
 * The project's own modules that a notebook imports: files beside or below it, or in a folder that it puts on `sys.path`.
 *
 * The pipeline carries a copy of them, under their own names, in a folder that imports look into first. So it runs the
 * same in a checkout, in a container and in a model version's `code/`; their text is part of the package, and thereby of
 * every step's fingerprint and of the certificate; and stored objects find their classes, because names do not change.
 * The price is that an edit of the original counts from the next promotion on, as an edit of the notebook does.
 */
import { normalize } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { moduleReadsClock } from "../pipeline/clock-reads.ts";
import type { LocalModule } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import { type PythonImport, readPythonModule } from "../python/python-module.ts";
import { notUtf8 } from "./not-utf8.ts";

/** What there is to look for, and where. */
export interface LocalModuleInput {
  /** Folder of the notebook, relative to the project. */
  readonly folder: string;
  /** Texts of the notebook's cells as Python. */
  readonly cells: readonly string[];
  readonly notebook: string;
  /** Folders that the notebook puts on `sys.path`, relative to its own. */
  readonly searched: readonly string[];
}

export interface LocalModules {
  /** Sorted by path. */
  readonly modules: readonly LocalModule[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Follows imports from the notebook through every module found; modules that only installed packages have are passed over. */
export async function findLocalModules(
  input: LocalModuleInput,
  ports: { readonly files: Files; readonly parser: PythonParser },
): Promise<LocalModules> {
  const found = new Map<string, LocalModule>();
  const diagnostics: Diagnostic[] = [];
  const importers = new Map<string, Set<string>>();
  const folders = [input.folder, ...input.searched.map((folder) => within(input.folder, folder))];
  const waiting: Wanted[] = input.cells.flatMap((python) =>
    wantedBy(readPythonModule(input.notebook, ports.parser.parse(python)).imports, undefined),
  );
  for (let wanted = waiting.shift(); wanted !== undefined; wanted = waiting.shift()) {
    for (const { path, source } of await filesOf(wanted, [...new Set(folders)], ports.files)) {
      if (wanted.from !== undefined) remember(importers, path, wanted.from);
      if (found.has(path)) continue;
      const read = decodeUtf8((await ports.files.readBytes(source)) ?? new Uint8Array());
      if (read.kind === "not-utf8") {
        diagnostics.push(notUtf8("imports", source, read.line));
        continue;
      }
      const { text } = read;
      const module = readPythonModule(source, ports.parser.parse(text));
      found.set(path, {
        path,
        source,
        text,
        sha256: sha256(text),
        clock: moduleReadsClock(module),
      });
      waiting.push(...wantedBy(module.imports, path));
      diagnostics.push(...checkModule(source, text));
    }
  }
  const clocked = withImporters(
    [...found.values()].filter(({ clock }) => clock).map(({ path }) => path),
    importers,
  );
  const modules = [...found.values()]
    .map((module) => ({ ...module, clock: clocked.has(module.path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { modules, diagnostics };
}

function remember(importers: Map<string, Set<string>>, path: string, by: string): void {
  const known = importers.get(path);
  if (known === undefined) importers.set(path, new Set([by]));
  else known.add(by);
}

/** These modules and all that import them, directly or not. */
function withImporters(
  paths: readonly string[],
  importers: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const reached = new Set(paths);
  for (const path of reached) for (const by of importers.get(path) ?? []) reached.add(by);
  return reached;
}

/**
 * A file that `%run` runs in another folder looks for modules there first, and the notebook in its own: an error for each
 * module that both have, because the pipeline carries one.
 */
export async function findAmbiguousModules(
  modules: readonly LocalModule[],
  input: { readonly folder: string; readonly folders: readonly string[] },
  files: Files,
): Promise<readonly Diagnostic[]> {
  const folders = [input.folder, ...input.folders.map((folder) => within(input.folder, folder))];
  const found: Diagnostic[] = [];
  if (input.folders.length === 0) return found;
  for (const { path, source } of modules) {
    const there: string[] = [];
    for (const folder of new Set(folders))
      if ((await files.kind(within(folder, path))) === "file") there.push(within(folder, path));
    if (there.length < 2) continue;
    found.push({
      code: "run-not-followed",
      severity: "error",
      message: `${there.join(" and ")} are modules of one name, and which of them an import finds depends on the file that %run runs`,
      hint: "give one of them another name",
      where: { path: source },
    });
  }
  return found;
}

/** A dotted module; `members` may be modules in it too. */
interface Wanted {
  /** Path of the module that imports it; `undefined` for the notebook. */
  readonly from: string | undefined;
  readonly module: readonly string[];
  readonly members: readonly string[];
}

/** @param from Path of the importing module; `undefined` for the notebook, which has no package to import relatively from. */
function wantedBy(imports: readonly PythonImport[], from: string | undefined): Wanted[] {
  return imports.flatMap(({ module, member, level }): readonly Wanted[] => {
    const members = member === undefined ? [] : [member];
    const dotted = module === "" ? [] : module.split(".");
    if (level === 0) return dotted.length === 0 ? [] : [{ from, module: dotted, members }];
    if (from === undefined) return [];
    // One dot is the package the module stands in; `__init__.py` stands in its own folder as any file does.
    const parts = from.split("/").slice(0, -1);
    const base = parts.slice(0, parts.length - (level - 1));
    return [{ from, module: [...base, ...dotted], members }];
  });
}

/** Files that importing runs, packages before what is in them; from the first folder that has any. */
async function filesOf(
  wanted: Wanted,
  folders: readonly string[],
  files: Files,
): Promise<readonly { readonly path: string; readonly source: string }[]> {
  for (const folder of folders) {
    const there: { readonly path: string; readonly source: string }[] = [];
    const add = async (path: string): Promise<void> => {
      const source = within(folder, path);
      if ((await files.kind(source)) === "file") there.push({ path, source });
    };
    for (let length = 1; length <= wanted.module.length; length += 1) {
      const path = wanted.module.slice(0, length).join("/");
      await add(`${path}/__init__.py`);
      await add(`${path}.py`);
    }
    for (const member of wanted.members) {
      await add(`${[...wanted.module, member].join("/")}.py`);
      await add(`${[...wanted.module, member].join("/")}/__init__.py`);
    }
    if (there.length > 0) return there;
  }
  return [];
}

/** A copy stands elsewhere than the original, so a module that looks around where it stands would find something else. */
function checkModule(source: string, text: string): readonly Diagnostic[] {
  const line = text.split("\n").findIndex((one) => /^[^#]*\b__file__\b/.test(one));
  if (line === -1) return [];
  return [
    {
      code: "local-module-looks-around",
      severity: "error",
      message: `${source} finds files by its own place (__file__), and the pipeline carries the module elsewhere`,
      hint: "give the function the path as an argument, and let the notebook say it",
      where: { path: source, line: line + 1 },
    },
  ];
}

/** A path below a folder of the project, or an absolute one. */
function within(folder: string, path: string): string {
  return path.startsWith("/") ? normalize(path) : normalize(`${folder}/${path}`).replace(/\/$/, "");
}
