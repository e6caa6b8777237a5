import { expect, test } from "vitest";
import { findModel } from "../../src/app/find-model.ts";
import type { Registry } from "../../src/ports/registry.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { eventOf, versionOf } from "../support/registry-contract-values.ts";

/** Two versions of churn; the older one is the champion. */
function registered(): Registry["models"] {
  const { models } = memoryRegistry();
  models.register(versionOf("1"));
  models.register(versionOf("2"));
  models.setAlias("churn", "champion", 1, eventOf("alias.moved"));
  return models;
}

test.each([
  ["churn", 2],
  ["churn@v1", 1],
  ["churn@champion", 1],
] as const)("finds %s", (reference, version) => {
  expect(findModel(reference, registered())).toMatchObject({ model: "churn", version });
});

const KNOWN = "there is churn@v1, churn@v2, churn@champion";

test.each([
  {
    name: "a version that is not there",
    reference: "churn@v9",
    code: "model-version-unknown",
    hint: KNOWN,
  },
  {
    name: "an alias that is not there",
    reference: "churn@canary",
    code: "model-version-unknown",
    hint: KNOWN,
  },
  {
    name: "a model that is not there",
    reference: "prices",
    code: "model-version-unknown",
    hint: "the registered models are churn",
  },
  {
    name: "a model whose name is misspelled",
    reference: "chrun",
    code: "model-version-unknown",
    hint: "churn",
  },
  {
    name: "a reference that is none",
    reference: "churn@v1@v2",
    code: "model-reference-invalid",
    hint: "write it like churn",
  },
])("refuses $name", ({ reference, code, hint }) => {
  expect(() => findModel(reference, registered())).toThrow(
    expect.objectContaining({
      code,
      exitCode: 2,
      message: expect.stringContaining(reference) as string,
      hint: expect.stringContaining(hint) as string,
    }) as Error,
  );
});

test("says how the first model is registered", () => {
  expect(() => findModel("churn", memoryRegistry().models)).toThrow(
    expect.objectContaining({
      code: "model-version-unknown",
      hint: "no model is registered yet: mlops run PIPELINE registers the one it trains; in a clone, mlops models pull brings what mlops.lock.yaml names",
    }) as Error,
  );
});
