/**
 * The notebook's variables are local to a step's function, so what its functions declare `global` is `nonlocal` there.
 * Names that the module itself has (imports, shared helpers) stay `global`.
 */
import type { TextEdit } from "../python/edit.ts";
import { type GlobalDeclaration, globalDeclarations } from "../python/global-declarations.ts";
import type { PythonParser } from "../python/parse.ts";
import { buildScopes } from "../python/scopes.ts";

/** Edits on the text of a statement that goes into a step. */
export function declareForStep(
  text: string,
  parser: PythonParser,
  isStepVariable: (name: string) => boolean,
): readonly TextEdit[] {
  return globalDeclarations(parser.parse(text)).map(
    (declaration): TextEdit => ({
      span: { start: declaration.node.start, end: declaration.node.end },
      text: declared(declaration, isStepVariable),
    }),
  );
}

function declared(
  { names, isTopLevel }: GlobalDeclaration,
  isStepVariable: (name: string) => boolean,
): string {
  if (isTopLevel) return "pass";
  const own = names.filter(isStepVariable);
  const others = names.filter((name) => !isStepVariable(name));
  return [
    ...(own.length === 0 ? [] : [`nonlocal ${own.join(", ")}`]),
    ...(others.length === 0 ? [] : [`global ${others.join(", ")}`]),
  ].join("; ");
}

/** Names that functions in these texts declare `global` and that none of the texts binds outside of a function. */
export function boundByFunctionsOnly(
  texts: readonly string[],
  parser: PythonParser,
): readonly string[] {
  const declaredNames = new Set<string>();
  const bound = new Set<string>();
  for (const text of texts) {
    const tree = parser.parse(text);
    for (const { names, isTopLevel } of globalDeclarations(tree))
      if (!isTopLevel) for (const name of names) declaredNames.add(name);
    for (const symbol of buildScopes(tree).module.symbols.values())
      if (symbol.bound) bound.add(symbol.name);
  }
  return [...declaredNames].filter((name) => !bound.has(name)).sort();
}
