/**
 * Which values of a text column may be named outside the training data (contract 5): a value is listed when at least
 * {@link MIN_ROWS_PER_CATEGORY} rows have it, and only in columns with at most {@link MAX_CATEGORIES} distinct values that
 * are at most half as many as the rows. Rare values could identify somebody; many values are no categories.
 */

/** Values with fewer rows are never listed. */
const MIN_ROWS_PER_CATEGORY = 10;
/** Columns with more distinct values are not listed at all. */
const MAX_CATEGORIES = 1000;

/** The listed values of a column and how often each occurs. */
export interface CategoryCounts {
  /** Most frequent first; equal counts by code point. */
  readonly listed: readonly {
    readonly value: string;
    readonly count: number;
  }[];
  /** Rows whose value is not listed. */
  readonly other: number;
}

/** Counts the values that are not null; `undefined` when the column is no list of categories. Linear but for the final sort. */
export function countCategories(values: readonly (string | null)[]): CategoryCounts | undefined {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const value of values) {
    if (value === null) continue;
    rows += 1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size > MAX_CATEGORIES || counts.size * 2 > rows) return undefined;
  const listed = [...counts]
    .filter(([, count]) => count >= MIN_ROWS_PER_CATEGORY)
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  let other = rows;
  for (const { count } of listed) other -= count;
  return listed.length === 0 ? undefined : { listed, other };
}
