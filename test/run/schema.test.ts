import { expect, test } from "vitest";
import { StepManifest } from "../../src/run/schema.ts";
import golden from "../fixtures/contracts/step-manifest.json" with { type: "json" };

test("reads the manifest of the contract", () => {
  expect(StepManifest.parse(golden)).toEqual(golden);
});

for (const [name, change] of [
  ["an unknown key", { stpe: "train" }],
  ["another version", { version: 2 }],
  ["a digest that is none", { code: "sha256:12" }],
  ["a metric that is no number", { metrics: [{ name: "roc-auc", value: "0.83" }] }],
] as const) {
  test(`refuses a manifest with ${name}`, () => {
    expect(StepManifest.safeParse({ ...golden, ...change }).success).toBe(false);
  });
}
