/** Our scopes in the form in which `dump_scopes.py` prints CPython's. */
import { lineColumnAt, lineStarts } from "../../src/base/text-span.ts";
import { buildScopes, type Scope, scopeOwning } from "../../src/python/scopes.ts";
import type { SyntaxTree } from "../../src/python/syntax.ts";

/** One line a scope, sorted. */
export function scopeLines(tree: SyntaxTree): readonly string[] {
  const starts = lineStarts(tree.text);
  const lines: string[] = [];
  const visit = (scope: Scope, owner: string | undefined): void => {
    const inner = scope.kind === "class" ? scope.name : owner;
    lines.push(describe(scope, starts, inner));
    for (const child of scope.children) visit(child, inner);
  };
  visit(buildScopes(tree).module, undefined);
  return lines.sort(byCodePoint);
}

/** As Python sorts. */
function byCodePoint(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** In a class, `__name` is spelled `_Class__name` by the compiler. */
function mangle(name: string, owner: string | undefined): string {
  const stem = owner?.replace(/^_+/, "") ?? "";
  return stem !== "" && name.startsWith("__") && !name.endsWith("__") && !name.includes(".")
    ? `_${stem}${name}`
    : name;
}

function describe(scope: Scope, starts: readonly number[], owner: string | undefined): string {
  const symbols = [...scope.symbols.values()].flatMap((symbol) => {
    const found = scopeOwning(scope, symbol.name);
    const how = found.kind === "module" ? "global" : found === scope ? "local" : "free";
    const flags = [
      [symbol.read, "R"],
      [symbol.ways.has("definition") || symbol.ways.has("other"), "B"],
      [symbol.parameter, "P"],
      [symbol.ways.has("import"), "I"],
      [symbol.annotated, "A"],
      [symbol.declaredGlobal && scope.kind !== "module", "G"],
      [symbol.declaredNonlocal, "N"],
    ] as const;
    const letters = flags.flatMap(([is, letter]) => (is ? [letter] : [])).join("");
    // Unless the program binds it, it is the compiler's.
    if (symbol.name === "__class__" && !symbol.bound) return [];
    // Python takes names that look alike for one; we keep them apart.
    const name = symbol.name.normalize("NFKC");
    return letters === "" ? [] : [`${mangle(name, owner)}:${how}:${letters}`];
  });
  const kind = scope.kind === "module" ? "module" : scope.kind === "class" ? "class" : "function";
  const line = scope.kind === "module" ? 0 : lineColumnAt(starts, scope.node.start).line;
  return [kind, scope.name, String(line), ...symbols.sort(byCodePoint)].join(" ");
}
