/** Objects and what they contain. While a statement is run containment only grows; what is over or merged is taken out after it. */
import type { Code, Heap, HeapObject, Origin } from "./model.ts";
import { countWork, type Work } from "./work.ts";

/** Nothing yet. */
export function newHeap(work: Work): Heap {
  return { version: 0, work, changeable: new WeakMap() };
}

/** What a new object is like; `contents` may share memory with it. */
export interface NewObject {
  readonly kind: HeapObject["kind"];
  readonly contents?: Iterable<HeapObject>;
  readonly origin?: Origin;
}

/** Makes an object. */
export function newObject(heap: Heap, made: NewObject): HeapObject {
  const object: HeapObject = {
    kind: made.kind,
    origin: made.origin,
    contents: new Set(),
    containers: new Set(),
    code: new Set(),
    mayReachCode: false,
    isIterator: false,
    keepsPositions: false,
    mergedSize: 0,
    holders: new Set(),
  };
  for (const inner of made.contents ?? []) contain(heap, object, inner);
  return object;
}

/** Puts `inner` into `outer`; says whether that was news. */
export function contain(heap: Heap, outer: HeapObject, inner: HeapObject): boolean {
  if (outer === inner || outer.contents.has(inner)) return false;
  heap.version += 1;
  outer.contents.add(inner);
  inner.containers.add(outer);
  if (inner.mayReachCode) markReachesCode(outer);
  return true;
}

/** A name holds exactly these objects from now on. */
export function hold(
  heap: Heap,
  name: string,
  before: readonly HeapObject[],
  after: readonly HeapObject[],
): void {
  heap.version += 1;
  countWork(heap.work, before.length + after.length);
  for (const object of before) object.holders.delete(name);
  for (const object of after) object.holders.add(name);
}

/** Code that runs when the object is called or used. */
export function addCode(object: HeapObject, code: Code): void {
  object.code.add(code);
  markReachesCode(object);
}

/** Every object is marked once, and whoever holds a marked one is marked: what is not marked needs no walk. */
function markReachesCode(object: HeapObject): void {
  const waiting = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.mayReachCode) continue;
    next.mayReachCode = true;
    waiting.push(...next.containers);
  }
}

/**
 * Lets go of an object that no name and no other object holds any more, so that what it held is no longer seen as shared.
 * Without this a long program would drag along everything it ever computed.
 */
export function releaseUnheld(heap: Heap, object: HeapObject): void {
  heap.version += 1;
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

/** Takes an object out of all that holds it and of all that it holds, when another stands for it from now on. Names of which it was a value are left to the caller. */
export function detach(heap: Heap, object: HeapObject): void {
  heap.version += 1;
  for (const outer of object.containers) outer.contents.delete(object);
  for (const inner of object.contents) inner.containers.delete(object);
  object.containers.clear();
  object.contents.clear();
  object.holders.clear();
}

/** The objects and everything inside them. */
export function inside(heap: Heap, objects: Iterable<HeapObject>): Set<HeapObject> {
  return closure(heap, objects, (object) => object.contents);
}

/** The objects and the data inside them; functions and classes that they hold are not changed with them. */
export function changeable(heap: Heap, objects: readonly HeapObject[]): readonly HeapObject[] {
  const known = heap.changeable.get(objects);
  if (known?.version === heap.version) return known.found;
  const given = new Set(objects);
  const found = [...inside(heap, given)].filter(
    (object) => object.kind !== "inert" || given.has(object),
  );
  heap.changeable.set(objects, { version: heap.version, found });
  return found;
}

/** The objects and everything that contains them: what changes when one of them changes. */
export function around(heap: Heap, objects: Iterable<HeapObject>): Set<HeapObject> {
  return closure(heap, objects, (object) => object.containers);
}

function closure(
  heap: Heap,
  objects: Iterable<HeapObject>,
  next: (object: HeapObject) => Iterable<HeapObject>,
): Set<HeapObject> {
  const seen = new Set(objects);
  // A Set visits what is added to it while it is walked.
  for (const object of seen) for (const other of next(object)) seen.add(other);
  countWork(heap.work, seen.size);
  return seen;
}

/** Code that can be reached from the objects. */
export function codeIn(heap: Heap, objects: readonly HeapObject[]): ReadonlySet<Code> {
  const reaching = objects.filter((object) => object.mayReachCode);
  if (reaching.length === 0) return NO_CODE;
  const found = new Set<Code>();
  const ways = closure(heap, reaching, reachingCode);
  for (const object of ways) for (const code of object.code) found.add(code);
  return found;
}

/** The contents that lead to code. */
function reachingCode(object: HeapObject): readonly HeapObject[] {
  return [...object.contents].filter((inner) => inner.mayReachCode);
}

const NO_CODE: ReadonlySet<Code> = new Set();
