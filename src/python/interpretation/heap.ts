/** Objects and what they contain. Containment only ever grows, so walks over it stay valid. */
import type { Code, HeapObject, Origin } from "./model.ts";

/** Makes an object; `contents` may share memory with it. */
export function newObject(
  kind: HeapObject["kind"],
  contents: Iterable<HeapObject> = [],
  origin?: Origin,
): HeapObject {
  const object: HeapObject = {
    kind,
    origin,
    contents: new Set(),
    containers: new Set(),
    code: new Set(),
    isIterator: false,
    holders: new Set(),
  };
  for (const inner of contents) contain(object, inner);
  return object;
}

/** Puts `inner` into `outer`; says whether that was news. */
export function contain(outer: HeapObject, inner: HeapObject): boolean {
  if (outer === inner || outer.contents.has(inner)) return false;
  outer.contents.add(inner);
  inner.containers.add(outer);
  return true;
}

/**
 * Lets go of an object that no name and no other object holds any more, so that what it held is no longer seen as shared.
 * Without this a long program would drag along everything it ever computed.
 */
export function releaseUnheld(object: HeapObject): void {
  const unheld = [object];
  for (let next = unheld.pop(); next !== undefined; next = unheld.pop()) {
    if (next.holders.size > 0 || next.containers.size > 0) continue;
    for (const inner of next.contents) {
      inner.containers.delete(next);
      unheld.push(inner);
    }
    next.contents.clear();
  }
}

/** The objects and everything inside them. */
export function inside(objects: Iterable<HeapObject>): Set<HeapObject> {
  return closure(objects, (object) => object.contents);
}

/** The objects and the data inside them; functions and classes that they hold are not changed with them. */
export function changeable(objects: Iterable<HeapObject>): readonly HeapObject[] {
  const given = new Set(objects);
  return [...inside(given)].filter((object) => object.kind !== "inert" || given.has(object));
}

/** The objects and everything that contains them: what changes when one of them changes. */
export function around(objects: Iterable<HeapObject>): Set<HeapObject> {
  return closure(objects, (object) => object.containers);
}

function closure(
  objects: Iterable<HeapObject>,
  next: (object: HeapObject) => Iterable<HeapObject>,
): Set<HeapObject> {
  const seen = new Set(objects);
  // A Set visits what is added to it while it is walked.
  for (const object of seen) for (const other of next(object)) seen.add(other);
  return seen;
}

/** Code that can be reached from the objects. */
export function codeIn(objects: readonly HeapObject[]): ReadonlySet<Code> {
  if (objects.every((object) => object.contents.size === 0 && object.code.size === 0))
    return NO_CODE;
  const found = new Set<Code>();
  for (const object of inside(objects)) for (const code of object.code) found.add(code);
  return found;
}

const NO_CODE: ReadonlySet<Code> = new Set();
