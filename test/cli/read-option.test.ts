import { expect, test } from "vitest";
import { readOption } from "../../src/cli/read-option.ts";

type Spec = Parameters<typeof readOption>[1];

const port: Spec = { kind: "whole-number", summary: "", min: 1, max: 65_535 };
const share: Spec = { kind: "number", summary: "", min: 0 };
const level: Spec = { kind: "choice", summary: "", choices: ["fast", "safe"] };

test.each<[Spec, string, string | number]>([
  [port, "80", 80],
  [share, "0.5", 0.5],
  [share, "1e-3", 0.001],
  [level, "safe", "safe"],
  [{ kind: "text", summary: "" }, "", ""],
])("reads %j %j", (spec, text, expected) => {
  expect(readOption("--x", spec, text)).toBe(expected);
});

test.each<[Spec, string, string]>([
  [port, "80a", '--x must be a whole number from 1 to 65535, got "80a"'],
  [port, "0", "from 1 to 65535"],
  [port, "1.5", "a whole number"],
  [port, "", "a whole number"],
  [share, "-1", "a number of at least 0"],
  [share, "Infinity", "a number"],
  [{ kind: "number", summary: "", max: 1 }, "2", "a number of at most 1"],
  [level, "fats", "must be one of fast, safe"],
])("refuses %j %j", (spec, text, message) => {
  expect(() => readOption("--x", spec, text)).toThrow(message);
});
