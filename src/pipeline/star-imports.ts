/**
 * `from MODULE import *` → an import of those names of the module that the notebook mentions anywhere, texts included: what it
 * binds besides, nothing can see. So each name is bound where the notebook binds it, also one that Python has already
 * (`sum` of NumPy) or that is bound again later.
 *
 * Invariant: the number of lines is kept; where it is not known what a module gives, its import stays as it is.
 */
import { applyEdits, type TextEdit } from "../python/edit.ts";
import { importedNames } from "../python/import-statement.ts";
import type { PythonParser } from "../python/parse.ts";
import { childOfKind, type SyntaxNode, walk } from "../python/syntax.ts";

/** What `from MODULE import *` binds, by dotted module. */
export type StarExports = ReadonlyMap<string, readonly string[]>;

interface CellText {
  readonly python: string;
}

/** Modules of which a notebook imports everything, each once. */
export function starModules(cells: readonly CellText[], parser: PythonParser): readonly string[] {
  const found = cells.flatMap(({ python }) =>
    starImports(python, parser).map(({ module }) => module),
  );
  return [...new Set(found)];
}

/** Cells with their star imports written out. */
export function writeOutStars<T extends CellText>(
  cells: readonly T[],
  exports: StarExports,
  parser: PythonParser,
): readonly T[] {
  if (exports.size === 0) return cells;
  const mentioned = new Set(cells.flatMap(({ python }) => python.match(WORD) ?? []));
  return cells.map((cell): T => {
    const edits = starImports(cell.python, parser).flatMap(({ module, node }): TextEdit[] => {
      const names = exports.get(module);
      if (names === undefined) return [];
      const used = [...new Set(names)].filter((name) => mentioned.has(name)).sort();
      const alias = `_${module.replaceAll(".", "_")}`;
      if (used.length === 0 && mentioned.has(alias)) return [];
      const text =
        used.length === 0
          ? `import ${module} as ${alias}`
          : `from ${module} import ${used.join(", ")}`;
      return [{ span: { start: node.start, end: node.end }, text }];
    });
    return edits.length === 0 ? cell : { ...cell, python: applyEdits(cell.python, edits) };
  });
}

const WORD = /[\p{XID_Start}_][\p{XID_Continue}]*/gu;

function starImports(
  python: string,
  parser: PythonParser,
): readonly { readonly module: string; readonly node: SyntaxNode }[] {
  if (!/\bimport\s*\\?\s*\*/.test(python)) return [];
  const tree = parser.parse(python);
  const found: { readonly module: string; readonly node: SyntaxNode }[] = [];
  walk(tree.root, (node) => {
    if (node.kind !== "import_from_statement") return true;
    const [imported] = importedNames(node, tree.text);
    const isOneLine = !tree.text.slice(node.start, node.end).includes("\n");
    if (childOfKind(node, "wildcard_import") !== undefined && imported?.level === 0 && isOneLine)
      found.push({ module: imported.module, node });
    return false;
  });
  return found;
}
