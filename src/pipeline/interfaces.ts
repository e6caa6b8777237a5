/**
 * What crosses between segments. Inputs are names that may be read before they are surely written;
 * outputs are names that may have been written or changed and that a later segment may read.
 */
import type { StatementFacts } from "../python/facts.ts";
import { MutatedNames } from "../python/mutated-names.ts";
import type { Segment } from "./segment.ts";

/** Variables in and out of one segment, in order of first need. */
export interface SegmentInterface {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Outputs that some path leaves unbound although no earlier segment binds them: cutting after this segment is not sound.
   * A name without which a later segment surely fails is not among them: the notebook does not come further without it either.
   */
  readonly maybeUnbound: readonly string[];
}

export interface InterfaceOptions {
  /** True for names that flow as data: no import, helper, constant or parameter. */
  readonly isData: (name: string) => boolean;
  /** Names that share references, by name; symmetric. */
  readonly shares: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that must leave the last segment that binds them, read later or not (the model to serve). */
  readonly results: ReadonlySet<string>;
  /** Names that each segment that reads them binds as the notebook does, on the same ways: what one way leaves unbound is unbound there, too. */
  readonly madeAgain?: ReadonlySet<string>;
}

/** Linear in what the statements read, write and change, and in what crosses. */
export function segmentInterfaces(
  segments: readonly Segment[],
  options: InterfaceOptions,
): readonly SegmentInterface[] {
  const uses = withoutUnseenChanges(
    segments.map((segment) => usesOf(segment.statements, options)),
    options.results,
  );
  const lastMutation = new Map<string, number>();
  for (const [at, use] of uses.entries())
    for (const name of use.mutated) lastMutation.set(name, at);
  const isLive = liveness(uses, options.results);

  // Forward: what is bound so far, to know which reads have a producer.
  const bound = new Set<string>();
  return uses.map((use, at): SegmentInterface => {
    const changed = changedBy(use, {
      ...options,
      isLive: (name) => isLive(name, at),
      changesLater: (name) => (lastMutation.get(name) ?? -1) > at,
    });
    const outputs = [...changed].filter(
      (name) =>
        isLive(name, at) && !use.deleted.has(name) && (bound.has(name) || use.mayWrite.has(name)),
    );
    const inputs = new Set([...use.readsFirst].filter((name) => bound.has(name)));
    const maybeUnbound: string[] = [];
    for (const name of outputs) {
      if (use.surelyWritten.has(name)) continue;
      if (bound.has(name)) inputs.add(name);
      const isUnsure = !inputs.has(name) || use.maybeDeleted.has(name);
      if (isUnsure && !isNeeded(name, uses, at)) maybeUnbound.push(name);
    }
    for (const name of use.mayWrite) bound.add(name);
    // From here on a builtin of that name is meant, or nothing.
    for (const name of use.deleted) bound.delete(name);
    return { inputs: [...inputs], outputs, maybeUnbound };
  });
}

/** Whether a later segment surely reads the name before one may bind or unbind it. */
function isNeeded(name: string, uses: readonly Uses[], at: number): boolean {
  for (let next = at + 1; next < uses.length; next += 1) {
    const use = uses[next];
    if (use?.surelyReadsFirst.has(name) === true) return true;
    if (use?.touched.has(name) === true) return false;
  }
  return false;
}

interface Later extends InterfaceOptions {
  readonly isLive: (name: string) => boolean;
  readonly changesLater: (name: string) => boolean;
}

/**
 * A loop over a table of results may change the name of the model that one of its rows was made with. Where nothing asks for that
 * name from there on, it is no read of it: whoever has the object under another name sees the change there.
 */
function withoutUnseenChanges(
  uses: readonly Uses[],
  results: ReadonlySet<string>,
): readonly Uses[] {
  const lastRead = new Map<string, number>();
  for (const [at, { asksFor }] of uses.entries())
    for (const name of asksFor) lastRead.set(name, at);
  return uses.map((use, at): Uses => {
    const isSeen = (name: string): boolean =>
      !use.changedElsewhere.has(name) || (lastRead.get(name) ?? -1) >= at || results.has(name);
    return { ...use, readsFirst: new Set([...use.readsFirst].filter(isSeen)) };
  });
}

/** What a segment binds or changes, with what must travel with it. */
function changedBy(use: Uses, later: Later): ReadonlySet<string> {
  const { shares, isData, isLive, changesLater } = later;
  const changed = new Set([...use.mayWrite, ...use.mutated]);
  // Names that share with each other have one set in common, which need not be looked through twice.
  for (const group of new Set([...use.mutated].map((name) => shares.get(name))))
    for (const other of group ?? []) if (isData(other)) changed.add(other);
  // A live name that shares references with an output, one of which changes later, must travel with it; and what shares with that,
  // must too: it would be another copy. A Set visits what is added to it while it is walked.
  const seen = { changing: new Set<unknown>(), lasting: new Set<unknown>() };
  for (const name of changed) {
    const group = shares.get(name);
    const changes = changesLater(name);
    const seenSo = changes ? seen.changing : seen.lasting;
    if (group === undefined || seenSo.has(group)) continue;
    seenSo.add(group);
    for (const other of group)
      if (isData(other) && isLive(other) && (changes || changesLater(other))) changed.add(other);
  }
  return changed;
}

