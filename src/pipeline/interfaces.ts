/**
 * What crosses between segments. Inputs are names that may be read before they are surely written;
 * outputs are names that may have been written or changed and that a later segment may read.
 */
import type { StatementFacts } from "../python/facts.ts";
import type { Segment } from "./segment.ts";

/** Variables in and out of one segment, in order of first need. */
export interface SegmentInterface {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Outputs that some path leaves unbound although no earlier segment binds them: cutting after this segment is not sound. */
  readonly maybeUnbound: readonly string[];
}

export interface InterfaceOptions {
  /** True for names that flow as data: no import, helper, constant or parameter. */
  readonly isData: (name: string) => boolean;
  /** Names that share references, by name; symmetric. */
  readonly shares: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that must leave the last segment that binds them, read later or not (the model to serve). */
  readonly results: ReadonlySet<string>;
}

/** Quadratic in the number of segments, linear in statements. */
export function segmentInterfaces(
  segments: readonly Segment[],
  options: InterfaceOptions,
): readonly SegmentInterface[] {
  const uses = segments.map((segment) => usesOf(segment.statements, options));
  const mutatedLater = laterMutations(uses);
  const live = liveAfter(uses, options.results);

  // Forward: what is bound so far, to know which reads have a producer.
  const bound = new Set<string>();
  return uses.map((use, at): SegmentInterface => {
    const liveOut = live[at] ?? new Set<string>();
    const changedLater = mutatedLater[at] ?? new Set<string>();
    const changed = new Set<string>();
    for (const name of [...use.mayWrite, ...use.mutated]) changed.add(name);
    for (const name of use.mutated)
      for (const other of options.shares.get(name) ?? [])
        if (options.isData(other)) changed.add(other);
    // A live name that shares references with an output, one of which changes later, must travel with it.
    const changedHere = [...changed];
    for (const name of changedHere) {
      for (const other of options.shares.get(name) ?? []) {
        if (!options.isData(other) || !liveOut.has(other)) continue;
        if (changedLater.has(name) || changedLater.has(other)) changed.add(other);
      }
    }
    const outputs = [...changed].filter(
      (name) => liveOut.has(name) && (bound.has(name) || use.mayWrite.has(name)),
    );
    const inputs = [...use.readsFirst].filter((name) => bound.has(name));
    const maybeUnbound: string[] = [];
    for (const name of outputs) {
      if (use.surelyWritten.has(name) || inputs.includes(name)) continue;
      if (bound.has(name)) inputs.push(name);
      else maybeUnbound.push(name);
    }
    for (const name of use.mayWrite) bound.add(name);
    return { inputs, outputs, maybeUnbound };
  });
}

interface Uses {
  readonly readsFirst: ReadonlySet<string>;
  readonly surelyWritten: ReadonlySet<string>;
  readonly mayWrite: ReadonlySet<string>;
  readonly mutated: ReadonlySet<string>;
}

function usesOf(statements: readonly StatementFacts[], options: InterfaceOptions): Uses {
  const readsFirst = new Set<string>();
  const surelyWritten = new Set<string>();
  const mayWrite = new Set<string>();
  const mutated = new Set<string>();
  for (const statement of statements) {
    for (const name of statement.readsBeforeWrite)
      if (options.isData(name) && !surelyWritten.has(name)) readsFirst.add(name);
    for (const mutation of statement.mutations) {
      if (!options.isData(mutation.name)) continue;
      mutated.add(mutation.name);
      if (!surelyWritten.has(mutation.name)) readsFirst.add(mutation.name);
    }
    for (const name of statement.surelyWrites) if (options.isData(name)) surelyWritten.add(name);
    for (const name of statement.mayWrite) if (options.isData(name)) mayWrite.add(name);
    for (const name of statement.deletes) {
      surelyWritten.delete(name);
      mayWrite.delete(name);
      mutated.delete(name);
    }
  }
  return { readsFirst, surelyWritten, mayWrite, mutated };
}

/** For each segment, names read by a later one before it surely rebinds them. */
function liveAfter(
  uses: readonly Uses[],
  results: ReadonlySet<string>,
): readonly ReadonlySet<string>[] {
  const after: ReadonlySet<string>[] = [];
  let live = new Set(results);
  for (let at = uses.length - 1; at >= 0; at -= 1) {
    after[at] = new Set(live);
    const use = uses[at];
    if (use === undefined) continue;
    live = new Set([...live].filter((name) => !use.surelyWritten.has(name)));
    for (const name of use.readsFirst) live.add(name);
  }
  return after;
}

function laterMutations(uses: readonly Uses[]): readonly ReadonlySet<string>[] {
  const later: ReadonlySet<string>[] = [];
  const seen = new Set<string>();
  for (let at = uses.length - 1; at >= 0; at -= 1) {
    later[at] = new Set(seen);
    for (const name of uses[at]?.mutated ?? []) seen.add(name);
  }
  return later;
}
