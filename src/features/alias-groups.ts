/**
 * Names that may stand for the same object: one is assigned from the other, directly or in steps, or it goes over a list in which the other
 * stands. When in the notebook that is so does not count.
 */
import { mayMutate } from "../python/mutated-names.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, textOf, walk } from "../python/syntax.ts";
import type { FeatureProgram } from "./feature-program.ts";

/** By name, all names of its group. */
export function aliasGroups(program: FeatureProgram): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  const merge = (names: readonly string[]): void => {
    const merged = new Set(names.flatMap((name) => [name, ...(groups.get(name) ?? [])]));
    for (const name of merged) groups.set(name, merged);
  };
  const containers = new Map<string, Set<string>>();
  const hold = (name: string, elements: readonly string[]): void => {
    containers.set(name, new Set([...(containers.get(name) ?? []), ...elements]));
  };
  for (const { node, tree } of program.statements) {
    walk(node, (at) => {
      const added = addedTo(at, tree.text);
      if (added !== undefined) hold(added.name, added.elements);
      return undefined;
    });
    const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
    if (assignment?.kind !== "assignment" || assignment.children.length !== 2) continue;
    const [left, right] = assignment.children;
    if (left?.kind === "identifier" && right?.kind === "identifier")
      merge([textOf(tree.text, left), textOf(tree.text, right)]);
  }
  const inside = (node: SyntaxNode, text: string): readonly string[] => [
    ...elementsOf(node, text),
    ...namesBelow(node, text).flatMap((name) => [...(containers.get(name) ?? [])]),
  ];
  for (const statement of program.statements) {
    const { text } = statement.tree;
    walk(statement.node, (node) => {
      const left = fieldOf(node, "left");
      const right = fieldOf(node, "right");
      if (node.kind === "for_statement" && left !== undefined && right !== undefined) {
        const elements = inside(right, text);
        const variables = namesBelow(left, text);
        // What only looks at tables makes no change that shows in them.
        if (elements.length > 0 && variables.some((name) => mayMutate(statement.facts, name)))
          merge([...variables, ...elements]);
      }
      const held = changedInside(node, text);
      const elements = held === undefined ? undefined : containers.get(held);
      if (held !== undefined && elements !== undefined && elements.size > 0)
        merge([held, ...elements]);
      return undefined;
    });
  }
  return groups;
}

/** What a name holds from a statement on: `tables = [a, b]`, `tables += [c]`, `tables.append(d)`. */
function addedTo(
  node: SyntaxNode,
  text: string,
): { readonly name: string; readonly elements: readonly string[] } | undefined {
  const isAssignment = node.kind === "assignment" || node.kind === "augmented_assignment";
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  const list = node.kind === "call" ? fieldOf(node, "arguments") : undefined;
  const holder = isAssignment
    ? fieldOf(node, "left")
    : callee?.kind === "attribute"
      ? fieldOf(callee, "object")
      : undefined;
  const root = holder?.kind === "subscript" ? fieldOf(holder, "value") : holder;
  if (root?.kind !== "identifier") return undefined;
  const name = textOf(text, root);
  if (isAssignment) {
    const right = fieldOf(node, "right");
    if (right === undefined) return undefined;
    const own =
      holder?.kind === "subscript" && right.kind === "identifier" ? [textOf(text, right)] : [];
    return { name, elements: [...own, ...elementsOf(right, text)] };
  }
  const method = callee === undefined ? undefined : fieldOf(callee, "attribute");
  if (list === undefined || method === undefined || !ADDING.has(textOf(text, method)))
    return undefined;
  const given = list.children.flatMap((child) =>
    child.kind === "identifier" ? [textOf(text, child)] : elementsOf(child, text),
  );
  return { name, elements: given };
}

const ADDING: ReadonlySet<string> = new Set(["append", "extend", "insert", "setdefault", "update"]);

const CONTAINERS: ReadonlySet<string> = new Set([
  "dictionary",
  "expression_list",
  "list",
  "list_splat",
  "pair",
  "parenthesized_expression",
  "tuple",
]);

/** Names that stand in a list, tuple or dictionary that is written out, in another one in it, or in what is taken of one. */
function elementsOf(node: SyntaxNode, text: string): readonly string[] {
  const names: string[] = [];
  walk(node, (at) => {
    if (!CONTAINERS.has(at.kind)) return isTaken(at) ? undefined : false;
    for (const child of at.children)
      if (child.kind === "identifier" && child.field !== "key") names.push(textOf(text, child));
    return undefined;
  });
  return names;
}

/** `[a, b][:1]`, `[a] + [b]`, `enumerate([a, b])`, `{"x": a}.items()`. */
function isTaken({ kind }: SyntaxNode): boolean {
  return ["argument_list", "attribute", "binary_operator", "call", "subscript"].includes(kind);
}

function namesBelow(node: SyntaxNode, text: string): readonly string[] {
  const names: string[] = [];
  walk(node, (at) => {
    if (at.kind === "identifier" && at.field !== "attribute") names.push(textOf(text, at));
    return undefined;
  });
  return names;
}

/** The list whose element a statement changes: `tables[0]["x"] = …`, `tables[0].drop(…, inplace=True)`. */
function changedInside(node: SyntaxNode, text: string): string | undefined {
  const isCall = node.kind === "call" && /\binplace\s*=\s*True\b/u.test(textOf(text, node));
  const callee = isCall ? fieldOf(node, "function") : undefined;
  const changed =
    node.kind === "assignment" || node.kind === "augmented_assignment"
      ? fieldOf(node, "left")
      : callee?.kind === "attribute"
        ? callee
        : undefined;
  let isElement = false;
  let root = changed === undefined ? undefined : partOf(changed);
  for (let next = root; next !== undefined; next = partOf(next)) {
    root = next;
    isElement ||= next.kind === "subscript";
  }
  return isElement && root?.kind === "identifier" ? textOf(text, root) : undefined;
}

/** What a subscript or an attribute is taken of. */
function partOf(node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind === "subscript") return fieldOf(node, "value");
  return node.kind === "attribute" ? fieldOf(node, "object") : undefined;
}
