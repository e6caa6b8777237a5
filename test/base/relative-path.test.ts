import { expect, test } from "vitest";
import { parseRelativePath, relativePath } from "../../src/base/relative-path.ts";

test.each([
  ["a/b.txt", "a/b.txt"],
  ["./a//b/", "a/b"],
  ["a\\b", "a/b"],
  ["a/../b", "b"],
  ["..a/b", "..a/b"],
  ["", undefined],
  [".", undefined],
  ["a/..", undefined],
  ["..", undefined],
  ["../a", undefined],
  ["a/../../b", undefined],
  ["/a", undefined],
  ["C:\\a", undefined],
  ["c:a", undefined],
  ["\\\\host\\share", undefined],
  ["a\0b", undefined],
])("the normal form of %j is %j", (text, expected) => {
  expect(parseRelativePath(text)).toBe(expected);
});

test("a path of our own that leaves the project is a bug", () => {
  expect(() => relativePath("../up")).toThrow("../up");
});
