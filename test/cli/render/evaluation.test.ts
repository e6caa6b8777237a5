import { expect, test } from "vitest";
import type { EvaluationReport } from "../../../src/app/models-schema.ts";
import { renderEvaluation } from "../../../src/cli/render/evaluation.ts";
import { plainStyle } from "../../../src/cli/style.ts";

const REPORT: EvaluationReport = {
  baseline: { of: "always no", because: null, caveat: null },
  champion: { of: "churn@v1", because: null, caveat: "it was trained on 3 of these 40 rows" },
  metrics: [
    {
      name: "f1",
      value: 0.5,
      better: "greater",
      baseline: { value: 0, standing: "better" },
      champion: { value: 0.6, standing: "worse" },
    },
    {
      name: "profit",
      value: 12,
      better: null,
      baseline: { value: 3, standing: "unknown" },
      champion: { value: 12, standing: "same" },
    },
    { name: "score", value: 0.7, better: "greater", baseline: null, champion: null },
  ],
  leakage: { checked: ["rows", "target"], findings: ["2 of 40 rows"], because: null },
};

function lines(report: Partial<EvaluationReport>): readonly string[] {
  return renderEvaluation({ ...REPORT, ...report }, { ...plainStyle, columns: 100 }).split("\n");
}

test("metrics stand side by side, each with how the version stands to the other", () => {
  expect(lines({}).map((line) => line.trimEnd())).toEqual([
    "compared on the same rows",
    "  metric  this  baseline                             champion",
    "  f1       0.5         0  better                          0.6  worse",
    "  profit    12         3  not known which is better        12  same",
    "  baseline  always no",
    "  champion  churn@v1; it was trained on 3 of these 40 rows",
    "leakage",
    "  found       2 of 40 rows",
    "  looked for  rows, target",
  ]);
});

test("what was not measured has its reason instead of a table", () => {
  const because = "the pipeline computes no metric";
  const shown = lines({
    baseline: { of: "a constant", because, caveat: null },
    champion: null,
    metrics: [{ name: "score", value: 0.7, better: null, baseline: null, champion: null }],
    leakage: { checked: [], findings: [], because: "the raw rows are not known" },
  });
  expect(shown.map((line) => line.trimEnd())).toEqual([
    "compared on the same rows",
    "  baseline  a constant, not measured: the pipeline computes no metric",
    "  champion  there was none",
    "leakage",
    "  not looked for  the raw rows are not known",
  ]);
});
