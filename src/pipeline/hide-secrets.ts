/**
 * Takes secrets out of a notebook before anything else looks at it: each literal becomes a reading of an environment
 * variable, by an edit at its place; comments, markdown and saved outputs are masked. What comes after never sees one.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { Cell, Notebook } from "../notebook/cell.ts";
import type { Magic } from "../notebook/magic.ts";
import { applyEdits, type TextEdit } from "../python/edit.ts";
import type { PythonParser } from "../python/parse.ts";
import { type SyntaxNode, type SyntaxTree, statementsOf, textOf } from "../python/syntax.ts";
import { findKnownFormat } from "../secrets/known-formats.ts";
import { maskSecrets } from "../secrets/mask.ts";
import {
  editsThatRead,
  type HiddenLiteral,
  secretLiterals,
  secretParameters,
} from "./secret-literals.ts";

/** What is known of the secrets around a notebook. */
export interface SecretSurroundings {
  /** Name of the pipeline: begins the names of new variables. */
  readonly pipeline: string;
  /** Values that the environment keeps, by value; see `secrets/protected-environment.ts`. */
  readonly environment: ReadonlyMap<string, string>;
}

/** The part of a program's cell that secrets may stand in. */
interface CellText {
  readonly cell: Cell;
  readonly python: string;
  readonly magics: readonly Magic[];
}

