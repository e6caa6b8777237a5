import { expect, test } from "vitest";
import {
  contain,
  detach,
  hold,
  letGo,
  newHeap,
  newObject,
} from "../../../src/python/interpretation/heap.ts";
import type { Heap, HeapObject } from "../../../src/python/interpretation/model.ts";
import { namesNow, surroundingsOf } from "../../../src/python/interpretation/surroundings.ts";
import { newWork } from "../../../src/python/interpretation/work.ts";

/** Something that so many names hold that its surroundings are kept, in a list that one more name holds. */
function heldByMany(): {
  readonly heap: Heap;
  readonly list: HeapObject;
  readonly names: () => Iterable<string> & { readonly has: (name: string) => boolean };
} {
  const heap = newHeap(newWork(1));
  const table = newObject(heap, { kind: "opaque" });
  for (let at = 0; at < 40; at += 1) hold(heap, `view${String(at)}`, [], [table]);
  const list = newObject(heap, { kind: "opaque" });
  contain(heap, list, table);
  hold(heap, "rows", [], [list]);
  const kept = surroundingsOf(heap, table);
  if (kept === undefined) throw new Error("the surroundings are not kept");
  return { heap, list, names: () => namesNow(heap, kept) };
}

test.each([
  ["merged into another", (heap: Heap, list: HeapObject) => detach(heap, list)],
  ["let go of", (heap: Heap, list: HeapObject) => letGo(heap, "rows", [list])],
  ["bound anew", (heap: Heap, list: HeapObject) => hold(heap, "rows", [list], [])],
])("a name whose value was %s is around no longer, and was before", (_how, happen) => {
  const { heap, list, names } = heldByMany();
  const before = names();
  happen(heap, list);
  expect([before.has("rows"), names().has("rows")]).toEqual([true, false]);
  expect([[...before].length, [...names()].length]).toEqual([41, 40]);
});

test("a name that was let go of is not taken from twice", () => {
  const { heap, list, names } = heldByMany();
  const other = newObject(heap, { kind: "opaque", contents: list.contents });
  hold(heap, "rows", [list], [list, other]);
  letGo(heap, "rows", [list]);
  expect(names().has("rows")).toBe(true);
  hold(heap, "rows", [list, other], [other]);
  expect(names().has("rows")).toBe(true);
});
