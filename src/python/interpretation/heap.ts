/** Objects and what they contain. While a statement is run containment only grows; what is over or merged is taken out after it. */

import { gain, settlesInto, unsettle } from "./gains.ts";
import type { BoundMethod, Code, Heap, HeapObject, Origin } from "./model.ts";
import { enter, join, leave, part } from "./surroundings.ts";
import { isOwnClass } from "./values.ts";
import { countWork, type Work } from "./work.ts";

/** Nothing yet. */
export function newHeap(work: Work, listsNames = false): Heap {
  return {
    version: 0,
    work,
    statement: 1,
    gained: [],
    keptCount: 0,
    heldAt: new Map(),
    listsNames,
    changeable: new WeakMap(),
    changeableOwn: new WeakMap(),
    code: new WeakMap(),
    readable: new WeakMap(),
    stored: new WeakMap(),
  };
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
    holdsItself: false,
    code: new Set(),
    bound: undefined,
    mayReachCode: false,
    isIterator: false,
    keepsPositions: false,
    mergedSize: 0,
    holders: new Set(),
    gainedAt: 0,
    groupedAt: 0,
    isSettled: false,
    kept: undefined,
    surroundings: undefined,
  };
  for (const inner of made.contents ?? []) contain(heap, object, inner);
  return object;
}

/** Puts `inner` into `outer`; says whether that was news. */
export function contain(heap: Heap, outer: HeapObject, inner: HeapObject): boolean {
  if (outer === inner) {
    const isNews = !outer.holdsItself;
    if (isNews) heap.version += 1;
    outer.holdsItself = true;
    return isNews;
  }
  if (outer.contents.has(inner)) return false;
  heap.version += 1;
  const isNews = !settlesInto(heap, outer, inner);
  outer.contents.add(inner);
  inner.containers.add(outer);
  if (isNews) {
    if (outer.holders.size > 0 || outer.containers.size > 0) gain(heap, inner);
    unsettle(outer);
  }
  for (const surroundings of inner.surroundings ?? []) enter(heap, surroundings, outer);
  if (inner.mayReachCode) markReachesCode(outer);
  return true;
}

/**
 * A name holds exactly these objects from now on. A loop adds few to the many that a name may be: only what is different costs.
 *
 * @returns Objects that it may hold no longer.
 */
export function hold(
  heap: Heap,
  name: string,
  before: readonly HeapObject[],
  after: readonly HeapObject[],
): readonly HeapObject[] {
  heap.version += 1;
  heap.heldAt.set(name, heap.version);
  const isLonger = before.length > 0 && before.every((object, at) => object === after[at]);
  const [lost, gained] = isLonger ? [[], after.slice(before.length)] : [before, after];
  countWork(heap.work, lost.length + gained.length);
  noteGains(heap, { name, before, after, gained });
  const joins = gained.filter((object) => !object.holders.has(name));
  // One of which the name lingered may have been let go of before.
  const parts = lost.filter((object) => object.holders.delete(name));
  for (const object of gained) object.holders.add(name);
  for (const object of joins)
    for (const surroundings of object.surroundings ?? []) join(heap, surroundings, name);
  for (const object of parts) {
    if (object.holders.has(name)) continue;
    for (const surroundings of object.surroundings ?? []) part(heap, surroundings, name);
  }
  return lost;
}

/** A name that had only lingered on these objects holds them no longer. */
export function letGo(heap: Heap, name: string, objects: Iterable<HeapObject>): void {
  heap.version += 1;
  for (const object of objects) {
    if (!object.holders.delete(name)) continue;
    for (const surroundings of object.surroundings ?? []) part(heap, surroundings, name);
  }
}

/** Functions alone share nothing; beside data what they hold is shared, too, but the name is not asked for it. */
function noteGains(
  heap: Heap,
  bound: {
    readonly name: string;
    readonly before: readonly HeapObject[];
    readonly after: readonly HeapObject[];
    readonly gained: readonly HeapObject[];
  },
): void {
  const { name, before, after, gained } = bound;
  if (!after.some(isData)) return;
  const isNew = before.some(isData)
    ? (object: HeapObject): boolean => !object.holders.has(name)
    : (): boolean => true;
  for (const object of before.some(isData) ? gained : after) {
    if (!isNew(object)) continue;
    gain(heap, object);
    if (isData(object)) continue;
    for (const inner of inside(heap, object.contents)) unsettle(inner);
  }
}

/** Functions and classes are not data: to share one is no alias. */
export function isData(object: HeapObject): boolean {
  return object.kind !== "inert";
}

/** Code that runs when the object is called or used. */
export function addCode(heap: Heap, object: HeapObject, code: Code): void {
  if (!object.code.has(code)) heap.version += 1;
  object.code.add(code);
  markReachesCode(object);
}

/** Makes of an object a method that belongs to what it holds. */
export function bindMethod(object: HeapObject, bound: BoundMethod): void {
  object.bound = bound;
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
    leave(heap, next);
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
  leave(heap, object);
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

/** The objects and everything inside them, the classes of instances not counted. */
export function insideOwn(heap: Heap, objects: Iterable<HeapObject>): Set<HeapObject> {
  return closure(heap, objects, (object) =>
    object.code.size === 0
      ? object.contents
      : [...object.contents].filter((inner) => !isOwnClass(object, inner)),
  );
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

/** What changes with the objects where only they change: what the classes of instances hold stays as it is. */
export function changeableOwn(heap: Heap, objects: readonly HeapObject[]): readonly HeapObject[] {
  const known = heap.changeableOwn.get(objects);
  if (known?.version === heap.version) return known.found;
  const given = new Set(objects);
  const found = [...insideOwn(heap, given)].filter(
    (object) => object.kind !== "inert" || given.has(object),
  );
  heap.changeableOwn.set(objects, { version: heap.version, found });
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

/** Code that can be reached from the objects. Asked for again and again where functions call each other: it is walked for once a version. */
export function codeIn(heap: Heap, objects: readonly HeapObject[]): ReadonlySet<Code> {
  if (!objects.some((object) => object.mayReachCode)) return NO_CODE;
  const known = heap.code.get(objects);
  if (known?.version === heap.version) return known.found;
  const found = new Set<Code>();
  const ways = new Set<HeapObject>();
  for (const object of objects) if (object.mayReachCode) ways.add(object);
  // A Set visits what is added to it while it is walked.
  for (const object of ways) {
    for (const code of object.code) found.add(code);
    for (const inner of object.contents) if (inner.mayReachCode) ways.add(inner);
  }
  countWork(heap.work, ways.size);
  heap.code.set(objects, { version: heap.version, found });
  return found;
}

/** Methods that were looked up and not called, and that can be reached from the objects. */
export function methodsIn(heap: Heap, objects: readonly HeapObject[]): readonly BoundMethod[] {
  const reaching = objects.filter((object) => object.mayReachCode);
  if (reaching.length === 0) return [];
  return [...closure(heap, reaching, reachingCode)].flatMap(({ bound }) => bound ?? []);
}

/** The contents that lead to code. */
function reachingCode(object: HeapObject): readonly HeapObject[] {
  return [...object.contents].filter((inner) => inner.mayReachCode);
}

const NO_CODE: ReadonlySet<Code> = new Set();
