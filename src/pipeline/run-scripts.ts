/**
 * `%run helpers.py` → the imports that do the same, when that can be shown from the texts alone.
 *
 * IPython runs the script in a namespace of its own and then copies its names into the notebook; the functions keep the
 * namespace of the script. For a script that only imports, defines functions and names constants that cannot change,
 * importing it binds the same names to the same things, and the script is carried along as any module of the project is.
 * The observed run does both and compares what they bind.
 * Not here: scripts that compute something when run. Their text is put in the place of `%run` (`expand-runs.ts`).
 * Invariant: a cell keeps its number of lines.
 */
import { dirname } from "node:path/posix";
import type { Diagnostic, Parsed, Place } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { Cell, Notebook } from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import type { RunCall } from "../notebook/run-magic.ts";
import { analyzeProgram } from "../python/analyze-program.ts";
import type { StatementFacts } from "../python/facts.ts";
import { isStandardModule } from "../python/imports.ts";
import type { PythonParser } from "../python/parse.ts";
import { fieldOf, type SyntaxNode, statementsOf, textOf, walk } from "../python/syntax.ts";
import { type RunFile, type RunFiles, runKey, runNotFollowed } from "./run-file.ts";

type RunScript = Extract<RunFile, { readonly kind: "script" }>;

/** A code cell, with what its magics meant. */
interface RunningCell {
  readonly cell: Cell;
  readonly python: string;
  readonly magics: readonly Magic[];
}

/** A script that was replaced by its imports: where, and what was replaced. */
export interface ImportedScript {
  readonly cell: number;
  readonly line: number;
  readonly path: string;
  readonly text: string;
}

/** All Python of the notebooks, and what they give the scripts that they run. */
export function pythonOf(notebooks: readonly Notebook[]): string {
  return notebooks
    .flatMap(({ cells }) => cells.filter(({ kind }) => kind === "code"))
    .map(({ source }) => neutralizeMagics(source))
    .flatMap(({ python, magics }) => [
      python,
      ...magics.flatMap(({ meaning }) => (meaning.kind === "run" ? meaning.arguments : [])),
    ])
    .join("\n");
}

/**
 * Puts imports in the place of `%run`; what cannot be shown to be the same is an error at its place.
 *
 * @param cells After `expandRuns`, so that every `%run` left was one to import.
 * @param notebook Its path.
 */
export function importScripts<T extends RunningCell>(
  cells: readonly T[],
  files: RunFiles,
  { path, parser }: { readonly path: string; readonly parser: PythonParser },
): Parsed<readonly T[]> & { readonly imported: readonly ImportedScript[] } {
  const diagnostics: Diagnostic[] = [];
  const imported: ImportedScript[] = [];
  const value = cells.map((cell): T => {
    const lines = cell.python.split("\n");
    for (const { meaning: call, line } of cell.magics) {
      if (call.kind !== "run") continue;
      const file = files.get(runKey(call));
      if (file?.kind !== "script") continue;
      const made = readScript(call.target, file, parser);
      const where = { path, cell: cell.cell.number, line };
      diagnostics.push(
        ...made.diagnostics.map((found) => ({ ...found, where: found.where ?? where })),
      );
      if (made.value === undefined || lines[line - 1]?.trim() !== "") continue;
      lines[line - 1] = made.value;
      imported.push({ cell: cell.cell.number, line, path: file.path, text: file.text });
    }
    return { ...cell, python: lines.join("\n") };
  });
  return { value, diagnostics, imported };
}

interface ImportableRun {
  readonly call: RunCall;
  readonly file: RunScript;
  /** All Python around it: of whatever is promoted with it or run. */
  readonly all: string;
  /** Of the notebook that is promoted. */
  readonly folder: string;
}

/** Whether imports do the same. */
export function isImportable(run: ImportableRun, parser: PythonParser): boolean {
  return isImportableHere(run) && readScript(run.call.target, run.file, parser).value !== undefined;
}

/** Whether this `%run` may become an import, whatever is in the script. */
function isImportableHere({ call, file, all, folder }: ImportableRun): boolean {
  const { target } = call;
  const module = moduleOf(target);
  // An import has no options, arguments or folders, and finds Python's own modules and folders first.
  const isPlain = !call.isModule && !call.shares && call.arguments.length === 0;
  if (!isPlain || !/^[A-Za-z_]\w*\.py$/.test(target) || dirname(file.path) !== folder) return false;
  if (file.hasFolder || isStandardModule(module, 11) || isStandardModule(module, 13)) return false;
  // In another folder it means another file; imported elsewhere too, there would be one copy of what it defines instead of two.
  if (/\bchdir\b/.test(all) || importing(module).test(all)) return false;
  // Who else names the file may change it.
  return !all.includes(target);
}

