/**
 * A script that `%run` runs has variables of its own, which are copied into the notebook's when it has ended; its functions
 * keep looking into the script's. In a pipeline its lines stand among those of the notebook, with one set of variables.
 * That is the same only where no name can mean one thing here and another there; everything else is refused, with its place.
 * With `-i`, and for notebooks, there is one set of variables in IPython too.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { Cell, Notebook } from "../notebook/cell.ts";
import { cellSources, partOfCell, placeOfCell } from "../notebook/notebook-parts.ts";
import type { ProgramFacts, StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import { buildScopes, type Scope, scopeOwning } from "../python/scopes.ts";
import { childOfKind, fieldOf, type SyntaxTree, textOf, walk } from "../python/syntax.ts";
import { runNotFollowed } from "./run-file.ts";

/** Error findings; none for a notebook that runs nothing. */
export function findWhatScriptsShare(
  program: RunProgram,
  parser: PythonParser,
): readonly Diagnostic[] {
  const { origins, parts } = program.notebook;
  if (origins === undefined) return [];
  const cells = program.cells.map((cell, unit): RunCell => {
    const { path } = placeOfCell(cellSources(program.notebook), cell.cell.number);
    return {
      ...cell,
      path,
      part: partOfCell(parts, cell.cell.number),
      statements: program.facts.statements.filter((statement) => statement.unit === unit),
      tree: parser.parse(cell.python),
    };
  });
  const notebooks = new Set(parts?.map(({ path }) => path) ?? [program.notebook.path]);
  const check: Check = {
    cells,
    path: program.notebook.path,
    notebooks,
  };
  return cells.flatMap((cell) => [
    ...findChangedFile(cell, check),
    ...findOwnPlace(cell, check),
    ...findMixedFuture(cell, check),
    ...(cell.cell.script === undefined ? [] : findInScript(cell, check)),
  ]);
}

/** Of a program, what this looks at. */
interface RunProgram {
  readonly notebook: Notebook;
  readonly cells: readonly CellText[];
  readonly facts: Pick<ProgramFacts, "statements">;
}

interface CellText {
  readonly cell: Cell;
  readonly python: string;
  /** Of a script: functions that mean something only while it runs. */
  readonly bound?: readonly string[];
}

interface RunCell extends CellText {
  /** Of the file it comes from. */
  readonly path: string;
  readonly part: number;
  readonly statements: readonly StatementFacts[];
  readonly tree: SyntaxTree;
}

interface Check {
  readonly cells: readonly RunCell[];
  readonly path: string;
  /** Those that are promoted. */
  readonly notebooks: ReadonlySet<string>;
}

function refuse(cell: RunCell, check: Check, line: number, [why, hint]: Why): Diagnostic {
  const target = cell.cell.script?.arguments[0] ?? cell.path;
  return runNotFollowed(target, why, { path: check.path, cell: cell.cell.number, line }, hint);
}

type Why = readonly [why: string, hint: string];

const RENAME =
  "give one of the two another name, or run the script with %run -i if it is meant to share the notebook's variables";

/** Which file is run, and what is in it, must be what was read. */
function findChangedFile(cell: RunCell, check: Check): readonly Diagnostic[] {
  const { cells, notebooks } = check;
  const runs = new Set(cells.map(({ path }) => path).filter((path) => !notebooks.has(path)));
  const found: Diagnostic[] = [];
  const changes = /\bchdir\b/.exec(cell.python);
  if (changes !== null) {
    const why = "the folder changes, and with it which file %run means";
    const hint = "use paths relative to the notebook instead of chdir";
    found.push(refuse(cell, check, lineOf(cell, changes.index), [why, hint]));
  }
  for (const path of runs) {
    const name = path.split("/").at(-1) ?? path;
    const at = path === cell.path ? -1 : cell.python.indexOf(name);
    if (at === -1) continue;
    const why = `${name}, which is run, is named here too, and may be changed`;
    found.push(
      refuse(cell, check, lineOf(cell, at), [why, "do not name a file that %run runs elsewhere"]),
    );
  }
  return found;
}

/** `__file__` is the notebook that runs. */
function findOwnPlace(cell: RunCell, { notebooks, ...check }: Check): readonly Diagnostic[] {
  if (notebooks.has(cell.path) || cell.cell.script !== undefined) return [];
  const at = cell.python.search(/\b__file__\b/);
  if (at === -1) return [];
  const why =
    "it finds files by its own place (__file__), and the pipeline has its lines elsewhere";
  const hint = "write paths relative to the notebook that is promoted";
  return [refuse(cell, { ...check, notebooks }, lineOf(cell, at), [why, hint])];
}

