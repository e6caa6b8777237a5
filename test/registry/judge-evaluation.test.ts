import { expect, test } from "vitest";
import type { NamedMetric, Peer } from "../../src/registry/evaluation.ts";
import {
  judgeEvaluation,
  type Measured,
  type Measurements,
} from "../../src/registry/judge-evaluation.ts";

interface Case extends Partial<Measurements> {
  readonly name: string;
  readonly expected: { readonly baseline: Peer; readonly champion?: Peer };
}

const of = (...values: readonly (readonly [string, number])[]): readonly NamedMetric[] =>
  values.map(([name, value]) => ({ name, value }));
const measured = (...values: readonly (readonly [string, number])[]): Measured => ({
  metrics: of(...values),
});
const FOUND: Measurements = {
  recorded: of(["auc", 0.8], ["other", 0.7]),
  candidate: measured(["auc", 0.8], ["other", 0.7]),
  baseline: { metrics: of(["auc", 0.5], ["other", 0.6]), of: "always no" },
  other: undefined,
  champion: undefined,
  leakage: { checked: [], findings: [] },
  better: {},
};
const champion = (its: Measured, isSameModel = false): Measurements["champion"] => ({
  of: "churn@v1",
  measured: its,
  isSameModel,
});
const UNFAIR =
  "the steps do not repeat the metrics of the run for the model itself (auc was 0.8 and now is 0.81), as when something random is not seeded";
const baseline: Peer = { of: "always no", metrics: of(["auc", 0.5], ["other", 0.6]) };

const CASES: readonly Case[] = [
  { name: "everything repeats", expected: { baseline } },
  {
    name: "the model itself gets other metrics than in the run",
    candidate: measured(["auc", 0.81], ["other", 0.7]),
    champion: champion(measured(["auc", 0.7], ["other", 0.6])),
    expected: {
      baseline: { of: "a constant", because: UNFAIR },
      champion: { of: "churn@v1", because: UNFAIR },
    },
  },
  {
    name: "the steps cannot be run again",
    candidate: { metrics: [], failure: "it would write out.csv" },
    expected: {
      baseline: {
        of: "a constant",
        because:
          "the steps that compute the metrics could not be run again: it would write out.csv",
      },
    },
  },
  {
    name: "they fail after the last metric, for the model and for others",
    candidate: { metrics: of(["auc", 0.8], ["other", 0.7]), failure: "it would write out.csv" },
    baseline: {
      metrics: of(["auc", 0.5], ["other", 0.6]),
      of: "always no",
      failure: "no coef_",
    },
    expected: { baseline },
  },
  {
    name: "another predictor fails between the metrics",
    baseline: { metrics: of(["auc", 0.5]), of: "always no", failure: "it has no coef_" },
    expected: { baseline: { of: "always no", because: "it has no coef_" } },
  },
  {
    name: "a metric does not ask the model, as a second constant shows",
    baseline: { metrics: of(["auc", 0.5], ["other", 0.7]), of: "always no" },
    other: measured(["auc", 0.4], ["other", 0.7]),
    champion: champion(measured(["auc", 0.75], ["other", 0.7])),
    expected: {
      baseline: { of: "always no", metrics: of(["auc", 0.5]) },
      champion: { of: "churn@v1", metrics: of(["auc", 0.75]) },
    },
  },
  {
    name: "the model is as good as a constant, and not as another one",
    candidate: measured(["auc", 0.8], ["other", 0.7]),
    baseline: { metrics: of(["auc", 0.5], ["other", 0.7]), of: "always no" },
    other: measured(["auc", 0.5], ["other", 0.3]),
    expected: { baseline: { of: "always no", metrics: of(["auc", 0.5], ["other", 0.7]) } },
  },
  {
    name: "no metric changes with the model",
    baseline: { metrics: of(["auc", 0.8], ["other", 0.7]), of: "always no" },
    other: measured(["auc", 0.8], ["other", 0.7]),
    champion: champion(measured(["auc", 0.8], ["other", 0.7])),
    expected: {
      baseline: {
        of: "always no",
        because:
          "no metric changes with the model: it may be in the steps' other inputs too, or in none of the metrics",
      },
      champion: {
        of: "churn@v1",
        because:
          "no metric changes with the model: it may be in the steps' other inputs too, or in none of the metrics",
      },
    },
  },
  {
    name: "there is no constant, and another model has the same metrics to the last digit",
    baseline: { because: "clusters" },
    champion: champion(measured(["auc", 0.8], ["other", 0.7])),
    expected: {
      baseline: { of: "a constant", because: "clusters" },
      champion: {
        of: "churn@v1",
        because:
          "its metrics are those of this model to the last digit, so the steps may not have asked it",
      },
    },
  },
  {
    name: "there is no constant, and the champion is the same model",
    baseline: { because: "clusters" },
    champion: champion(measured(["auc", 0.8], ["other", 0.7]), true),
    expected: {
      baseline: { of: "a constant", because: "clusters" },
      champion: { of: "churn@v1", metrics: of(["auc", 0.8], ["other", 0.7]) },
    },
  },
  {
    name: "the champion was trained on some of the rows",
    champion: champion({
      metrics: of(["auc", 0.9], ["other", 0.9]),
      caveat: "it was trained on 3 of these 40 rows",
    }),
    expected: {
      baseline,
      champion: {
        of: "churn@v1",
        metrics: of(["auc", 0.9], ["other", 0.9]),
        caveat: "it was trained on 3 of these 40 rows",
      },
    },
  },
];

test.each(CASES)("when $name", ({ name: _name, expected, ...found }) => {
  const evaluation = judgeEvaluation({ ...FOUND, ...found });
  expect(evaluation.baseline).toEqual(expected.baseline);
  expect(evaluation.champion).toEqual(expected.champion);
});
