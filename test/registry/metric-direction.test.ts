import { expect, test } from "vitest";
import { betterByFunction, directionsOf } from "../../src/registry/metric-direction.ts";

test.each([
  ["accuracy", "sklearn.metrics.accuracy_score", "greater"],
  ["r2", "sklearn.metrics.r2_score", "greater"],
  ["mean-squared-error", "sklearn.metrics.mean_squared_error", "less"],
  ["log-loss", "sklearn.metrics.log_loss", "less"],
  ["brier-score-loss", "sklearn.metrics.brier_score_loss", "less"],
  // A score by its name, and better when it is smaller.
  ["davies-bouldin", "sklearn.metrics.davies_bouldin_score", "less"],
  ["score", "sklearn.linear_model.LogisticRegression.score", "greater"],
  ["cross-val", "sklearn.model_selection.cross_val_score", "greater"],
  ["cross-validate.test_r2", "sklearn.model_selection.cross_validate", "greater"],
  ["classification-report.macro-avg.f1-score", "sklearn.metrics.classification_report", "greater"],
  ["classification-report.macro-avg.support", "sklearn.metrics.classification_report", undefined],
  // The area under any curve, and counts.
  ["auc", "sklearn.metrics.auc", undefined],
  ["confusion-matrix", "sklearn.metrics.confusion_matrix", undefined],
  ["made-up", "sklearn.metrics.made_up_score", undefined],
] as const)("of %s, computed by %s, the better value is %s", (name, computed, better) => {
  expect(betterByFunction({ name, function: computed })).toBe(better);
});

test("the settings win, and what nobody knows is left out", () => {
  const computed = [
    { name: "accuracy", function: "sklearn.metrics.accuracy_score" },
    { name: "report", function: "sklearn.metrics.classification_report" },
  ];
  const names = ["report.1.recall", "report.1.support", "profit", "accuracy", "mystery"];
  expect(directionsOf(names, computed, { profit: "greater", accuracy: "less" })).toEqual({
    accuracy: "less",
    profit: "greater",
    "report.1.recall": "greater",
  });
});