interface Uses {
  readonly readsFirst: ReadonlySet<string>;
  /** Names that it fails without. */
  readonly surelyReadsFirst: ReadonlySet<string>;
  /** Names that it may bind or unbind at any time. */
  readonly touched: ReadonlySet<string>;
  readonly surelyWritten: ReadonlySet<string>;
  readonly mayWrite: ReadonlySet<string>;
  readonly mutated: ReadonlySet<string>;
  /** Names that its statements read, bound by it before or not. */
  readonly asksFor: ReadonlySet<string>;
  /** Names among `readsFirst` for no other reason than that what they hold may be changed under another name. */
  readonly changedElsewhere: ReadonlySet<string>;
  /** Names that are surely unbound at the end. */
  readonly deleted: ReadonlySet<string>;
  /** Names that some path leaves unbound. */
  readonly maybeDeleted: ReadonlySet<string>;
}

function usesOf(statements: readonly StatementFacts[], options: InterfaceOptions): Uses {
  const readsFirst = new Set<string>();
  const surelyReadsFirst = new Set<string>();
  const touched = new Set<string>();
  const surelyWritten = new Set<string>();
  const mayWrite = new Set<string>();
  const mutated = new Set<string>();
  const asksFor = new Set<string>();
  const changedElsewhere = new Set<string>();
  const deleted = new Set<string>();
  const maybeDeleted = new Set<string>();
  const mentioned = new MutatedNames();
  for (const statement of statements) {
    for (const name of statement.readsBeforeWrite)
      if (options.isData(name) && !surelyWritten.has(name)) readsFirst.add(name);
    for (const name of [...statement.reads, ...statement.deletes]) asksFor.add(name);
    for (const name of statement.surelyReads)
      if (options.isData(name) && !touched.has(name)) surelyReadsFirst.add(name);
    for (const name of [...statement.mayWrite, ...statement.deletes]) touched.add(name);
    for (const name of mentioned.news(statement)) {
      if (!options.isData(name)) continue;
      mutated.add(name);
      if (surelyWritten.has(name) || changesOwn(statement, name)) continue;
      if (!readsFirst.has(name)) changedElsewhere.add(name);
      readsFirst.add(name);
    }
    for (const name of statement.mayWrite) {
      deleted.delete(name);
      if (options.isData(name)) mayWrite.add(name);
      if (options.madeAgain?.has(name) === true) surelyWritten.add(name);
    }
    for (const name of statement.deletes) {
      if (!options.isData(name)) continue;
      surelyWritten.delete(name);
      mayWrite.add(name);
      maybeDeleted.add(name);
    }
    for (const name of statement.surelyDeletes) {
      deleted.add(name);
      mayWrite.delete(name);
      mutated.delete(name);
      maybeDeleted.delete(name);
      mentioned.forget(name);
    }
    for (const name of statement.surelyWrites) {
      if (!options.isData(name)) continue;
      surelyWritten.add(name);
      maybeDeleted.delete(name);
    }
  }
  return {
    readsFirst,
    surelyReadsFirst,
    touched,
    surelyWritten,
    mayWrite,
    mutated,
    asksFor,
    changedElsewhere,
    deleted,
    maybeDeleted,
  };
}

/** `with open(path) as file: file.write(…)`: what it changes under the name is what it has bound to it. */
function changesOwn(statement: StatementFacts, name: string): boolean {
  const { mayWrite, surelyWrites, readsBeforeWrite, mutations } = statement;
  if (!mayWrite.includes(name) || readsBeforeWrite.includes(name)) return false;
  return (
    surelyWrites.includes(name) ||
    mutations.some((mutation) => mutation.name === name && mutation.through === undefined)
  );
}

/** Whether a later segment than `at` reads a name before one surely rebinds it. */
function liveness(
  uses: readonly Uses[],
  results: ReadonlySet<string>,
): (name: string, at: number) => boolean {
  const events = new Map<string, { readonly at: number; readonly reads: boolean }[]>();
  const note = (name: string, at: number, reads: boolean): void => {
    const known = events.get(name);
    if (known === undefined) events.set(name, [{ at, reads }]);
    else known.push({ at, reads });
  };
  for (const [at, use] of uses.entries()) {
    for (const name of use.readsFirst) note(name, at, true);
    for (const name of use.surelyWritten) if (!use.readsFirst.has(name)) note(name, at, false);
  }
  return (name, at) => {
    const known = events.get(name) ?? [];
    let low = 0;
    for (let high = known.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((known[middle]?.at ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return known[low]?.reads ?? results.has(name);
  };
}
