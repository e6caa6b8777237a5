/** What a text itself mentions: module-level names as Python's scoping rules see them, and annotations that are evaluated. */
import type { PythonParser } from "../python/parse.ts";
import { buildScopes, type Scope, scopeOwning } from "../python/scopes.ts";
import { walk } from "../python/syntax.ts";

/** Names read anywhere in the text that no function, lambda, comprehension or class in it binds for itself. */
export function namesReadIn(text: string, parser: PythonParser): ReadonlySet<string> {
  const { module } = buildScopes(parser.parse(text));
  const found = new Set<string>();
  collect(module, module, found);
  return found;
}

function collect(scope: Scope, module: Scope, found: Set<string>): void {
  for (const symbol of scope.symbols.values())
    if (symbol.read && scopeOwning(scope, symbol.name) === module) found.add(symbol.name);
  for (const child of scope.children) collect(child, module, found);
}

/** Whether a function or class in the text has annotations, which somebody may look at when it runs. */
export function annotatesDefinitions(text: string, parser: PythonParser): boolean {
  let found = false;
  walk(parser.parse(text).root, (node) => {
    if (node.kind !== "function_definition" && node.kind !== "class_definition") return true;
    walk(node, (inner) => {
      if (inner.kind === "type") found = true;
      return !found;
    });
    return false;
  });
  return found;
}
