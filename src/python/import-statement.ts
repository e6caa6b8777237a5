/** What an import statement binds. */
import type { ImportedName } from "./facts.ts";
import { childOfKind, fieldOf, fieldsOf, type SyntaxNode, textOf } from "./syntax.ts";

/** An imported name with the dotted name of what it is; `undefined` where that depends on the file's package (relative imports). */
export interface BoundImport extends ImportedName {
  readonly qualified: string | undefined;
}

/** The names an `import` or `from … import` statement binds, in order. */
export function importedNames(node: SyntaxNode, text: string): readonly BoundImport[] {
  return node.kind === "import_statement" ? plainImports(node, text) : fromImports(node, text);
}

function dottedText(node: SyntaxNode, text: string): string {
  return textOf(text, node).replaceAll(/\s/g, "");
}

function plainImports(node: SyntaxNode, text: string): readonly BoundImport[] {
  return fieldsOf(node, "name").map((imported): BoundImport => {
    const dotted = imported.kind === "aliased_import" ? fieldOf(imported, "name") : imported;
    const alias = fieldOf(imported, "alias");
    const module = dotted === undefined ? "" : dottedText(dotted, text);
    // `import a.b` binds `a`, and makes `a.b` reachable through it.
    const root = module.split(".")[0] ?? module;
    if (alias === undefined)
      return { name: root, module, member: undefined, level: 0, qualified: root };
    return { name: textOf(text, alias), module, member: undefined, level: 0, qualified: module };
  });
}

function fromImports(node: SyntaxNode, text: string): readonly BoundImport[] {
  const source = fieldOf(node, "module_name");
  const prefix = source === undefined ? undefined : childOfKind(source, "import_prefix");
  const level = prefix === undefined ? 0 : textOf(text, prefix).replaceAll(/[^.]/g, "").length;
  const dotted = source?.kind === "relative_import" ? childOfKind(source, "dotted_name") : source;
  const module =
    node.kind === "future_import_statement"
      ? "__future__"
      : dotted === undefined
        ? ""
        : dottedText(dotted, text);
  if (childOfKind(node, "wildcard_import") !== undefined)
    return [{ name: "*", module, member: undefined, level, qualified: undefined }];
  return fieldsOf(node, "name").map((imported): BoundImport => {
    const named = imported.kind === "aliased_import" ? fieldOf(imported, "name") : imported;
    const member = named === undefined ? "" : dottedText(named, text);
    const alias = fieldOf(imported, "alias");
    const name = alias === undefined ? member : textOf(text, alias);
    return {
      name,
      module,
      member,
      level,
      qualified: level > 0 ? undefined : `${module}.${member}`,
    };
  });
}
