import { expect, test } from "vitest";
import { renderImports } from "../../src/python/render-imports.ts";

test("imports are grouped and sorted", () => {
  const text = renderImports([
    { module: "sklearn.metrics", member: "roc_auc_score", name: "roc_auc_score" },
    { module: "._runtime", member: "metric", name: "metric" },
    { module: "pandas", member: undefined, name: "pd" },
    { module: "os.path", member: undefined, name: "os" },
    { module: "sklearn.metrics", member: "f1_score", name: "f1" },
  ]);
  expect(text).toBe(
    [
      "import os.path",
      "",
      "import pandas as pd",
      "from sklearn.metrics import f1_score as f1, roc_auc_score",
      "",
      "from ._runtime import metric",
    ].join("\n"),
  );
});

test("constants come before classes before functions, whatever they are renamed to", () => {
  const text = renderImports([
    { module: "shop.rates", member: "convert", name: "convert" },
    { module: "shop.rates", member: "Rate", name: "Rate" },
    { module: "shop.rates", member: "VAT_RATE", name: "vat" },
    { module: "__future__", member: "annotations", name: "annotations" },
  ]);
  expect(text).toBe(
    "from __future__ import annotations\n\nfrom shop.rates import VAT_RATE as vat, Rate, convert",
  );
});
