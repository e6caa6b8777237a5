/** What calls of functions leave in names that these declare `global`: new things of each call, or what they got. */
import type { SyntaxNode } from "../syntax.ts";
import { allocate } from "./allocate.ts";
import { addCode, inside, newObject } from "./heap.ts";
import type { Frame, GlobalWrite, HeapObject, Origin, Value } from "./model.ts";
import { immutable, isImmutableType, objectValue, qualifiedValue } from "./values.ts";

/** The value of one such name after a call. */
export function leftValue(
  left: {
    readonly write: GlobalWrite;
    readonly objectsOfOrigin: (origin: Origin) => readonly HeapObject[];
    readonly node: SyntaxNode;
  },
  frame: Frame,
): Value {
  const { type, qualified, draws, code, origins, isNew, group } = left.write;
  if (qualified !== undefined) return qualifiedValue(qualified);
  if (isImmutableType(type)) return immutable(type);
  // Of what comes from outside, a body's stand-in is the thing and all its parts.
  const given = inside(
    frame.program.heap,
    origins.flatMap((origin) => [...left.objectsOfOrigin(origin)]),
  );
  if (!isNew) return objectValue([...given], type, draws);
  const object = leftObject(left.node, frame, group);
  for (const held of code) addCode(frame.program.heap, object, held);
  return objectValue([...given, object], type, draws);
}

function leftObject(node: SyntaxNode, frame: Frame, group: number): HeapObject {
  // Shared with the result of the call.
  if (group === 0) return allocate(node, frame, { kind: "opaque" });
  const { leftByCalls, heap, loose } = frame.program;
  const known = leftByCalls.get(node) ?? new Map<number, HeapObject>();
  leftByCalls.set(node, known);
  let object = known.get(group);
  if (object === undefined) {
    object = newObject(heap, { kind: "opaque" });
    known.set(group, object);
    loose.add(object);
    frame.run.changes += 1;
  }
  return object;
}
