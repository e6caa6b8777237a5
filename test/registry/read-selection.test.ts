import { expect, test } from "vitest";
import type { RunSelection } from "../../src/registry/read-selection.ts";
import type { RunRecord } from "../../src/registry/run-record.ts";
import { runOf } from "../support/registry-contract-values.ts";
import { selectRuns } from "../support/select-runs.ts";

/** Three runs; the third has neither the metric nor the parameter of the others. */
const runs: readonly RunRecord[] = [
  record(1, { depth: 4, data: "a.csv", seed: 1 }, { auc: 0.8, seed: 0.5 }, ["succeeded", 1000]),
  record(2, { depth: 7, data: "b.csv", seed: 2 }, { auc: "NaN", seed: 0.5 }, ["failed", 9000]),
  record(3, {}, { loss: "Infinity" }, ["interrupted", undefined]),
];

function record(
  n: number,
  params: RunRecord["params"],
  metrics: Readonly<Record<string, RunRecord["metrics"][number]["value"]>>,
  [status, tookMs]: readonly [RunRecord["status"], tookMs: number | undefined],
): RunRecord {
  const run = runOf(n);
  return {
    ...run,
    params,
    status,
    endedAtMs: tookMs === undefined ? undefined : run.startedAtMs + tookMs,
    steps: [],
    metrics: Object.entries(metrics).map(([name, value]) => ({ name, value })),
  };
}

function select(wish: Partial<RunSelection>): readonly number[] {
  const found = selectRuns(runs, { where: [], sort: undefined, order: "greatest-first", ...wish });
  return found.map((run) => runs.indexOf(run) + 1);
}

test.each<readonly [string, readonly number[]]>([
  ["auc>0.7", [1]],
  ["auc=0.80", [1]],
  ["auc != 0.8", [2]],
  ["auc=NaN", [2]],
  ["depth>=4", [1, 2]],
  ["depth<7", [1]],
  ["data=b.csv", [2]],
  ["data != b.csv", [1]],
  ["loss>1e300", [3]],
  ["status=failed", [2]],
  ["status!=failed", [1, 3]],
  ["took>5", [2]],
  ["started>=1970-01-01T00:00:10.002", [2, 3]],
  ["metric.seed=0.5", [1, 2]],
  ["param.seed<=1", [1]],
])("%s", (condition, expected) => {
  expect(select({ where: [condition] })).toEqual(expected);
});

test("all conditions hold together", () => {
  expect(select({ where: ["depth>1", "status=failed"] })).toEqual([2]);
});

test.each<readonly [string, RunSelection["order"], readonly number[]]>([
  ["depth", "greatest-first", [2, 1, 3]],
  ["depth", "least-first", [1, 2, 3]],
  ["auc", "greatest-first", [1, 2, 3]],
  ["auc", "least-first", [1, 2, 3]],
  ["took", "greatest-first", [2, 1, 3]],
  ["data", "least-first", [1, 2, 3]],
])("sorted by %s, %s, with what has no order last", (sort, order, expected) => {
  expect(select({ sort, order })).toEqual(expected);
});

test.each<readonly [Partial<RunSelection>, string]>([
  [{ where: ["acu>0.7"] }, "run-name-unknown"],
  [{ where: ["metric.depth=1"] }, "run-name-unknown"],
  [{ sort: "acu" }, "run-name-unknown"],
  [{ where: ["seed=1"] }, "run-name-ambiguous"],
  [{ where: ["auc"] }, "usage-wrong-value"],
  [{ where: ["auc>"] }, "usage-wrong-value"],
  [{ where: ["auc>high"] }, "usage-wrong-value"],
  [{ where: ["auc==0.8"] }, "usage-wrong-value"],
  [{ where: ["auc=>0.7"] }, "usage-wrong-value"],
  [{ where: ["auc=<0.9"] }, "usage-wrong-value"],
  [{ where: ["status==failed"] }, "usage-wrong-value"],
  [{ where: ["auc!==0.8"] }, "usage-wrong-value"],
])("refuses %j with %s", (wish, code) => {
  expect(() => select(wish)).toThrow(expect.objectContaining({ code }) as Error);
});

test("without any run every name is as good as another", () => {
  const wish = { where: ["auc>0.7"], sort: "auc", order: "greatest-first" } as const;
  expect(selectRuns([], wish)).toEqual([]);
});
