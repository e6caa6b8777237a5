/** New objects, one per place in the text, so that running a loop body again finds what the first round made. */
import type { SyntaxNode } from "../syntax.ts";
import { isOutsideModule } from "./frames.ts";
import { contain, newObject } from "./heap.ts";
import type { Argument, Frame, HeapObject, Value } from "./model.ts";
import { immutable, isImmutableType, objectValue } from "./values.ts";
import { countWork } from "./work.ts";

const PAIRS_OF_A_STEP = 32;

/** What a new object is like. */
export interface Allocation {
  readonly kind: HeapObject["kind"];
  readonly contents?: Iterable<HeapObject>;
}

/** The object made at a place. */
export function allocate(node: SyntaxNode, frame: Frame, allocation: Allocation): HeapObject {
  let object = frame.program.objects.get(node);
  if (object === undefined) {
    object = newObject(frame.program.heap, { kind: allocation.kind });
    frame.program.objects.set(node, object);
    frame.program.loose.add(object);
    frame.run.changes += 1;
  }
  for (const inner of allocation.contents ?? [])
    if (contain(frame.program.heap, object, inner)) frame.run.changes += 1;
  return object;
}

/** What `*args` or `**kwargs` is in a call: new with each, and it holds the arguments. */
export function allocateRest(
  node: SyntaxNode,
  index: number,
  { given, frame }: { readonly given: readonly Argument[]; readonly frame: Frame },
): HeapObject {
  const { heap, restObjects, loose } = frame.program;
  const known = restObjects.get(node);
  const made = known?.get(index) ?? newObject(heap, { kind: "opaque" });
  if (known === undefined) restObjects.set(node, new Map([[index, made]]));
  else known.set(index, made);
  loose.add(made);
  for (const { value } of given)
    for (const inner of value.objects) if (contain(heap, made, inner)) frame.run.changes += 1;
  return made;
}

/** `outer` holds `inner` from now on. */
export function store(frame: Frame, outer: HeapObject, inner: HeapObject): void {
  const { heap, stored } = frame.program;
  if (!contain(heap, outer, inner)) return;
  frame.run.changes += 1;
  if (isOutsideModule(frame)) return;
  const known = stored.get(outer);
  if (known === undefined) stored.set(outer, new Set([inner]));
  else known.add(inner);
}

/**
 * Each of `outers` holds all of `inners` from now on. Code that calls each other says so over and over; until the statement is
 * over, what was put in stays in.
 */
export function storeAll(
  frame: Frame,
  outers: readonly HeapObject[],
  inners: readonly HeapObject[],
): void {
  const { heap } = frame.program;
  let known = heap.stored.get(outers);
  if (known === undefined) {
    known = new WeakMap();
    heap.stored.set(outers, known);
  }
  if (known.get(inners) === heap.statement) return;
  // To find that something is inside already is little beside a step elsewhere.
  countWork(heap.work, Math.ceil((outers.length * inners.length) / PAIRS_OF_A_STEP));
  for (const outer of outers) for (const inner of inners) store(frame, outer, inner);
  known.set(inners, heap.statement);
}

/** A new value made at a place; nothing to share when the type cannot change. */
export function allocateValue(
  node: SyntaxNode,
  frame: Frame,
  made: {
    readonly type: string | undefined;
    readonly contents?: Iterable<HeapObject>;
    readonly draws?: boolean;
  },
): Value {
  if (isImmutableType(made.type)) return immutable(made.type);
  const object = allocate(node, frame, { kind: "opaque", contents: made.contents ?? [] });
  if (made.type !== undefined && frame.program.tables.isIterator(made.type))
    object.isIterator = true;
  return objectValue([object], made.type, made.draws ?? false);
}

/** Several new values that share nothing, as one tuple or list. */
export function allocateTuple(
  node: SyntaxNode,
  frame: Frame,
  parts: readonly { readonly type: string | undefined; readonly draws: boolean }[],
): Value {
  const whole = allocate(node, frame, { kind: "container" });
  whole.keepsPositions = true;
  const { tupleParts, heap } = frame.program;
  let objects = tupleParts.get(node);
  if (objects === undefined) {
    objects = parts.map(() => newObject(heap, { kind: "opaque" }));
    tupleParts.set(node, objects);
    for (const object of objects) contain(heap, whole, object);
    frame.run.changes += 1;
  }
  const made = objects;
  const values = parts.map(({ type, draws }, index): Value => {
    const object = made[index];
    return object === undefined || isImmutableType(type)
      ? immutable(type)
      : objectValue([object], type, draws);
  });
  return { ...objectValue([whole], "builtins.tuple"), parts: values };
}
