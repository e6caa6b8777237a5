import { expect, test } from "vitest";
import { fillHoles } from "../../src/base/fill-holes.ts";

test.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
  ["a hole in a line", "a = __NAME__\n", { NAME: "x" }, "a = x\n"],
  ["two holes that touch", "__A____B__", { A: "1", B: "2" }, "12"],
  ["a hole used twice", "__A__ __A__", { A: "x" }, "x x"],
  ["a value that looks like a hole", "__A__", { A: "__B__" }, "__B__"],
  ["a value with a pattern of replacement", "x__A__", { A: "$&" }, "x$&"],
  ["names of Python, which are no holes", "__init__ __A__", { A: "x" }, "__init__ x"],
  [
    "lines of a value alone on its line, indented as the hole is",
    "def f():\n    __BODY__\n",
    { BODY: "a\n\nb" },
    "def f():\n    a\n\n    b\n",
  ],
])("fills %s", (_, template, holes, expected) => {
  expect(fillHoles(template, holes)).toBe(expected);
});

test("a hole that nothing fills, or that is not there, is a bug of the caller", () => {
  expect(() => fillHoles("__A__", {})).toThrow("__A__");
  expect(() => fillHoles("__toString__ __VALUE__", {})).toThrow("__VALUE__");
  expect(() => fillHoles("", { A: "x" })).toThrow("no hole for A");
});
