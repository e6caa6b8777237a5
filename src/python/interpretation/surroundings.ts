/**
 * What contains an object that much contains, and the names that hold any of it: kept up to date while the program is run, because
 * walking there again for every statement would cost the square of a program in which everything shares memory.
 * Each stay of a name is remembered, so that facts can refer to the names of a moment without listing them.
 */
import type { NamesThen } from "../facts.ts";
import type { Heap, HeapObject, Stay, Surroundings } from "./model.ts";
import { countWork } from "./work.ts";

/** Names and containers from which on an object's surroundings are kept; below, a walk is cheaper. */
const MANY = 32;
/** Where more things than these are in the middle of everything, each would be told of nearly all that happens. */
const MOST_KEPT = 8;

/** The surroundings of an object where they are kept; `undefined` where they are to be walked. */
export function surroundingsOf(heap: Heap, object: HeapObject): Surroundings | undefined {
  if (object.kept !== undefined) return object.kept;
  if (heap.listsNames || heap.keptCount >= MOST_KEPT) return undefined;
  if (object.holders.size + object.containers.size < MANY) return undefined;
  heap.keptCount += 1;
  const made: Surroundings = {
    members: new Set(),
    stays: [],
    staysOf: new Map(),
    held: new Map(),
    fresh: new Set(),
    united: new Set(),
    changes: 0,
  };
  object.kept = made;
  enter(heap, made, object);
  return made;
}

/** An object contains a member from now on. */
export function enter(heap: Heap, surroundings: Surroundings, object: HeapObject): void {
  const entering = new Set([object]);
  // A Set visits what is added to it while it is walked.
  for (const next of entering) {
    if (surroundings.members.has(next)) continue;
    surroundings.members.add(next);
    next.surroundings = [...(next.surroundings ?? []), surroundings];
    for (const name of holdersOf(heap, next)) join(heap, surroundings, name);
    countWork(heap.work, 1 + next.holders.size);
    for (const container of next.containers) entering.add(container);
  }
}

/** The names that hold an object, those last that were bound last. */
export function holdersOf(heap: Heap, object: HeapObject): Iterable<string> {
  const { holders } = object;
  if (holders.size < 2) return holders;
  const { heldAt } = heap;
  return [...holders].sort((a, b) => (heldAt.get(a) ?? 0) - (heldAt.get(b) ?? 0));
}

/** Nobody will meet the object any more: it is no member of anything, and its own surroundings need not be kept. */
export function leave(heap: Heap, object: HeapObject): void {
  for (const surroundings of object.surroundings ?? []) {
    if (surroundings === object.kept) continue;
    surroundings.members.delete(object);
    for (const name of object.holders) part(heap, surroundings, name);
  }
  object.surroundings = undefined;
  if (object.kept === undefined) return;
  for (const member of object.kept.members)
    member.surroundings = member.surroundings?.filter((other) => other !== object.kept);
  countWork(heap.work, object.kept.members.size);
  object.kept = undefined;
  heap.keptCount -= 1;
}

/** A name holds a member from now on. */
export function join(heap: Heap, surroundings: Surroundings, name: string): void {
  const count = surroundings.held.get(name) ?? 0;
  surroundings.held.set(name, count + 1);
  if (count > 0) return;
  const stay: Stay = { name, from: heap.version, until: Number.POSITIVE_INFINITY };
  surroundings.stays.push(stay);
  const own = surroundings.staysOf.get(name);
  if (own === undefined) surroundings.staysOf.set(name, [stay]);
  else own.push(stay);
  surroundings.fresh.add(name);
  surroundings.changes += 1;
}

/** A name holds a member no longer. */
export function part(heap: Heap, surroundings: Surroundings, name: string): void {
  const count = surroundings.held.get(name) ?? 0;
  if (count > 1) {
    surroundings.held.set(name, count - 1);
    return;
  }
  surroundings.held.delete(name);
  const stay = surroundings.staysOf.get(name)?.at(-1);
  if (stay !== undefined) stay.until = heap.version;
  surroundings.fresh.delete(name);
  surroundings.united.delete(name);
  surroundings.changes += 1;
}

/** The names that hold a member now, for good. */
export function namesNow(heap: Heap, surroundings: Surroundings): NamesThen {
  const { stays, staysOf } = surroundings;
  const { version } = heap;
  const count = stays.length;
  function* after(first: number): Generator<string> {
    for (let at = first; at < count; at += 1) {
      const stay = stays[at];
      if (stay !== undefined && stay.until > version) yield stay.name;
    }
  }
  return {
    of: stays,
    count,
    has: (name) => (latestStay(staysOf.get(name) ?? [], version)?.until ?? 0) > version,
    since: (before) => after(before?.of === stays ? before.count : 0),
    [Symbol.iterator]: () => after(0),
  };
}

/** The last stay that had begun. */
function latestStay(stays: readonly Stay[], version: number): Stay | undefined {
  let low = 0;
  for (let high = stays.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((stays[middle]?.from ?? 0) > version) high = middle;
    else low = middle + 1;
  }
  return stays[low - 1];
}
