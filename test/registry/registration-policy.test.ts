import { expect, test } from "vitest";
import type { Better, NamedMetric, Peer } from "../../src/registry/evaluation.ts";
import { type Demands, whyNotBetter } from "../../src/registry/registration-policy.ts";

interface Case {
  readonly name: string;
  readonly metrics?: readonly NamedMetric[];
  readonly champion?: Peer;
  readonly better?: Readonly<Record<string, Better>>;
  readonly demands?: Partial<Demands>;
  readonly because: readonly string[];
}

const METRICS = [
  { name: "f1", value: 0.4 },
  { name: "rmse", value: 3 },
];
const champion = (f1: number, rmse: number): Peer => ({
  of: "churn@v1",
  metrics: [
    { name: "f1", value: f1 },
    { name: "rmse", value: rmse },
  ],
});

const CASES: readonly Case[] = [
  { name: "is the first", because: [] },
  { name: "is better by each metric", champion: champion(0.3, 4), because: [] },
  { name: "is as good", champion: champion(0.4, 3), because: [] },
  {
    name: "is worse by one metric",
    champion: champion(0.3, 2),
    because: ["rmse is 3, of the champion churn@v1 2"],
  },
  {
    name: "is better by the metric that decides",
    champion: champion(0.3, 2),
    demands: { championMetric: "f1" },
    because: [],
  },
  {
    name: "misses thresholds",
    demands: {
      thresholds: [
        { metric: "f1", min: 0.5 },
        { metric: "rmse", max: 2 },
        { metric: "roc-auc", min: 0.5 },
      ],
    },
    because: [
      "f1 is 0.4, must be at least 0.5",
      "rmse is 3, must be at most 2",
      "the run has no metric roc-auc, which deploy.gates names",
    ],
  },
  {
    name: "has a metric that is no number",
    metrics: [{ name: "f1", value: "NaN" }],
    demands: { thresholds: [{ metric: "f1", min: 0.1 }] },
    because: ["f1 is NaN, must be at least 0.1"],
  },
  {
    name: "could not be compared",
    champion: { of: "churn@v1", because: "its bytes are gone" },
    because: ["it could not be compared with the champion churn@v1: its bytes are gone"],
  },
  {
    name: "has metrics of unknown direction only",
    champion: champion(0.3, 4),
    better: {},
    because: [
      "of no metric it is known whether more or less is better; say it in .mlopsrc.yaml, models.better",
    ],
  },
  {
    name: "is to be judged by a metric of unknown direction",
    champion: champion(0.3, 4),
    better: {},
    demands: { championMetric: "f1" },
    because: [
      "f1 is 0.4, of the champion churn@v1 0.3, and whether more or less is better is not known; say it in .mlopsrc.yaml, models.better",
    ],
  },
  {
    name: "is to be judged by a metric that there is not",
    champion: champion(0.3, 4),
    demands: { championMetric: "recall" },
    because: [
      "recall, which models.champion-metric names, was not measured for the champion churn@v1",
    ],
  },
];

test.each(CASES)("a model that $name", ({ metrics, champion: peer, better, demands, because }) => {
  const why = whyNotBetter({
    metrics: metrics ?? METRICS,
    evaluation: {
      baseline: { of: "a constant", because: "not asked" },
      champion: peer,
      leakage: { checked: [], findings: [] },
      better: better ?? { f1: "greater", rmse: "less" },
    },
    thresholds: [],
    championMetric: undefined,
    ...demands,
  });
  expect(why).toEqual(because);
});
