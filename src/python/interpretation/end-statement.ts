/** What is over with a statement is let go, and what it left behind that nothing tells apart is merged. */
import { setGlobal } from "./frames.ts";
import { detach, releaseUnheld } from "./heap.ts";
import { mergeContents, mergeHeld } from "./merge-objects.ts";
import type { HeapObject, Program, Run } from "./model.ts";

/** Once per statement of the module, after its last effect. */
export function endStatement(run: Run, program: Program): void {
  // What was surely bound is no longer what it was before.
  for (const [name, made] of run.made)
    if (run.flow.names.get(name) === true) setGlobal(program, name, made);
  for (const object of program.loose) releaseUnheld(program.heap, object);
  program.loose.clear();
  for (const [outer, inners] of program.stored) {
    if (outer.kind === "opaque") for (const inner of inners) vanishInto(outer, inner, program);
    mergeContents(outer, program);
  }
  program.stored.clear();
  for (const name of run.made.keys()) mergeHeld(name, program);
}

/** Nobody else can reach it, and the parts of the outer are not told apart from the whole anyway. */
function vanishInto(outer: HeapObject, inner: HeapObject, program: Program): void {
  if (inner.holders.size > 0 || inner.contents.size > 0 || inner.code.size > 0) return;
  if (inner.containers.size === 1 && inner.containers.has(outer)) detach(program.heap, inner);
}
