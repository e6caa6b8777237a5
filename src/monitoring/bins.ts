/** Bins with about equally many values: the shared ground on which a reference and a live window are compared. */

/** No more bins than this; 2 % of the rows each. */
export const MAX_BINS = 50;
/** Fewer rows to a bin would be noise, and its borders would be somebody's value. */
export const MIN_ROWS_PER_BIN = 10;

/**
 * Inner borders of quantile bins, strictly ascending. Heavy ties make fewer bins; every bin keeps at least
 * {@link MIN_ROWS_PER_BIN} of the given values, except that all values may share the single bin of an empty result.
 *
 * @param sorted Finite values, ascending. The result is linear in the number of bins.
 */
export function quantileEdges(sorted: Float64Array): readonly number[] {
  const bins = Math.max(1, Math.min(MAX_BINS, Math.floor(sorted.length / MIN_ROWS_PER_BIN)));
  const edges: number[] = [];
  const last = sorted.at(-1);
  for (let bin = 1; bin < bins; bin += 1) {
    const edge = sorted[Math.ceil((bin * sorted.length) / bins) - 1];
    if (edge === undefined || edge === edges.at(-1)) continue;
    if (last === undefined || edge >= last) break;
    edges.push(edge);
  }
  return mergeSparse(sorted, edges);
}

/** Rows per bin: bin `i` holds values above `edges[i - 1]` and up to and including `edges[i]`. Logarithmic per value. */
export function countBins(values: Iterable<number>, edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const bin = binOf(value, edges);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Index of the bin of a value, by binary search. */
export function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** After a heavy tie the next bin may be left with few values: its lower border goes. */
function mergeSparse(sorted: Float64Array, edges: readonly number[]): readonly number[] {
  const kept: number[] = [];
  let counted = 0;
  for (const edge of edges) {
    const below = countUpTo(sorted, edge);
    const isSparse = below - counted < MIN_ROWS_PER_BIN || sorted.length - below < MIN_ROWS_PER_BIN;
    if (isSparse) continue;
    kept.push(edge);
    counted = below;
  }
  return kept;
}

function countUpTo(sorted: Float64Array, edge: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) <= edge) low = middle + 1;
    else high = middle;
  }
  return low;
}
