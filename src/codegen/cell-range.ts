/** Cell numbers as people write them: `cell 4`, `cells 4–6, 9`. */
export function cellRange(cells: readonly number[]): string {
  const sorted = [...new Set(cells)].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let at = 0; at < sorted.length; at += 1) {
    const first = sorted[at] ?? 0;
    let last = first;
    while (sorted[at + 1] === last + 1) {
      last += 1;
      at += 1;
    }
    runs.push(
      first === last
        ? String(first)
        : last === first + 1
          ? `${String(first)}, ${String(last)}`
          : `${String(first)}-${String(last)}`,
    );
  }
  return `${sorted.length === 1 ? "cell" : "cells"} ${runs.join(", ")}`;
}
