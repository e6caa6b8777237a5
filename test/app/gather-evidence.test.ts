/** What an approver is shown of a version, from the registry and the store. */
import { expect, test } from "vitest";
import { gatherEvidence } from "../../src/app/gather-evidence.ts";
import { Config } from "../../src/config/schema.ts";
import type { ModelVersion } from "../../src/registry/model.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { eventOf, versionOf } from "../support/registry-contract-values.ts";

const tests = { because: "not asked for" };
const config = Config.parse({
  version: 1,
  deploy: {
    gates: { churn: [{ metric: "roc-auc", min: 0.9 }], basket: [{ metric: "x", min: 1 }] },
  },
});

/** churn@v1, v2 and v3; each measured against churn@v1. */
function registered(): {
  readonly registry: ReturnType<typeof memoryRegistry>;
  readonly versions: readonly ModelVersion[];
} {
  const registry = memoryRegistry();
  const measured = { of: "churn@v1", metrics: [{ name: "roc-auc", value: 0.8 }] };
  const versions = ["1", "2", "3"].map((content) => {
    const version = versionOf(content);
    const { evaluation } = version;
    if (evaluation === undefined) throw new Error("the version of the tests is measured");
    return registry.models.register({
      ...version,
      evaluation: { ...evaluation, champion: measured },
    });
  });
  return { registry, versions };
}

async function evidenceOf(
  version: ModelVersion | undefined,
  registry: ReturnType<typeof memoryRegistry>,
): ReturnType<typeof gatherEvidence> {
  if (version === undefined) throw new Error("no such version");
  const ports = { artifacts: memoryArtifacts(memoryFiles()), models: registry.models };
  return gatherEvidence(version, { tests, config }, ports);
}

test("takes the thresholds of the version's own pipeline, and a certificate that is not there for none", async () => {
  const { registry, versions } = registered();
  const evidence = await evidenceOf(versions[1], registry);
  expect(evidence).toMatchObject({
    origin: "imported from models/churn",
    thresholds: [{ metric: "roc-auc", min: 0.9, value: 0.83, holds: false }],
    tests,
    leakage: { findings: [] },
  });
  expect(evidence.certificate).toBeUndefined();
});

const champions = [
  { name: "nobody", champion: undefined, against: { of: "churn@v1", metrics: [{ value: 0.8 }] } },
  { name: "who was champion then", champion: 1, against: { of: "churn@v1", metrics: [{}] } },
  { name: "the version itself", champion: 2, against: { of: "churn@v1", metrics: [{}] } },
  {
    name: "another one since",
    champion: 3,
    against: {
      of: "churn@v3",
      because: "it was not champion when this version was registered",
    },
  },
] as const;

for (const { name, champion, against } of champions) {
  test(`says what a version was measured against when champion is ${name}`, async () => {
    const { registry, versions } = registered();
    if (champion !== undefined)
      registry.models.setAlias("churn", "champion", champion, eventOf("alias.moved"));
    expect((await evidenceOf(versions[1], registry)).champion).toMatchObject(against);
  });
}