function importing(module: string): RegExp {
  return new RegExp(`\\b(?:import|from)\\b[^\\n]*\\b${module}\\b`);
}

/** The imports, on one line, or why there are none. */
function readScript(
  name: string,
  script: RunScript,
  parser: PythonParser,
): Parsed<string | undefined> {
  const { path: source, text } = script;
  const facts = analyzeProgram([{ id: source, text }], parser);
  const place = (line: number): Place => ({ path: source, line });
  const broken = facts.diagnostics.map((found) => ({
    ...found,
    where: { ...found.where, path: source },
  }));
  if (broken.length > 0) return { value: undefined, diagnostics: broken };
  const around = AROUND.exec(text);
  if (around !== null) {
    const { line } = lineColumnAt(lineStarts(text), around.index);
    const why = `it uses ${around[0]}, which is something else when the file is imported`;
    return { value: undefined, diagnostics: [runNotFollowed(name, why, place(line))] };
  }
  const nodes = new Map(statementsOf(parser.parse(text)).map((node) => [node.start, node]));
  const imports: string[] = [];
  const names: string[] = [];
  const bound = new Set<string>();
  for (const statement of facts.statements) {
    const why =
      whyNotSame(statement, text, nodes.get(statement.span.start)) ??
      statement.mayWrite
        .filter((written) => bound.has(written))
        .map((written) => `it binds ${written} twice`)[0];
    if (why !== undefined)
      return { value: undefined, diagnostics: [runNotFollowed(name, why, place(statement.line))] };
    for (const written of statement.mayWrite) bound.add(written);
    if (statement.kind !== "import") names.push(...statement.mayWrite);
    else if (!isFuture(statement)) imports.push(onOneLine(textOf(text, statement.span)));
  }
  if (names.length > 0) imports.push(`from ${moduleOf(name)} import ${names.join(", ")}`);
  return { value: imports.join("; "), diagnostics: [] };
}

/** What differs between a script that is run and one that is imported, or reaches names by text. */
const AROUND =
  /\b(?:__(?!future__|init__)\w+__|argv|get_ipython|globals|locals|vars|exec|eval|inspect|setattr|sys\.modules)\b/;

/** Why importing a script with this statement may not be the same as running it. */
function whyNotSame(
  statement: StatementFacts,
  text: string,
  node: SyntaxNode | undefined,
): string | undefined {
  if (statement.dynamic.length > 0) return "it runs text as code or reaches names by text";
  if (statement.kind === "import") {
    if (statement.imports.some(({ name, level }) => name === "*" || level > 0))
      return "which names this import brings is not known from its text";
    return textOf(text, statement.span).includes("#")
      ? "there is a comment inside this import"
      : undefined;
  }
  const { definition } = statement;
  if (definition?.kind === "class")
    return `its class ${definition.name} would belong to another module when imported`;
  if (definition !== undefined) {
    if (node?.kind !== "function_definition") return `${definition.name} has a decorator`;
    if (definition.globalWrites.length > 0 || definition.mutatesGlobals.length > 0)
      return `${definition.name} changes a variable of the script`;
    return computesWhenDefined(node)
      ? `the head of ${definition.name} makes something when the script runs`
      : undefined;
  }
  if (statement.kind === "assignment" && statement.constant !== undefined) return undefined;
  const saysOnly =
    statement.kind === "expression" && /^[rRuU]?["']/.test(textOf(text, statement.span));
  if (saysOnly && statement.calls.length === 0 && statement.reads.length === 0) return undefined;
  return "it does more here than import, define a function or name a plain number or text";
}

/** Defaults and annotations are computed once, when the definition is run: each step would have its own. */
function computesWhenDefined(definition: SyntaxNode): boolean {
  let computes = false;
  for (const field of ["parameters", "return_type"]) {
    const head = fieldOf(definition, field);
    if (head === undefined) continue;
    walk(head, (node) => {
      const value = node.kind.endsWith("default_parameter") ? fieldOf(node, "value") : undefined;
      if (
        /^(?:call|named_expression|await|\w*comprehension|generator_expression)$/.test(node.kind) ||
        (value !== undefined && /^(?:list|dictionary|set)$/.test(value.kind))
      )
        computes = true;
      return undefined;
    });
  }
  return computes;
}

function isFuture(statement: StatementFacts): boolean {
  return statement.imports.some(({ module }) => module === "__future__");
}

function onOneLine(statement: string): string {
  return statement.replaceAll(/\s*\\?\r?\n\s*/g, " ");
}

function moduleOf(name: string): string {
  return name.replace(/\.py$/, "");
}
