import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { distributionOf, externalRoots, isStandardModule } from "../../src/python/imports.ts";
import { pythonParser } from "../support/python-parser.ts";

test.each([
  ["sklearn", "scikit-learn"],
  ["cv2", "opencv-python"],
  ["PIL", "pillow"],
  ["yaml", "pyyaml"],
  ["bs4", "beautifulsoup4"],
  ["pandas", "pandas"],
  ["some_package", "some-package"],
  ["constructor", "constructor"],
])("%s comes from %s", (root, distribution) => {
  expect(distributionOf(root)).toBe(distribution);
});

test("knows the standard library of each version", () => {
  expect(isStandardModule("json")).toBe(true);
  expect(isStandardModule("tomllib", 10)).toBe(false);
  expect(isStandardModule("tomllib", 11)).toBe(true);
  expect(isStandardModule("distutils", 11)).toBe(true);
  expect(isStandardModule("distutils", 12)).toBe(false);
  expect(isStandardModule("cgi", 13)).toBe(false);
  expect(isStandardModule("compression", 14)).toBe(true);
  expect(isStandardModule("pandas")).toBe(false);
});

test("lists what has to be installed, in order, local and standard modules left out", async () => {
  const text =
    "import os, json\nfrom sklearn.svm import SVC\nimport pandas as pd\nfrom . import local\ntry:\n    import xgboost\nexcept ImportError:\n    xgboost = None\nimport pandas.api\n";
  expect(externalRoots(analyzeProgram([{ id: "1", text }], await pythonParser()))).toEqual([
    "sklearn",
    "pandas",
    "xgboost",
  ]);
});
