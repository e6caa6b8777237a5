/**
 * Objects that no way through names and containers can tell apart become one, so that what a name or a list may be does not grow
 * with everything that it ever was. No fact changes by it: who reaches one of them reaches all, and what changes with one changes with all.
 */
import { around, contain, detach, hold } from "./heap.ts";
import type { Heap, HeapObject, Lingering, Program } from "./model.ts";
import { withObjects } from "./values.ts";
import { countWork } from "./work.ts";

/** Fewer are not worth the look. */
const MANY = 8;

/** Merges what a name may be. */
export function mergeHeld(name: string, program: Program): void {
  const value = program.environment.get(name);
  if (value === undefined || value.objects.length < MANY) return;
  mergeAlike(value.objects, program);
}

/** Merges what an object contains, whenever that has doubled. */
export function mergeContents(object: HeapObject, program: Program): void {
  if (object.contents.size < Math.max(MANY, 2 * object.mergedSize)) return;
  mergeAlike([...object.contents], program);
  object.mergedSize = object.contents.size;
}

/** Merges what a name may still be at the end of the program, whenever that has doubled. */
export function mergeLingering(name: string, lingering: Lingering, program: Program): void {
  const { objects, mergedSize } = lingering;
  if (objects.size < Math.max(MANY, 2 * mergedSize)) return;
  mergeAlike([...objects], program);
  for (const object of objects) if (!object.holders.has(name)) objects.delete(object);
  lingering.mergedSize = objects.size;
}

function mergeAlike(objects: readonly HeapObject[], program: Program): void {
  const plain = objects.filter(isPlain);
  let classes = partition(
    [plain],
    ({ holders, isIterator }) => `${String(isIterator)} ${[...holders].sort().join(" ")}`,
  );
  for (let count = 0; count !== classes.length; ) {
    count = classes.length;
    const numbers = new Map<HeapObject, number>();
    const numberOf = (object: HeapObject): number => {
      const number = numbers.get(object) ?? numbers.size;
      numbers.set(object, number);
      return number;
    };
    classes = partition(classes, (object, own) =>
      [...object.containers]
        .filter((container) => !own.has(container))
        .map(numberOf)
        .sort((a, b) => a - b)
        .join(" "),
    );
  }
  for (const object of plain)
    countWork(program.heap.work, 1 + object.holders.size + object.containers.size);
  const left: HeapObject[] = [];
  for (const [first, ...others] of classes) {
    if (first === undefined) continue;
    if (others.length > 0) mergeInto(first, others, program);
    left.push(first);
  }
  if (left.length >= MANY) mergeCovered(left, program);
}

/** Where one is met wherever another is, the other adds nothing to what is changed or shared by way of it. */
function mergeCovered(objects: readonly HeapObject[], program: Program): void {
  const ways = (object: HeapObject): number => object.holders.size + object.containers.size;
  const kept: HeapObject[] = [];
  for (const object of [...objects].sort((a, b) => ways(b) - ways(a))) {
    countWork(program.heap.work, ways(object));
    const covering = kept.find((other) => covers(other, object, program.heap));
    if (covering !== undefined) mergeInto(covering, [object], program);
    else if (kept.length < MANY) kept.push(object);
  }
}

/** Whether every way to the other leads to the one, too: what is anywhere inside of an opaque object is met with it. */
function covers(one: HeapObject, other: HeapObject, heap: Heap): boolean {
  if (one.isIterator !== other.isIterator) return false;
  for (const name of other.holders) if (!one.holders.has(name)) return false;
  for (const inner of other.contents) if (inner !== one && !one.contents.has(inner)) return false;
  const outers = [...other.containers].filter(
    (outer) => outer !== one && !one.containers.has(outer),
  );
  if (outers.length === 0) return true;
  const whole = around(heap, [one]);
  return outers.every((outer) => outer.kind === "opaque" && whole.has(outer));
}

/** Data without a place of its own in something else: a tuple remembers which of its parts is which. */
function isPlain(object: HeapObject): boolean {
  if (object.kind !== "opaque") return false;
  if (object.origin !== undefined || object.code.size > 0 || object.bound !== undefined)
    return false;
  for (const container of object.containers) if (container.keepsPositions) return false;
  return true;
}

function partition(
  classes: readonly (readonly HeapObject[])[],
  keyOf: (object: HeapObject, own: ReadonlySet<HeapObject>) => string,
): readonly (readonly HeapObject[])[] {
  return classes.flatMap((members) => {
    const own = new Set(members);
    const parts = new Map<string, HeapObject[]>();
    for (const object of members) {
      const key = keyOf(object, own);
      const known = parts.get(key);
      if (known === undefined) parts.set(key, [object]);
      else known.push(object);
    }
    return [...parts.values()];
  });
}

/** The one kept has all holders of the others, and is inside of all that they are in. */
function mergeInto(kept: HeapObject, others: readonly HeapObject[], program: Program): void {
  const { heap, environment } = program;
  const merged = new Set(others);
  const contents = others.flatMap((object) => [...object.contents]);
  const containers = others.flatMap((object) => [...object.containers]);
  // Holding anew moves a name to the end of the holders.
  const names = [...kept.holders];
  for (const name of names) {
    const value = environment.get(name);
    if (value === undefined) continue;
    const objects = value.objects.filter((object) => !merged.has(object));
    if (objects.length === value.objects.length) continue;
    // The one kept may only linger in the name of which another was met.
    if (!objects.includes(kept)) objects.push(kept);
    hold(heap, name, value.objects, objects);
    environment.set(name, withObjects(value, objects));
  }
  // Before the others go, so that no name seems to have come anew to what it shared all along.
  for (const inner of contents) if (!merged.has(inner)) contain(heap, kept, inner);
  for (const outer of containers) if (!merged.has(outer)) contain(heap, outer, kept);
  for (const object of others) detach(heap, object);
}
