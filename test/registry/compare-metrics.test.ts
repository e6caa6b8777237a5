import { expect, test } from "vitest";
import { metricsBeside, standingOf } from "../../src/registry/compare-metrics.ts";

test.each([
  [0.8, 0.7, "greater", "better"],
  [0.8, 0.7, "less", "worse"],
  [0.7, 0.7, "less", "same"],
  // Equal values need no direction.
  [0.7, 0.7, undefined, "same"],
  [0.8, 0.7, undefined, "unknown"],
  ["NaN", 0.7, "greater", "unknown"],
  [0.7, "NaN", "greater", "unknown"],
  [1, "Infinity", "less", "better"],
] as const)("%s beside %s, where %s is better, is %s", (value, other, better, standing) => {
  expect(standingOf(value, other, better)).toBe(standing);
});

test("a metric that a peer was not measured by stands alone", () => {
  const beside = metricsBeside(
    [
      { name: "f1", value: 0.5 },
      { name: "rmse", value: 3 },
    ],
    {
      baseline: { of: "a constant", metrics: [{ name: "rmse", value: 5 }] },
      champion: { of: "prices@v1", because: "its bytes are gone" },
      leakage: { checked: [], findings: [] },
      better: { rmse: "less" },
    },
  );
  expect(beside).toEqual([
    { name: "f1", value: 0.5, baseline: undefined, champion: undefined },
    { name: "rmse", value: 3, baseline: { value: 5, standing: "better" }, champion: undefined },
  ]);
});
