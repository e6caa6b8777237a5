/**
 * Some statements of a notebook as a script that runs by itself: what a notebook has without being told is written out.
 * The script runs in the notebook's folder, as the notebook does, with what it reads of the environment set.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { StatementFacts } from "../python/facts.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";

/** A statement of the script with its text. */
export interface ScriptStatement {
  readonly facts: StatementFacts;
  readonly source: string;
}

export interface SliceScript {
  /** What must stand before the first statement. */
  readonly preamble: readonly string[];
  /** In the order in which they run. */
  readonly statements: readonly ScriptStatement[];
  /** What a script cannot do that the notebook does. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param needed Positions in `program.facts.statements`, ascending. */
export function sliceScript(program: NotebookProgram, needed: Iterable<number>): SliceScript {
  const { statements, units } = program.facts;
  const wanted = new Set(needed);
  const last = Math.max(-1, ...wanted);
  const all = statements.flatMap((facts, at): ScriptStatement[] => {
    if (!wanted.has(at) && !(at < last && isFuture(facts))) return [];
    const source = units[facts.unit]?.text.slice(facts.span.start, facts.span.end) ?? "";
    return [{ facts, source }];
  });
  const ordinary = all.filter((statement) => !isFuture(statement.facts));
  return {
    preamble: [
      // Python takes them only here; in a notebook they hold for every later cell.
      ...all.filter((statement) => isFuture(statement.facts)).map(({ source }) => source),
      ...modulePaths(program, ordinary),
      ...(usesDisplay(program, ordinary) ? ["from IPython.display import display"] : []),
    ],
    statements: ordinary,
    diagnostics: ordinary.flatMap(({ facts }) => notInScripts(program, facts)),
  };
}

function isFuture(statement: StatementFacts): boolean {
  return (
    statement.imports.length > 0 &&
    statement.imports.every(({ module, level }) => module === "__future__" && level === 0)
  );
}

/** The statements that add them are blank in the program. */
function modulePaths(
  { moduleFolders }: NotebookProgram,
  statements: readonly ScriptStatement[],
): readonly string[] {
  if (moduleFolders.length === 0) return [];
  if (!statements.some(({ facts }) => facts.imports.length > 0)) return [];
  return ["import sys", `sys.path[:0] = ${JSON.stringify(moduleFolders)}`];
}

function usesDisplay(program: NotebookProgram, statements: readonly ScriptStatement[]): boolean {
  const isBound = program.facts.statements.some(({ mayWrite }) => mayWrite.includes("display"));
  return (
    !isBound &&
    statements.some(({ facts }) => facts.calls.some(({ callee }) => callee === "builtins.display"))
  );
}

function notInScripts(program: NotebookProgram, statement: StatementFacts): readonly Diagnostic[] {
  const found = statement.dynamic.find(
    ({ kind }) => kind === "top-level-await" || kind === "get-ipython",
  );
  if (found === undefined) return [];
  const awaits = found.kind === "top-level-await";
  return [
    {
      code: "slice-needs-notebook",
      severity: "warning",
      message: awaits
        ? "the slice awaits outside a function, which a script cannot"
        : "the slice talks to the notebook's kernel, which a script does not have",
      hint: awaits
        ? "run it with: python -m asyncio < FILE, or in a notebook"
        : "run it in a notebook, or with: ipython FILE",
      where: {
        path: program.notebook.path,
        cell: cellNumber(program, statement),
        line: statement.line,
      },
    },
  ];
}
