/** Which module-level names a text itself mentions, as Python's scoping rules see it: what an import line must provide and no more. */
import type { PythonParser } from "../python/parse.ts";
import { buildScopes, type Scope, scopeOwning } from "../python/scopes.ts";

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
