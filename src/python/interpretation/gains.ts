/**
 * Which objects came to be reached from more names, so that only they are looked at when a statement is over.
 * An object has gained when that happened since its names were last put into one group. It is settled when neither it nor
 * anything inside had gained then, and nothing was put inside since that anything else reaches. Invariant: what is around an unsettled object is unsettled.
 */
import type { Heap, HeapObject } from "./model.ts";
import { countWork } from "./work.ts";

/** The object, and with it everything inside, is reached from more names. Marks each object once in a statement. */
export function gain(heap: Heap, object: HeapObject): void {
  if (object.gainedAt === heap.statement) return;
  const waiting = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.gainedAt === heap.statement) continue;
    next.gainedAt = heap.statement;
    heap.gained.push(next);
    countWork(heap.work, 1);
    for (const inner of next.contents) waiting.push(inner);
  }
}

/** Something new may be inside; says whether that was news to any. */
export function unsettle(object: HeapObject): boolean {
  if (!object.isSettled) return false;
  const waiting = [object];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!next.isSettled) continue;
    next.isSettled = false;
    waiting.push(...next.containers);
  }
  return true;
}

/** What nothing else reaches, and what reaches nothing, brings no name to those that reach a settled object already. */
export function settlesInto(heap: Heap, outer: HeapObject, inner: HeapObject): boolean {
  if (!isSettled(outer)) return false;
  if (inner.holders.size > 0 || inner.containers.size > 0 || inner.contents.size > 0) return false;
  inner.isSettled = true;
  // Of the statement before, so that what it gains in this one is seen.
  inner.groupedAt = heap.statement - 1;
  return true;
}

/** Whether nothing is to be done about the object and what is inside. */
export function isSettled(object: HeapObject): boolean {
  return object.isSettled && !hasGained(object);
}

/** The names from which the objects, and all that is inside, are reached are in one group each. */
export function settle(heap: Heap, objects: Iterable<HeapObject>): void {
  for (const object of objects) {
    object.groupedAt = heap.statement;
    object.isSettled = true;
  }
}

/**
 * The next statement begins. What gained and belongs to no name that the statement bound or changed is found from any name later on.
 *
 * @returns Whether it is newly so found, and the names are to be looked through again.
 */
export function unsettleRest(heap: Heap): boolean {
  let isNews = false;
  for (const object of heap.gained)
    if (hasGained(object)) isNews = unsettleAround(object) || isNews;
  return isNews;
}

function unsettleAround(object: HeapObject): boolean {
  let isNews = unsettle(object);
  for (const container of object.containers) isNews = unsettle(container) || isNews;
  return isNews;
}

function hasGained(object: HeapObject): boolean {
  return object.gainedAt > object.groupedAt;
}
