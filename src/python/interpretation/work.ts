/**
 * How much an analysis has done, and where it gives up. Counted in steps, not in time, so that the same text always ends the same way.
 */

/** Expressions evaluated, statements run, objects met on walks over what is shared. */
export interface Work {
  done: number;
  readonly limit: number;
}

/** Ends an analysis that no reader would wait for; whoever began it says where it stood. */
export class TooMuchWork extends Error {}

/**
 * Enough for some seconds, and long notebooks may have more. Of some 2,500 notebooks of people that can be analyzed none
 * needs more than 3.4 million steps; nine others had no end at 5 million.
 */
const LIMIT = 3_500_000;
const LIMIT_PER_STATEMENT = 5_000;

/** Nothing done yet. */
export function newWork(statements: number): Work {
  return { done: 0, limit: LIMIT + LIMIT_PER_STATEMENT * statements };
}

/** Counts steps; throws {@link TooMuchWork} beyond the limit. */
export function countWork(work: Work, steps: number): void {
  work.done += steps;
  if (work.done > work.limit) throw new TooMuchWork();
}
