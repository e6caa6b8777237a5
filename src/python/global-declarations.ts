/** The `global` statements of a text: which names they declare, and whether `nonlocal` could take their place. */
import { buildScopes, type Scope } from "./scopes.ts";
import { type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";

/** One `global` statement. */
export interface GlobalDeclaration {
  readonly node: SyntaxNode;
  readonly names: readonly string[];
  /** At the top level, branches and loops included, where it says nothing. */
  readonly isTopLevel: boolean;
  /** By name, the function around that has a variable of that name of its own, which `nonlocal` would mean instead. */
  readonly hiddenBy: ReadonlyMap<string, string>;
}

/** All of a text, in its order. Linear in the tree. */
export function globalDeclarations(tree: SyntaxTree): readonly GlobalDeclaration[] {
  if (!tree.text.includes("global")) return [];
  const { module, byNode } = buildScopes(tree);
  const found: GlobalDeclaration[] = [];
  const visit = (node: SyntaxNode, around: Scope): void => {
    const scope = byNode.get(node) ?? around;
    if (node.kind === "global_statement") {
      const names = node.children.map((child) => textOf(tree.text, child));
      const hidden = names.flatMap((name) => {
        const by = hiddenBy(scope, name);
        return by === undefined ? [] : [[name, by] as const];
      });
      found.push({ node, names, isTopLevel: scope === module, hiddenBy: new Map(hidden) });
      return;
    }
    for (const child of node.children) visit(child, scope);
  };
  visit(tree.root, module);
  return found;
}

function hiddenBy(scope: Scope, name: string): string | undefined {
  for (let outer = scope.parent; outer !== undefined; outer = outer.parent) {
    // A class body does not lend its names to the functions in it.
    if (outer.kind === "module" || outer.kind === "class") continue;
    const symbol = outer.symbols.get(name);
    if (symbol?.bound === true && !symbol.declaredGlobal && !symbol.declaredNonlocal)
      return outer.name;
  }
  return undefined;
}
