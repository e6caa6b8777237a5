import { expect, test } from "vitest";
import { annotationOf } from "../../src/codegen/annotations.ts";
import { cellRange } from "../../src/codegen/cell-range.ts";
import {
  indentPython,
  parameterLiteral,
  pythonDocstring,
  pythonLiteral,
} from "../../src/codegen/python-text.ts";
import { pythonParser } from "../support/python-parser.ts";

test("lines that begin inside a string keep their text", async () => {
  const parser = await pythonParser();
  const text = 'query = """\nselect *\n  from t\n"""\nx = 1';
  expect(indentPython(text, "    ", parser)).toBe(
    '    query = """\nselect *\n  from t\n"""\n    x = 1',
  );
});

test("blank lines get no trailing spaces", async () => {
  expect(indentPython("a = 1\n\nb = 2", "    ", await pythonParser())).toBe(
    "    a = 1\n\n    b = 2",
  );
});

test.each<readonly [unknown, string]>([
  [null, "None"],
  [true, "True"],
  [1.5, "1.5"],
  [1e-9, "1e-9"],
  ['say "hi"\n', '"say \\"hi\\"\\n"'],
  [["a"], '("a",)'],
  [{ a: ["x", "y"] }, '{"a": ("x", "y")}'],
])("writes %j as Python", (value, expected) => {
  expect(pythonLiteral(value)).toBe(expected);
});

test("a whole float keeps its point", () => {
  expect(parameterLiteral({ value: 1, type: "float" })).toBe("1.0");
  expect(parameterLiteral({ value: 1, type: "int" })).toBe("1");
});

test("a docstring cannot be ended by what it says", () => {
  expect(pythonDocstring(['it says """no"""'], "")).toBe("\"\"\"it says '''no'''\"\"\"");
});

test.each<readonly [readonly number[], string]>([
  [[4], "cell 4"],
  [[4, 5], "cells 4, 5"],
  [[4, 5, 6, 9], "cells 4-6, 9"],
  [[9, 4, 4], "cells 4, 9"],
])("cells %j read well", (cells, expected) => {
  expect(cellRange(cells)).toBe(expected);
});

test.each<readonly [string | undefined, string]>([
  ["pandas.core.frame.DataFrame", "pd.DataFrame"],
  ["numpy.ndarray", "np.ndarray"],
  ["builtins.int", "int"],
  ["sklearn.ensemble._forest.RandomForestClassifier", "RandomForestClassifier"],
  ["__main__.Thing", "Any"],
  [undefined, "Any"],
])("the type %s is annotated as %s", (type, expected) => {
  expect(annotationOf(type, new Set()).text).toBe(expected);
});
