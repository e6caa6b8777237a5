import { expect, test } from "vitest";
import { parseSize, renderBytes } from "../../src/base/size.ts";

test.each([
  ["20 GB", 20e9],
  ["500MB", 500e6],
  ["1.5 tb", 1.5e12],
  ["unlimited", Number.POSITIVE_INFINITY],
  ["20", undefined],
  ["-1 GB", undefined],
  ["20 GiB", undefined],
])("reads %s", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test("writes sizes as it reads them", () => {
  expect(renderBytes(parseSize("20 GB"))).toBe("20.0 GB");
});
