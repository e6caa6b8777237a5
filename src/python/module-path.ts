/**
 * Where a notebook tells Python to look for modules: `sys.path.append("../src")` and its usual longer forms.
 * Only what the text alone decides is read; anything else stays an ordinary statement.
 */
import type { Span } from "../base/text-span.ts";
import { notePath, type PathScope, pathOf } from "./path-text.ts";
import { fieldOf, type SyntaxNode, type SyntaxTree, statementsOf, textOf } from "./syntax.ts";

/** A statement that does nothing but name a folder to look for modules in. */
export interface ModulePathStatement {
  readonly span: Span;
  /** Relative to the working directory, or absolute; with `/`. */
  readonly folder: string;
}

/** Finds such statements at the top level of texts that share one scope. */
export function findModulePaths(
  trees: readonly SyntaxTree[],
): readonly (readonly ModulePathStatement[])[] {
  const known = new Map<string, string>();
  return trees.map((tree) => {
    const found: ModulePathStatement[] = [];
    for (const statement of statementsOf(tree)) {
      const folder = namedFolder(statement, { text: tree.text, known });
      if (folder !== undefined)
        found.push({ span: { start: statement.start, end: statement.end }, folder });
      notePath(statement, { text: tree.text, known });
    }
    return found;
  });
}

/** `sys.path.append(E)`, `sys.path.insert(0, E)`, and either below `if E not in sys.path:`. */
function namedFolder(statement: SyntaxNode, scope: PathScope): string | undefined {
  if (statement.kind === "if_statement") {
    const condition = fieldOf(statement, "condition");
    const body = fieldOf(statement, "consequence");
    const [only, ...more] = body?.children ?? [];
    const asks =
      condition !== undefined &&
      /\bnot\s+in\s+sys\.path\s*\)?$/.test(textOf(scope.text, condition));
    if (!asks || only === undefined || more.length > 0) return undefined;
    if (fieldOf(statement, "alternative") !== undefined) return undefined;
    return namedFolder(only, scope);
  }
  if (statement.kind !== "expression_statement" || statement.children.length !== 1)
    return undefined;
  const call = statement.children[0];
  const callee = call?.kind === "call" ? fieldOf(call, "function") : undefined;
  if (call === undefined || callee === undefined) return undefined;
  const given = fieldOf(call, "arguments")?.children ?? [];
  const name = textOf(scope.text, callee);
  const argument =
    name === "sys.path.append" && given.length === 1
      ? given[0]
      : name === "sys.path.insert" && given.length === 2
        ? given[1]
        : undefined;
  return argument === undefined ? undefined : pathOf(argument, scope);
}
