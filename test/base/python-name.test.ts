import { expect, test } from "vitest";
import { pythonName } from "../../src/base/python-name.ts";

test("writes a name as Python writes names: every hyphen becomes an underscore", () => {
  expect(pythonName("home-credit-2")).toBe("home_credit_2");
});
