/** Rows of a corpus → the few numbers that tell how well promotion does on it. Pure. */
import { Outcome, type Row } from "./corpus-schema.ts";
import { VERIFIED } from "./row.ts";

/** Lines of text. Medians of an even number of rows are the lower of the two in the middle. */
export function renderTotals(rows: readonly Row[]): string {
  const running = rows.filter(
    ({ runs, outcome }) => runs === true || outcome === "wrong" || VERIFIED.has(outcome),
  );
  const supervised = running.filter(
    (row) => row.supervised && (row.outcome === "promoted" || row.outcome === "coarsened"),
  );
  const held = rows.flatMap((row) => (row.held === undefined ? [] : [row.held]));
  const lines = [
    `notebooks       ${String(rows.length)}`,
    ...Outcome.options.flatMap((outcome) => {
      const count = rows.filter((row) => row.outcome === outcome).length;
      return count === 0 ? [] : [`  ${outcome.padEnd(13)} ${String(count)}`];
    }),
    `run to the end  ${String(running.length)}`,
    `  promoted                     ${share(running, ({ outcome }) => outcome === "promoted")}`,
    `  promoted or coarsened        ${share(running, ({ outcome }) => outcome === "promoted" || outcome === "coarsened")}`,
    `  verified, whatever the steps ${share(running, ({ outcome }) => VERIFIED.has(outcome))}`,
    `held against IPython alone: ${String(held.length)}, ${String(sum(held.map(({ same }) => same)))} values the same, ${String(sum(held.map(({ unknown }) => unknown)))} that cannot be compared`,
    `supervised, verified in several steps: ${String(supervised.length)}`,
    `  non-trivial steps, median    ${String(median(supervised.map((row) => row.nonTrivial)) ?? "none")}`,
    `  load, features, train and evaluate apart ${share(supervised, ({ apart }) => apart)}`,
    `reading and planning, median  ${(median(rows.map((row) => row.readMs)) ?? 0).toFixed(1)} ms`,
    `promoting, median             ${((median(rows.map((row) => row.elapsedMs)) ?? 0) / 1000).toFixed(1)} s`,
  ];
  return lines.join("\n");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function share(rows: readonly Row[], counts: (row: Row) => boolean): string {
  const count = rows.filter(counts).length;
  const percent = rows.length === 0 ? "" : ` (${((100 * count) / rows.length).toFixed(1)} %)`;
  return `${String(count)} of ${String(rows.length)}${percent}`;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
