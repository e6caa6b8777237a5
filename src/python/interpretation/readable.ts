/** What code may read of the module it is in, by way of all that it leads to. */
import { codeIn } from "./heap.ts";
import type { Code, Program, ReadableNames } from "./model.ts";

/** Names that the code, and the code that these lead to as things stand, may read. Functions that call each other ask again and again. */
export function readableThrough(codes: Code | ReadonlySet<Code>, program: Program): ReadableNames {
  const { heap } = program;
  const known = heap.readable.get(codes);
  if (known?.version === heap.version) return known.names;
  const seen = "kind" in codes ? new Set([codes]) : new Set(codes);
  const names = { freeReads: new Set<string>(), exposedReads: new Set<string>() };
  for (const code of seen) {
    const { freeReads, exposedReads } = program.engine.summarize(code, program);
    for (const name of exposedReads) names.exposedReads.add(name);
    for (const name of freeReads) {
      if (names.freeReads.has(name)) continue;
      names.freeReads.add(name);
      for (const next of codeIn(heap, program.environment.get(name)?.objects ?? [])) seen.add(next);
    }
  }
  heap.readable.set(codes, { version: heap.version, names });
  return names;
}
