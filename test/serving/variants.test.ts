import fc from "fast-check";
import { expect, test } from "vitest";
import type { Variant } from "../../src/serving/variants.ts";
import { chooseVariant } from "../../src/serving/variants.ts";
import { churnModel } from "../support/serving.ts";

test("one variant answers everything", () => {
  const only: Variant = { name: "stable", model: churnModel, weight: 1 };
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (draw) => {
      expect(chooseVariant([only], draw)).toBe(only);
    }),
  );
});

test("splits by weight and never lets a shadow answer", () => {
  const variants: readonly Variant[] = [
    { name: "shadow", model: churnModel, weight: 1 },
    { name: "stable", model: churnModel, weight: 0.9 },
    { name: "canary", model: churnModel, weight: 0.1 },
  ];
  const chosen = [0, 0.5, 0.899, 0.9, 0.999].map((draw) => chooseVariant(variants, draw).name);
  expect(chosen).toEqual(["stable", "stable", "stable", "canary", "canary"]);
});
