import { expect, test } from "vitest";
import { didYouMean, editDistance, suggestName } from "../../src/base/did-you-mean.ts";

const COMMANDS = ["init", "promote", "assess", "run", "runs", "models", "serve"];

test.each([
  ["promot", "promote"],
  ["pormote", "promote"],
  ["PROMOTE", "promote"],
  ["inti", "init"],
  ["rnu", "run"],
  ["srve", "serve"],
  ["deploy", undefined],
  ["", undefined],
  ["x", undefined],
])("suggests for %j: %j", (typed, expected) => {
  expect(suggestName(typed, COMMANDS)).toBe(expected);
});

test("asks a question only when something is close", () => {
  expect(didYouMean("seve", COMMANDS)).toBe('did you mean "serve"?');
  expect(didYouMean("kubernetes", COMMANDS)).toBeUndefined();
});

test.each([
  ["", "", 0],
  ["", "abc", 3],
  ["abc", "abc", 0],
  ["ab", "ba", 1],
  ["kitten", "sitting", 3],
  ["ca", "abc", 3],
])("the distance of %j and %j is %i", (left, right, expected) => {
  expect(editDistance(left, right)).toBe(expected);
  expect(editDistance(right, left)).toBe(expected);
});
