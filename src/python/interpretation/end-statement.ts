/** What is over with a statement is let go, and what it left behind that nothing tells apart is merged. */
import type { SyntaxNode } from "../syntax.ts";
import { rebindGlobal } from "./frames.ts";
import { detach, releaseUnheld } from "./heap.ts";
import { mergeContents, mergeHeld, mergeLingering } from "./merge-objects.ts";
import type { HeapObject, Program, Run, Value } from "./model.ts";
import { withObjects } from "./values.ts";

/** Once per statement of the module, after its last effect. */
export function endStatement(node: SyntaxNode, run: Run, program: Program): void {
  const unread = program.unread.get(node);
  for (const [name, made] of run.made) {
    // What was surely bound is no longer what it was before.
    if (run.flow.names.get(name) === "bound") rebindGlobal(program, name, made);
    else if (unread?.has(name) === true) letLinger(name, made, program);
  }
  for (const object of program.loose) releaseUnheld(program.heap, object);
  program.loose.clear();
  for (const [outer, inners] of program.stored) {
    if (outer.kind === "opaque") for (const inner of inners) vanishInto(outer, inner, program);
    mergeContents(outer, program);
  }
  program.stored.clear();
  for (const name of run.made.keys()) mergeHeld(name, program);
}

/** What the name was before stays possible at the end of the program; until then nobody meets it through the name. */
function letLinger(name: string, made: Value, program: Program): void {
  const value = program.environment.get(name);
  if (value === undefined) return;
  const known = program.lingering.get(name) ?? { objects: new Set(), mergedSize: 0 };
  program.lingering.set(name, known);
  const kept = new Set(made.objects);
  for (const object of value.objects) if (!kept.has(object)) known.objects.add(object);
  program.environment.set(name, withObjects(value, made.objects));
  mergeLingering(name, known, program);
}

/** Nobody else can reach it, and the parts of the outer are not told apart from the whole anyway. */
function vanishInto(outer: HeapObject, inner: HeapObject, program: Program): void {
  if (inner.holders.size > 0 || inner.contents.size > 0 || inner.code.size > 0) return;
  if (inner.containers.size === 1 && inner.containers.has(outer)) detach(program.heap, inner);
}
