/** Names whose last value leaves its step, so that it is compared and kept, read later or not. */
import type { ValueObservation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { CallsOf } from "./followed-calls.ts";
import { answersOf, makesResult } from "./keep.ts";
import { fittedModels } from "./served-model.ts";

export interface KeptResultsInput {
  readonly kept: readonly StatementFacts[];
  readonly all: readonly StatementFacts[];
  /** Variable of the model to serve. */
  readonly served: string | undefined;
  /** Variable of the matrix that it is fitted with, when it has one: what the features of serving are compared with. */
  readonly matrix: string | undefined;
  readonly callsOf: CallsOf;
  /** What was seen of a name at the end; `undefined` where nothing was. */
  readonly lastValue: (name: string) => ValueObservation | undefined;
}

/**
 * The model to serve and the matrix it is fitted with, every model that is surely there, what models answer where nothing measures that, and where nothing else is a
 * result, whatever data the notebook binds.
 */
export function keptResults(input: KeptResultsInput): ReadonlySet<string> {
  const { kept, served, lastValue } = input;
  const results = new Set(served === undefined ? [] : [served]);
  const bound = new Set(kept.flatMap(({ surelyWrites }) => surelyWrites));
  if (input.matrix !== undefined && bound.has(input.matrix)) {
    const value = lastValue(input.matrix);
    if (value !== undefined && isComparedWhole(value)) results.add(input.matrix);
  }
  for (const name of fittedModels(kept).keys())
    if (bound.has(name) && lastValue(name)?.pickleError === null) results.add(name);
  for (const { surelyWrites } of answersOf(input.all, input.callsOf))
    for (const name of surelyWrites) {
      const value = lastValue(name);
      if (bound.has(name) && value !== undefined && isComparedWhole(value)) results.add(name);
    }
  if (makesResult(kept, input.callsOf)) return results;
  // What such a notebook shows is computed from what it binds.
  const drawn = drawnNames(kept);
  for (const name of bound) {
    const value = lastValue(name);
    if (value !== undefined && isComparedWhole(value) && !drawn.has(name)) results.add(name);
  }
  return results;
}

/** Names of what may hold parts of a figure: an array of axes is no data, and a figure is not the same after storing. */
function drawnNames(kept: readonly StatementFacts[]): ReadonlySet<string> {
  const drawn = new Set<string>();
  for (const { ambient, reads, mayWrite } of kept)
    if (
      ambient.some(({ resource }) => resource === "figure") ||
      reads.some((one) => drawn.has(one))
    )
      for (const name of mayWrite) drawn.add(name);
  return drawn;
}

/** Data, of which a comparison misses nothing. What draws, reads or computes is told by what it makes. */
function isComparedWhole({ type, digest, definedHere }: ValueObservation): boolean {
  return digest !== null && DATA.test(type) && (definedHere ?? []).length === 0;
}

const DATA =
  /^(builtins\.(bool|bytes|complex|dict|float|frozenset|int|list|set|str|tuple)$|(collections|datetime|decimal|numpy|pandas)\.)/;