/** Annotations are texts or values, in one module for all. */
function findMixedFuture(cell: RunCell, check: Check): readonly Diagnostic[] {
  const future = cell.statements.find(isFutureAnnotations);
  if (future === undefined) return [];
  const other = check.cells.find(
    ({ path, part, tree, statements }) =>
      part === cell.part &&
      path !== cell.path &&
      hasAnnotations(tree) &&
      !check.cells.some((one) => one.path === path && one.statements.some(isFutureAnnotations)) &&
      statements.length > 0,
  );
  if (other === undefined) return [];
  const why = `from __future__ import annotations holds for this file alone, and ${other.path} has annotations too`;
  return [refuse(cell, check, future.line, [why, "write the import in both files, or in none"])];
}

function isFutureAnnotations({ imports }: StatementFacts): boolean {
  return imports.some(({ module, member }) => module === "__future__" && member === "annotations");
}

function hasAnnotations(tree: SyntaxTree): boolean {
  let found = false;
  walk(tree.root, (node) => {
    found ||= childOfKind(node, "type") !== undefined || fieldOf(node, "return_type") !== undefined;
    return !found;
  });
  return found;
}

/** What a script with variables of its own would read, change or lose otherwise. */
function findInScript(cell: RunCell, check: Check): readonly Diagnostic[] {
  const others = check.cells.filter(
    (other) => other !== cell && other.part === cell.part && other.statements.length > 0,
  );
  const at = check.cells.indexOf(cell);
  const around: Around = {
    before: others.filter((other) => check.cells.indexOf(other) < at),
    others,
    // Another run of the same file clears what the first had, and then has the same names.
    foreign: others.filter(
      (other) => other.path !== cell.path || other.cell.script?.isSeparate !== true,
    ),
  };
  const found: readonly (readonly [line: number, why: Why])[] = [
    ...boundFunctions(cell, around),
    ...(cell.cell.script?.isSeparate === true
      ? [
          ...opaque(cell, around),
          ...readsOfOthers(cell, around),
          ...deletesOfOthers(cell, around),
          ...functionsOfScript(cell, around),
        ]
      : []),
  ];
  return found.slice(0, 1).map(([line, why]) => refuse(cell, check, line, why));
}

interface Around {
  readonly before: readonly RunCell[];
  readonly others: readonly RunCell[];
  readonly foreign: readonly RunCell[];
}

type Found = readonly (readonly [line: number, why: Why])[];

function boundFunctions({ bound, statements }: RunCell, { others }: Around): Found {
  const used = (bound ?? []).find((name) =>
    others.some((other) => other.statements.some(({ reads }) => reads.includes(name))),
  );
  if (used === undefined) return [];
  const line = statements.find(({ mayWrite }) => mayWrite.includes(used))?.line ?? 1;
  const why = `${used} reads the script's arguments and is used outside of it, where sys.argv is another`;
  return [[line, [why, `give ${used} what it needs as arguments`]]];
}

const OPAQUE = new Set(["exec", "eval", "globals", "star-import", "get-ipython"]);

function opaque(cell: RunCell, { others }: Around): Found {
  const own = cell.statements.find(({ dynamic }) => dynamic.some(({ kind }) => OPAQUE.has(kind)));
  const hint = "write the names out, or run the script with %run -i";
  if (own !== undefined) return [[own.line, ["which names this uses or binds is not known", hint]]];
  for (const { statements, path } of others)
    for (const { dynamic } of statements) {
      const text = dynamic.find(({ kind }) => OPAQUE.has(kind))?.text;
      if (text === undefined) continue;
      const why = `${path} has ${text.split("\n", 1)[0] ?? ""}, so which names it and the script share is not known`;
      return [[1, [why, hint]]];
    }
  return [];
}

/** In IPython such a name is missing in the script, or a builtin. */
function readsOfOthers(cell: RunCell, { before }: Around): Found {
  const there = new Set(before.flatMap(({ statements }) => statements.flatMap(namesBound)));
  const bound = new Set<string>();
  for (const statement of cell.statements) {
    const name = statement.readsBeforeWrite.find((read) => there.has(read) && !bound.has(read));
    if (name !== undefined) {
      const why = `it may read ${name} before it sets it, and does not see the ${name} that stands before it`;
      return [[statement.line, [why, RENAME]]];
    }
    for (const written of statement.surelyWrites) bound.add(written);
    for (const { name: imported } of statement.imports) bound.add(imported);
  }
  return [];
}

