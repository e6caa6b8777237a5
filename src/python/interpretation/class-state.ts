/**
 * What a class holds for all its instances, apart from what each instance holds for itself. An instance reaches both: changing
 * an attribute of its own changes nothing of the class.
 * https://docs.python.org/3/tutorial/classes.html#class-and-instance-variables
 */
import { childOfKind, fieldOf, type SyntaxNode, textOf, walk } from "../syntax.ts";
import { findMethod } from "./find-method.ts";
import type { Code, Frame, HeapObject } from "./model.ts";
import { isOwnClass } from "./values.ts";

/** The classes among the objects, and those of the instances among them. */
export function classesOf(objects: Iterable<HeapObject>): readonly HeapObject[] {
  const found = new Set<HeapObject>();
  for (const object of objects) {
    if (isClass(object)) found.add(object);
    else
      for (const inner of object.contents)
        if (isOwnClass(object, inner) && isClass(inner)) found.add(inner);
  }
  return [...found];
}

/** Whether the object is a class of the program, not an instance of one. */
export function isClass({ kind, code }: HeapObject): boolean {
  return kind === "inert" && [...code].some((one) => one.kind === "class");
}

/** Everything that classes and the classes that they are made of hold: data, functions, and other classes. */
export function partsOfClasses(classes: Iterable<HeapObject>): readonly HeapObject[] {
  const parts = new Set<HeapObject>();
  const bases = new Set(classes);
  for (const one of bases)
    for (const inner of one.contents) {
      parts.add(inner);
      if (isClass(inner)) bases.add(inner);
    }
  return [...parts];
}

/** The data among that: attributes, not what the functions in them hold. */
export function heldByClasses(classes: Iterable<HeapObject>): readonly HeapObject[] {
  return partsOfClasses(classes).filter(({ kind }) => kind !== "inert");
}

/** What reading `instance.name` may give of the classes' own data: where a body binds the name, and the instance has no such attribute for sure. */
export function readFromClasses(
  read: { readonly node: SyntaxNode; readonly name: string; readonly of: readonly HeapObject[] },
  frame: Frame,
): readonly HeapObject[] {
  const found = new Set<HeapObject>();
  for (const instance of read.of) {
    if (instance.kind !== "container") continue;
    for (const code of instance.code) {
      if (code.kind !== "class" || !isDataOfClass(code, read.name, frame)) continue;
      if (hasOwn(code, read, frame)) continue;
      for (const held of heldByClasses(classesOf([instance]))) found.add(held);
    }
  }
  return [...found];
}

/** Classes that are asked for data of theirs by name: `Box.items` is what the class holds, and not the class itself. */
export function askedForData(
  { name, of }: { readonly name: string; readonly of: readonly HeapObject[] },
  frame: Frame,
): readonly HeapObject[] {
  return of.filter(
    (object) =>
      isClass(object) &&
      // What stands in for a class from outside a function holds nothing itself.
      (object.origin === undefined || object.origin.kind === "class") &&
      [...object.code].every(
        (code) => isDataOfClass(code, name, frame) && findMethod(code, name, frame) === undefined,
      ),
  );
}

/** The type of what the body of each class binds the name to, where nothing else binds it. */
export function typeOfClassData(
  classes: readonly HeapObject[],
  name: string,
  { program }: Frame,
): string | undefined {
  const types = new Set<string | undefined>();
  for (const { code } of classes)
    for (const one of code) {
      const data = program.classData.get(one.name);
      const isOwn = data?.hasAnyName === false && !data.fromOutside.has(name);
      types.add(isOwn ? program.classBodies.get(one)?.get(name)?.type : undefined);
    }
  const [only] = types;
  return types.size === 1 ? only : undefined;
}

/** Whether a class of its family, or somebody from outside, binds the name to something other than a method. */
function isDataOfClass({ name: owner }: Code, name: string, { program }: Frame): boolean {
  const data = program.classData.get(owner);
  return data !== undefined && (data.hasAnyName || data.names.has(name));
}

function baseNames({ node, unit }: Code): readonly string[] {
  const bases = fieldOf(node, "superclasses")?.children ?? [];
  return bases.flatMap((base) => (base.kind === "identifier" ? [textOf(unit.text, base)] : []));
}

/** Whether every instance has an attribute of that name: its constructor gives it one before it does anything else with the instance. */
function hasOwn(
  code: Code,
  read: { readonly node: SyntaxNode; readonly name: string },
  frame: Frame,
): boolean {
  const constructor = findMethod(code, "__init__", frame);
  if (constructor === undefined || isConstructedOtherwise(code, frame)) return false;
  const end = givenAtOnce(constructor, read.name);
  if (end === undefined) return false;
  const { start, end: last } = constructor.node;
  const isInside =
    frame.unit === constructor.unit && read.node.start >= start && read.node.end <= last;
  return !isInside || read.node.start >= end;
}

/** A class that derives from it may have a constructor that gives an instance less. */
function isConstructedOtherwise(code: Code, { program }: Frame): boolean {
  for (const codes of program.definitions.values())
    for (const other of codes)
      if (other.kind === "class" && other.methods.has("__init__") && other !== code)
        if (baseNames(other).includes(code.name)) return true;
  return false;
}

/** The end of the statement `self.name = …` among the first ones of a constructor, which do nothing else with `self`. */
function givenAtOnce({ node, unit, parameters }: Code, name: string): number | undefined {
  const self = parameters[0]?.name;
  const { text } = unit;
  for (const statement of fieldOf(node, "body")?.children ?? []) {
    const assignment = childOfKind(statement, "assignment");
    const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
    const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
    const isOfSelf =
      left?.kind === "attribute" && textOf(text, fieldOf(left, "object") ?? left) === self;
    const rest = isOfSelf ? right : statement;
    if (rest !== undefined && mentions(rest, self, text)) return undefined;
    if (isOfSelf && textOf(text, fieldOf(left, "attribute") ?? left) === name) return statement.end;
  }
  return undefined;
}

function mentions(node: SyntaxNode, name: string | undefined, text: string): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.kind === "identifier" && textOf(text, inner) === name) found = true;
    return !found;
  });
  return found;
}
