/**
 * Which attributes the program's classes hold data under, told from the text alone: an instance that is asked for one of them may
 * give what all instances share.
 */
import { fieldOf, fieldsOf, type SyntaxNode, textOf, walk } from "../syntax.ts";
import type { ClassData, Unit } from "./model.ts";

/** By name of a class; nested classes count by their own name. */
export function classDataOf(units: readonly Unit[]): ReadonlyMap<string, ClassData> {
  const classes = units.flatMap((unit) =>
    [...unit.scopes.byNode.values()].flatMap((scope) =>
      scope.kind === "class" ? [{ unit, scope }] : [],
    ),
  );
  const found = new Map<string, ClassData>();
  for (const { scope } of classes) found.set(scope.name, emptyData());
  for (const { unit, scope } of classes)
    for (const base of fieldOf(scope.node, "superclasses")?.children ?? [])
      if (base.kind === "identifier") unite(found, scope.name, textOf(unit.text, base));
  for (const { unit, scope } of classes) {
    const data = found.get(scope.name);
    if (data === undefined) continue;
    for (const symbol of scope.symbols.values())
      if (symbol.bound && symbol.ways.has("other")) data.names.add(symbol.name);
    addBoundThrough(scope.node, unit.text, { named: found, own: [data] });
  }
  const own = [...new Set(found.values())];
  if (own.length > 0)
    for (const { tree, text } of units)
      for (const child of tree.root.children)
        if (child.kind !== "class_definition") addBoundThrough(child, text, { named: found, own });
  return found;
}

function emptyData(): ClassData {
  return { names: new Set(), fromOutside: new Set(), hasAnyName: false };
}

/** One class derives from another of the program: both names stand for one family. */
function unite(found: Map<string, ClassData>, name: string, base: string): void {
  const [one, other] = [found.get(name), found.get(base)];
  if (one === undefined || other === undefined || one === other) return;
  for (const [key, data] of found) if (data === other) found.set(key, one);
}

interface Families {
  readonly named: ReadonlyMap<string, ClassData>;
  /** Those that `cls` and `type(self)` may mean here. */
  readonly own: readonly ClassData[];
}

/** Attributes that are set on a class by its name, by `cls`, or by asking an instance for it. */
function addBoundThrough(node: SyntaxNode, text: string, families: Families): void {
  const bind = (owner: SyntaxNode | undefined, name: string | undefined): void => {
    for (const data of owner === undefined ? [] : meantBy(owner, text, families))
      if (name === undefined) data.hasAnyName = true;
      else {
        data.names.add(name);
        data.fromOutside.add(name);
      }
  };
  for (const inner of nodesIn(node)) {
    if (inner.kind === "call" && isCallOf(inner, "setattr", text))
      bind(fieldOf(inner, "arguments")?.children[0], undefined);
    if (inner.kind !== "assignment" && inner.kind !== "augmented_assignment") continue;
    for (const target of fieldsOf(inner, "left").flatMap(nodesIn)) {
      const attribute = target.kind === "attribute" ? fieldOf(target, "attribute") : undefined;
      if (attribute !== undefined) bind(fieldOf(target, "object"), textOf(text, attribute));
    }
  }
}

/** The families of which the expression may be a class. */
function meantBy(node: SyntaxNode, text: string, { named, own }: Families): readonly ClassData[] {
  if (node.kind === "identifier") {
    const name = textOf(text, node);
    const data = named.get(name);
    if (data !== undefined) return [data];
    return name === "cls" ? own : [];
  }
  if (node.kind === "call" && isCallOf(node, "type", text)) return own;
  const attribute = node.kind === "attribute" ? fieldOf(node, "attribute") : undefined;
  return attribute !== undefined && textOf(text, attribute) === "__class__" ? own : [];
}

function isCallOf(node: SyntaxNode, name: string, text: string): boolean {
  const callee = fieldOf(node, "function");
  return callee?.kind === "identifier" && textOf(text, callee) === name;
}

function nodesIn(root: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  walk(root, (node) => {
    found.push(node);
    return undefined;
  });
  return found;
}
