import fc from "fast-check";
import { expect, test } from "vitest";
import {
  binOf,
  countBins,
  MAX_BINS,
  MIN_ROWS_PER_BIN,
  quantileEdges,
} from "../../src/monitoring/bins.ts";
import { repeat } from "../support/tables.ts";

test("splits evenly spread values into equal bins", () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  const edges = quantileEdges(values);
  expect(edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(countBins(values, edges)).toEqual(repeat(10, 10));
});

test("gives a heavy tie a bin of its own", () => {
  const values = Float64Array.from([...repeat(0, 80), ...repeat(1, 10), ...repeat(2, 10)]);
  const edges = quantileEdges(values);
  expect(edges).toEqual([0, 1]);
  expect(countBins(values, edges)).toEqual([80, 10, 10]);
});

test("makes one bin of few values, so that no border shows one of them", () => {
  expect(quantileEdges(Float64Array.of(1, 2, 3))).toEqual([]);
  expect(quantileEdges(new Float64Array())).toEqual([]);
});

test("puts a value equal to a border below it", () => {
  expect([0, 1, 1.5, 2, 9].map((value) => binOf(value, [1, 2]))).toEqual([0, 0, 1, 1, 2]);
});

test("borders ascend, bins are few, every bin keeps enough rows, and none is lost", () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 800 }), (values) => {
      const sorted = Float64Array.from(values).sort();
      const edges = quantileEdges(sorted);
      const counts = countBins(sorted, edges);
      expect(edges).toEqual([...new Set(edges)].toSorted((a, b) => a - b));
      expect(counts.length).toBeLessThanOrEqual(MAX_BINS);
      expect(sumOf(counts)).toBe(values.length);
      expect(edges.length === 0 || Math.min(...counts) >= MIN_ROWS_PER_BIN).toBe(true);
    }),
  );
});

function sumOf(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