/** A name that a script deletes is still there in the notebook. */
function deletesOfOthers(cell: RunCell, { before }: Around): Found {
  const there = new Set(before.flatMap(({ statements }) => statements.flatMap(namesBound)));
  const handled = exceptionNames(cell.tree);
  for (const { line, deletes, mayWrite } of cell.statements) {
    const name = [...deletes, ...mayWrite.filter((written) => handled.has(written))].find((gone) =>
      there.has(gone),
    );
    if (name === undefined) continue;
    return [[line, [`it deletes its own ${name}; the notebook's stays as it is`, RENAME]]];
  }
  return [];
}

/** `except Error as e` takes `e` away at its end. */
function exceptionNames(tree: SyntaxTree): ReadonlySet<string> {
  const found = new Set<string>();
  walk(tree.root, (node) => {
    if (/^(?:function_definition|lambda)$/.test(node.kind)) return false;
    if (node.kind !== "except_clause" && node.kind !== "except_group_clause") return undefined;
    walk(node, (inner) => {
      const alias = inner.kind === "as_pattern" ? fieldOf(inner, "alias") : undefined;
      if (alias !== undefined) found.add(textOf(tree.text, alias));
      return inner.kind !== "block";
    });
    return undefined;
  });
  return found;
}

/** Functions of a script look into the script's variables whenever they are called. */
function functionsOfScript(cell: RunCell, { foreign }: Around): Found {
  const { reads, writes } = laterUse(cell.tree);
  for (const name of writes) {
    if (!foreign.some(({ statements }) => statements.some((one) => touches(one, name)))) continue;
    const why = `a function changes the script's own ${name}, which is another variable than the notebook's`;
    return [[lineUsing(cell, name), [why, RENAME]]];
  }
  for (const name of reads) {
    const others = foreign.flatMap(({ statements, path }) =>
      statements.filter((one) => binds(one, name)).map((statement) => ({ statement, path })),
    );
    const [first] = others;
    if (first === undefined) continue;
    const own = cell.statements.filter((statement) => binds(statement, name));
    const meanings = new Set(
      [...own, ...others.map(({ statement }) => statement)].map((one) => importOf(one, name)),
    );
    if (own.length > 0 && meanings.size === 1 && !meanings.has(undefined)) continue;
    const why =
      own.length === 0
        ? `a function reads ${name}, which the script does not set; it does not see the ${name} of ${first.path}`
        : `a function reads the script's ${name}, and ${first.path} sets a ${name} of its own, which the function does not see`;
    return [[lineUsing(cell, name), [why, RENAME]]];
  }
  return [];
}

/** Names of the module that functions, lambdas and generators use when they run. */
function laterUse(tree: SyntaxTree): {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
} {
  const scopes = buildScopes(tree);
  const reads = new Set<string>();
  const writes = new Set<string>();
  const visit = (scope: Scope, isLater: boolean): void => {
    const later = isLater || /^(?:function|lambda)$/.test(scope.kind) || scope.name === "genexpr";
    if (later) {
      for (const symbol of scope.symbols.values()) {
        if (scopeOwning(scope, symbol.name) !== scopes.module) continue;
        if (symbol.read) reads.add(symbol.name);
        if (symbol.declaredGlobal && symbol.bound) writes.add(symbol.name);
      }
    }
    for (const child of scope.children) visit(child, later);
  };
  for (const child of scopes.module.children) visit(child, false);
  return { reads, writes };
}

function binds(statement: StatementFacts, name: string): boolean {
  return (
    statement.mayWrite.includes(name) ||
    statement.deletes.includes(name) ||
    statement.imports.some((imported) => imported.name === name) ||
    statement.definition?.globalWrites.includes(name) === true
  );
}

function touches(statement: StatementFacts, name: string): boolean {
  return binds(statement, name) || statement.reads.includes(name);
}

function namesBound(statement: StatementFacts): readonly string[] {
  return [...statement.mayWrite, ...statement.imports.map(({ name }) => name)];
}

/** What an import binds the name to; `undefined` when something else binds it. */
function importOf(statement: StatementFacts, name: string): string | undefined {
  const imported = statement.imports.find((one) => one.name === name);
  if (imported === undefined || statement.kind !== "import") return undefined;
  return `${String(imported.level)}:${imported.module}:${imported.member ?? ""}`;
}

function lineUsing(cell: RunCell, name: string): number {
  let start: number | undefined;
  walk(cell.tree.root, (node) => {
    if (node.kind !== "function_definition" && node.kind !== "lambda") return undefined;
    walk(node, (inner) => {
      if (inner.kind === "identifier" && textOf(cell.python, inner) === name) start ??= inner.start;
      return undefined;
    });
    return undefined;
  });
  return lineOf(cell, start ?? 0);
}

function lineOf({ python }: RunCell, offset: number): number {
  return lineColumnAt(lineStarts(python), offset).line;
}