/** The same notebook without its secrets. */
export interface WithoutSecrets<T extends CellText> {
  readonly notebook: Notebook;
  readonly cells: readonly T[];
  /** Values by the variable that stands for each; for child processes alone, never written. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Everything that was masked: values and parts of them, and what the environment keeps. Never written. */
  readonly secrets: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Texts without any of these hold no secret; most cells are not parsed a second time. */
const SUSPICIOUS =
  /pass|pwd|\bpw|secret|token|key|auth|cred|dsn|jwt|bearer|connection|login|\bftp|oauth|minio|fernet|:\/\/[^\s"']*@|@["']|["'][^"'\n]*[A-Za-z0-9_-]{16,}/i;

/** Hides every secret; an error diagnostic where one stands that no edit can take out. */
export function hideSecrets<T extends CellText>(
  notebook: Notebook,
  cells: readonly T[],
  surroundings: SecretSurroundings & { readonly parser: PythonParser },
): WithoutSecrets<T> {
  const diagnostics: Diagnostic[] = [];
  const variables = new Map<string, string>();
  const known = [...surroundings.environment.keys()];
  const { trees, found } = findInAll(cells, known, surroundings);
  const nameOf = (literal: HiddenLiteral): string => variableFor(literal, surroundings, variables);
  // Parts of a few letters stand in too many words; the whole values are masked all the same.
  const parts = found.flat().flatMap(({ secrets: inIt }) => inIt);
  const secrets = [
    ...found.flat().map(({ value }) => value),
    ...parts.filter((part) => part.length >= 6),
    ...known,
  ];
  const readers = chooseReaders(cells, trees, found, surroundings.parser);
  const pythons = cells.map((cell, at) => {
    const imports = readers.imports.get(at) ?? [];
    const tree = trees[at];
    if (tree === undefined) return applyEdits(cell.python, imports);
    const edits: TextEdit[] = [...imports];
    let isStuck = false;
    for (const literal of found[at] ?? []) {
      const place = {
        path: notebook.path,
        cell: cell.cell.number,
        line: lineColumnAt(lineStarts(tree.text), literal.start).line,
      };
      const variable = nameOf(literal);
      const made = editsThatRead(literal, `${readers.os}.environ`, variable, tree.text);
      if (made === undefined) {
        isStuck = true;
        diagnostics.push({ ...notMovable(literal), where: place });
      } else {
        edits.push(...made);
        diagnostics.push({ ...hiddenNote(literal, variable), where: place });
      }
    }
    const hidden = maskComments(cell.python, tree, edits, secrets);
    const stays = isStuck ? undefined : firstOf(secrets.filter(isUnmistakable), hidden);
    if (stays !== undefined) {
      const { line } = lineColumnAt(lineStarts(hidden), stays);
      const where = { path: notebook.path, cell: cell.cell.number, line };
      diagnostics.push({ ...notMovable({ because: "another cell gives it away" }), where });
    }
    return hidden;
  });
  const mask = (text: string): string => maskSecrets(text, secrets);
  // A package that is called as somebody's password is installed all the same.
  const unmistakable = secrets.filter(isUnmistakable);
  const maskPackage = (text: string): string => maskSecrets(text, unmistakable);
  const maskedCells = cells.map((cell, at) => ({
    ...cell,
    cell: maskCell(cell.cell, mask),
    python: pythons[at] ?? cell.python,
    magics: cell.magics.map((magic) => maskMagic(magic, mask, maskPackage)),
  }));
  return {
    notebook: { ...notebook, cells: notebook.cells.map((cell) => maskCell(cell, mask)) },
    cells: maskedCells,
    hidden: new Map([...variables].map(([value, name]) => [name, value])),
    secrets: new Set(secrets),
    diagnostics,
  };
}

/** Cells that may hold a secret as trees, and what they hold; of the others, and of the same value elsewhere, see below. */
function findInAll(
  cells: readonly CellText[],
  known: readonly string[],
  { environment, parser }: SecretSurroundings & { readonly parser: PythonParser },
): {
  readonly trees: readonly (SyntaxTree | undefined)[];
  readonly found: readonly (readonly HiddenLiteral[])[];
} {
  const first = cells.map(({ python }) =>
    SUSPICIOUS.test(python) ||
    findKnownFormat(python) !== undefined ||
    known.some((value) => python.includes(value))
      ? parser.parse(python)
      : undefined,
  );
  const parameters = new Map(
    first.flatMap((tree) => (tree === undefined ? [] : [...secretParameters(tree)])),
  );
  const calls = [...parameters.keys()].map((name) => `${name}(`);
  const looked = first.map(
    (tree, at) =>
      tree ??
      (calls.some((call) => cells[at]?.python.includes(call) === true)
        ? parser.parse(cells[at]?.python ?? "")
        : undefined),
  );
  const given = looked.map((tree) =>
    tree === undefined ? [] : secretLiterals(tree, { environment, parameters }),
  );
  // What one cell gives away is the same secret in another, under whatever name.
  const values = new Map(
    given
      .flat()
      .filter(({ value }) => isUnmistakable(value))
      .map(({ value, variable }) => [value, variable]),
  );
  const every = [...values.keys(), ...given.flat().flatMap(({ secrets }) => secrets)];
  const trees = cells.map(
    ({ python }, at) =>
      looked[at] ??
      (every.some((value) => python.includes(value)) ? parser.parse(python) : undefined),
  );
  const all = new Map([...values, ...environment]);
  const found = trees.map((tree, at) => {
    if (tree === undefined) return [];
    const before = new Set(given[at]?.map(({ start }) => start));
    const again = values.size === 0 ? [] : secretLiterals(tree, { environment: all });
    return [
      ...(given[at] ?? []),
      ...again
        .filter(({ start, value }) => !before.has(start) && values.has(value))
        .map((literal) => ({
          ...literal,
          isExisting: environment.has(literal.value),
          isNamed: environment.has(literal.value),
          because: "another cell gives the same value away",
        })),
    ].sort((left, right) => left.start - right.start);
  });
  return { trees, found };
}

/** Not a word that means something else elsewhere: a password `postgres` says nothing about an engine `postgres`. */
function isUnmistakable(value: string): boolean {
  return value.length >= 6 && /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** Where the first of the values stands in the text as a word of its own. */
function firstOf(values: readonly string[], text: string): number | undefined {
  const found = values.flatMap((value) => {
    const escaped = value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const at = text.search(new RegExp(`(?<!\\w)${escaped}(?!\\w)`));
    return at === -1 ? [] : [at];
  });
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Equal values share a variable; different ones never do. */
function variableFor(
  literal: HiddenLiteral,
  { pipeline, environment }: SecretSurroundings,
  variables: Map<string, string>,
): string {
  const known = variables.get(literal.value) ?? environment.get(literal.value);
  if (known !== undefined) {
    variables.set(literal.value, known);
    return known;
  }
  const prefix = pipeline.toUpperCase().replaceAll("-", "_");
  const base =
    literal.isNamed || literal.variable.startsWith(`${prefix}_`)
      ? literal.variable
      : `${prefix}_${literal.variable}`;
  const taken = new Set([...variables.values(), ...environment.values()]);
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${String(count)}`;
  variables.set(literal.value, name);
  return name;
}

interface Readers {
  /** How the cells write the module `os`. */
  readonly os: string;
  readonly imports: ReadonlyMap<number, readonly TextEdit[]>;
}

/** `os` where the notebook means the module by it, with an import added behind the last one when there is none yet. */
function chooseReaders(
  cells: readonly CellText[],
  trees: readonly (SyntaxTree | undefined)[],
  found: readonly (readonly HiddenLiteral[])[],
  parser: PythonParser,
): Readers {
  const first = found.findIndex((literals) => literals.length > 0);
  if (first === -1) return { os: "os", imports: new Map() };
  const spoken = cells.some(({ python }) =>
    /(?:^|[\s;,(])os\s*(?:=[^=]|:[^:\n]*=|,[^=\n]*=[^=])|\bas\s+os\b(?!\s*\.)|\bfor\s+os\b|\bdef\s+os\b/m.test(
      python,
    ),
  );
  if (spoken) return { os: '__import__("os")', imports: new Map() };
  const treeAt = (at: number): SyntaxTree => trees[at] ?? parser.parse(cells[at]?.python ?? "");
  const start = found[first]?.[0]?.start ?? 0;
  let last: { readonly at: number; readonly end: number } | undefined;
  for (let at = 0; at <= first; at += 1) {
    const { python } = cells[at] ?? { python: "" };
    if (!/^(?:import|from)\b/m.test(python)) continue;
    for (const node of statementsOf(treeAt(at))) {
      if (at === first && node.end > start) break;
      if (importsOs(node, python)) return { os: "os", imports: new Map() };
      if (/import.*_statement$/.test(node.kind)) last = { at, end: node.end };
    }
  }
  if (last !== undefined)
    return { os: "os", imports: new Map([[last.at, [insert(last.end, "; import os")]]]) };
  const statement = statementsOf(treeAt(first)).find(
    (node) => node.start <= start && start < node.end,
  );
  if (statement?.kind === "expression_statement")
    return { os: "os", imports: new Map([[first, [insert(statement.start, "import os; ")]]]) };
  return { os: '__import__("os")', imports: new Map() };
}

function importsOs(node: SyntaxNode, text: string): boolean {
  return (
    node.kind === "import_statement" &&
    node.children.some(
      (child) => child.kind === "dotted_name" && /^os(?:\.|$)/.test(textOf(text, child)),
    )
  );
}

function insert(at: number, text: string): TextEdit {
  return { span: { start: at, end: at }, text };
}

function maskComments(
  text: string,
  tree: SyntaxTree,
  edits: readonly TextEdit[],
  secrets: readonly string[],
): string {
  const masks = tree.comments.flatMap((span): readonly TextEdit[] => {
    const comment = textOf(text, span);
    const masked = maskSecrets(comment, secrets);
    return masked === comment ? [] : [{ span, text: masked }];
  });
  return applyEdits(text, [...edits, ...masks]);
}

function maskCell(cell: Cell, mask: (text: string) => string): Cell {
  return {
    ...cell,
    source: mask(cell.source),
    outputs: cell.outputs.map((output) => {
      if (output.kind === "error") return { ...output, errorValue: mask(output.errorValue) };
      return output.text === undefined ? output : { ...output, text: mask(output.text) };
    }),
  };
}

function maskMagic(
  magic: Magic,
  mask: (text: string) => string,
  maskPackage: (text: string) => string,
): Magic {
  const { meaning } = magic;
  return {
    ...magic,
    text: mask(magic.text),
    meaning:
      meaning.kind === "requirement"
        ? { ...meaning, requirements: meaning.requirements.map(maskPackage) }
        : meaning.kind === "refuse"
          ? { ...meaning, reason: mask(meaning.reason), hint: mask(meaning.hint) }
          : meaning,
  };
}

function hiddenNote(literal: HiddenLiteral, variable: string): Omit<Diagnostic, "where"> {
  return {
    code: "secret-hidden",
    severity: "warning",
    message: `a secret stands in this cell (${literal.because}); the pipeline reads it from the environment variable ${variable}`,
    hint: literal.isExisting
      ? `take it out of the notebook: os.environ["${variable}"]`
      : `take it out of the notebook, make a new one where it was shared, and set ${variable} where the pipeline runs`,
  };
}

function notMovable(literal: Pick<HiddenLiteral, "because">): Omit<Diagnostic, "where"> {
  return {
    code: "secret-not-movable",
    severity: "error",
    message: `a secret stands in this cell (${literal.because}) where no variable can be read`,
    hint: 'take it out of the notebook: import os, and read it with os.environ["NAME"] in a statement of its own',
  };
}
