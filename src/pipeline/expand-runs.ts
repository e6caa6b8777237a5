/**
 * `%run` → the cells of what it runs, at its place: the text of a script as one cell, the cells of another notebook, and
 * what they run in turn. A cell with `%run` inside becomes two, which run in one go.
 * What may not be the same in the variables of the notebook is found later, when everything is one program
 * (`script-text.ts`, `run-separation.ts`); a script that an import does the same for stays a `%run` (`run-scripts.ts`).
 * Invariants: every line keeps its number in its own file; a notebook without `%run` comes back as it is.
 */
import { dirname, relative } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { sha256 } from "../base/hash.ts";
import {
  type Cell,
  type CellOrigin,
  fileCell,
  type Notebook,
  type RunningScript,
} from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import type { RunCall } from "../notebook/run-magic.ts";
import type { PythonParser } from "../python/parse.ts";
import { type RunFile, type RunFiles, runKey, runNotFollowed } from "./run-file.ts";
import { isImportable, pythonOf } from "./run-scripts.ts";

/** The notebook with all it runs; `folders` hold files that it runs, relative to its own. Places are those of each file. */
export interface ExpandedNotebook {
  readonly notebook: Notebook;
  readonly folders: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts in what the notebook runs.
 *
 * @param together All that are promoted with it, itself included.
 * @param files What any of them runs.
 */
export function expandRuns(
  notebook: Notebook,
  together: readonly Notebook[],
  files: RunFiles,
  parser: PythonParser,
): ExpandedNotebook {
  const found = [...files.values()];
  const expansion: Expansion = {
    files,
    parser,
    notebooks: pythonOf([
      ...together,
      ...found.flatMap((file) => (file.kind === "notebook" ? [file.notebook] : [])),
    ]),
    scripts: new Map(
      found.flatMap((file) => (file.kind === "script" ? [[file.path, file.text]] : [])),
    ),
    cells: [],
    folders: new Set(),
    diagnostics: [],
  };
  putNotebook(notebook, [], expansion);
  const { cells, diagnostics, folders } = expansion;
  const isSame = cells.every(({ path }) => path === notebook.path) && folders.size === 0;
  if (isSame && cells.length === notebook.cells.length)
    return { notebook, folders: [], diagnostics };
  return {
    notebook: {
      ...notebook,
      cells: cells.map(({ cell }, at) => ({
        ...cell,
        number: at + 1,
        id: `${String(at + 1)}-${cell.id}`,
      })),
      origins: originsOf(cells),
    },
    folders: [...folders],
    diagnostics,
  };
}

interface PlacedCell {
  readonly cell: Cell;
  readonly path: string;
  readonly sha256: CellOrigin["sha256"];
  readonly ownCell: number | undefined;
}

interface Expansion {
  readonly files: RunFiles;
  readonly parser: PythonParser;
  /** All Python of notebooks, those that are run included. */
  readonly notebooks: string;
  /** Texts of the scripts that are run, by path. */
  readonly scripts: ReadonlyMap<string, string>;
  readonly cells: PlacedCell[];
  readonly folders: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** A `%run` that stands at the top level of a cell and whose file is to be put there. */
interface FollowedRun {
  readonly call: RunCall;
  readonly file: Extract<RunFile, { kind: "script" | "notebook" }>;
  readonly line: number;
  readonly lines: number;
}

/** @param chain Notebooks that are being run, the first first. */
function putNotebook(notebook: Notebook, chain: readonly string[], into: Expansion): void {
  const { path } = notebook;
  for (const cell of notebook.cells) {
    const put = (own: Cell): void => {
      into.cells.push({ cell: own, path, sha256: notebook.sha256, ownCell: cell.number });
    };
    const runs = cell.kind === "code" ? followedRuns(cell, [...chain, path], into) : [];
    if (runs.length === 0) {
      put(cell);
      continue;
    }
    putSplitCell(cell, runs, [...chain, path], { ...into, put });
  }
}

function putSplitCell(
  cell: Cell,
  runs: readonly FollowedRun[],
  chain: readonly string[],
  into: Expansion & { readonly put: (cell: Cell) => void },
): void {
  const lines = cell.source.split("\n");
  const before = into.cells.length;
  // What comes next runs in one go with what was put last, unless that was a cell of its own.
  let continues = false;
  const putLines = (from: number, to: number, isLast: boolean): void => {
    const text = [...Array.from({ length: from }, () => ""), ...lines.slice(from, to)].join("\n");
    if (text.trim() === "") return;
    into.put({
      ...cell,
      id: from === 0 ? cell.id : `${cell.id}-${String(from + 1)}`,
      source: text,
      ...(continues ? { continues: true } : {}),
      ...(isLast ? {} : { executionCount: undefined, outputs: [] }),
    });
    continues = true;
  };
  let from = 0;
  for (const { call, file, line, lines: length } of runs) {
    putLines(from, line - 1, false);
    from = line - 1 + length;
    const first = into.cells.length;
    if (file.kind === "script") putScript(call, file, into);
    else putNotebook(file.notebook, chain, into);
    if (into.cells.length === first) continue;
    if (continues) continueInto(into.cells, first);
    // Each cell of a notebook is one of its own, a script is a part of the cell that runs it.
    continues = file.kind === "script";
  }
  putLines(from, lines.length, true);
  if (into.cells.length === before) into.put({ ...cell, source: "" });
}

/** The first code cell from here on goes on with what stands before it, past headings between them. */
function continueInto(cells: PlacedCell[], first: number): void {
  for (let at = first; at < cells.length; at += 1) {
    const put = cells[at];
    if (put === undefined) return;
    cells[at] = { ...put, cell: { ...put.cell, continues: true } };
    if (put.cell.kind === "code") return;
  }
}

function putScript(
  call: RunCall,
  { path, text }: Extract<RunFile, { kind: "script" }>,
  into: Expansion,
): void {
  const base = path.split("/").at(-1) ?? path;
  const named =
    call.isModule || call.target.endsWith(".py") || !base.endsWith(".py")
      ? call.target
      : `${call.target}.py`;
  const script: RunningScript = {
    arguments: [call.isModule ? base : named, ...call.arguments],
    // `-m` has no way to say otherwise.
    name: call.imported && !call.isModule ? base.replace(/\.[^.]*$/, "") : "__main__",
    isSeparate: !call.shares || call.isModule,
  };
  into.cells.push({
    cell: { ...fileCell(text), id: base, script },
    path,
    sha256: sha256(text),
    ownCell: undefined,
  });
}

/** The runs of a cell that are to be put in; what cannot be is an error at its place, what is imported is passed over. */
function followedRuns(
  cell: Cell,
  chain: readonly string[],
  into: Expansion,
): readonly FollowedRun[] {
  const { python, magics } = neutralizeMagics(cell.source);
  const found: FollowedRun[] = [];
  for (const magic of magics) {
    const { meaning: call, line } = magic;
    if (call.kind !== "run") continue;
    const path = chain.at(-1) ?? "";
    const refuse = (why: string, hint?: string): void => {
      into.diagnostics.push(
        runNotFollowed(call.target, why, { path, cell: cell.number, line }, hint),
      );
    };
    const place = standsAlone(cell.source, python, magic);
    if (place === undefined) {
      refuse(
        "it stands in a block or behind other code, so when it runs is not known from its place",
      );
      continue;
    }
    const file = followable(call, chain, into, refuse);
    if (file === undefined) continue;
    const base = dirname(chain[0] ?? "");
    if (file.kind === "script") {
      const all = [into.notebooks, ...otherScripts(file.path, into)].join("\n");
      if (isImportable({ call, file, all, folder: base }, into.parser)) continue;
    }
    const folder = relative(base, dirname(file.path));
    if (folder !== "") into.folders.add(folder);
    found.push({ call, file, line, lines: place.lines });
  }
  return found;
}

function otherScripts(path: string, { scripts }: Expansion): readonly string[] {
  return [...scripts].flatMap(([other, text]) => (other === path ? [] : [text]));
}

/** Says why a file is not followed, if it is not. */
function followable(
  call: RunCall,
  chain: readonly string[],
  into: Expansion,
  refuse: (why: string, hint?: string) => void,
): FollowedRun["file"] | undefined {
  const file = into.files.get(runKey(call));
  if (call.isModule && !/^[A-Za-z_]\w*$/.test(call.target)) {
    refuse(
      "a module of a package cannot be followed with -m",
      "run the file itself: %run folder/name.py",
    );
    return undefined;
  }
  switch (file?.kind) {
    case undefined:
    case "missing":
      refuse(
        "there is no such file (it is looked for from the folder of the notebook that is promoted)",
        "put the file there, or write its path from there",
      );
      return undefined;
    case "outside":
      refuse(
        "the file is outside the project, so nobody else would have it",
        "copy it into the project, and write its path relative to the notebook",
      );
      return undefined;
    case "unreadable":
      into.diagnostics.push(...file.diagnostics);
      return undefined;
    case "notebook": {
      const again = chain.indexOf(file.path);
      if (again === -1) return file;
      refuse(
        `the notebooks run each other without end: ${[...chain.slice(again), file.path].join(" runs ")}`,
        "move what both need into a module or a third notebook",
      );
      return undefined;
    }
    case "script":
      return file;
  }
}

/** How many lines the magic takes, when cutting the cell there changes nothing of what is left. */
function standsAlone(
  source: string,
  python: string,
  { line, span }: Magic,
): { readonly lines: number } | undefined {
  const written = source.split("\n");
  const lines = source.slice(span.start, span.end).split("\n").length;
  if (!/^%?run\s/.test(written[line - 1] ?? "")) return undefined;
  const read = python.split("\n");
  if (read.slice(line - 1, line - 1 + lines).some((one) => one.trim() !== "")) return undefined;
  const above = neutralizeMagics(written.slice(0, line - 1).join("\n")).python.split("\n");
  const below = neutralizeMagics(
    [
      ...Array.from({ length: line - 1 + lines }, () => ""),
      ...written.slice(line - 1 + lines),
    ].join("\n"),
  ).python.split("\n");
  const same = (one: readonly string[], from: number): boolean =>
    one.slice(from).every((text, at) => text === (read[from + at] ?? ""));
  return same(line === 1 ? [] : above, 0) && same(below, line - 1 + lines) ? { lines } : undefined;
}

/** One entry wherever counting on from the entry before would name another cell. */
function originsOf(cells: readonly PlacedCell[]): readonly CellOrigin[] {
  const origins: CellOrigin[] = [];
  let next: Pick<PlacedCell, "path" | "ownCell"> | undefined;
  for (const [at, { path, sha256: digest, ownCell }] of cells.entries()) {
    if (ownCell === undefined || next?.path !== path || next.ownCell !== ownCell)
      origins.push({ path, sha256: digest, firstCell: at + 1, ownCell });
    next = { path, ownCell: ownCell === undefined ? undefined : ownCell + 1 };
  }
  return origins;
}
