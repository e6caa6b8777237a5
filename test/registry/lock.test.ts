import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sha256OfJson } from "../../src/base/hash.ts";
import { parseYaml, renderYaml } from "../../src/base/yaml.ts";
import { buildLockEntry, isLockEntryWhole, lockWith } from "../../src/registry/lock.ts";
import { Lock } from "../../src/registry/schema.ts";
import { versionOf } from "../support/registry-contract-values.ts";

const goldenText = readFileSync(
  new URL("../fixtures/contracts/mlops.lock.yaml", import.meta.url),
  "utf8",
);

function golden(): Lock {
  return Lock.parse(parseYaml(goldenText, "mlops.lock.yaml").value);
}

test("reads the lock file of the contract and prints it again", () => {
  expect(Lock.parse(parseYaml(renderYaml(golden()), "again").value)).toEqual(golden());
  expect(Object.values(golden().environments).every(isLockEntryWhole)).toBe(true);
});

test("refuses keys that it does not know and digests that are none", () => {
  const lock = golden();
  expect(Lock.safeParse({ ...lock, enviroments: {} }).success).toBe(false);
  expect(Lock.safeParse({ ...lock, audit: { sequence: 1, hash: "sha256:123" } }).success).toBe(
    false,
  );
  expect(
    Lock.safeParse({ ...lock, environments: { Production: lock.environments["production"] } })
      .success,
  ).toBe(false);
});

test("makes an entry that names content, metrics and certificate of the version", () => {
  const files = versionOf("1").files;
  const version = { ...versionOf("1"), contentDigest: sha256OfJson(files), version: 3 };
  const entry = buildLockEntry(version, { approvals: [], store: undefined });
  expect(entry).toMatchObject({
    model: "churn",
    version: 3,
    revision: null,
    content: version.contentDigest,
    files,
    metrics: { loss: "NaN", "roc-auc": 0.83 },
    certificate: { verdict: "verified" },
    store: null,
  });
  expect(isLockEntryWhole(entry)).toBe(true);
  expect(isLockEntryWhole({ ...entry, files: { ...entry.files, extra: entry.content } })).toBe(
    false,
  );
  expect(Lock.safeParse(lockWith(undefined, "staging", entry)).success).toBe(true);
});

test("changes one environment and keeps the others and the anchor", () => {
  const lock = golden();
  const entry = buildLockEntry(
    { ...versionOf("1"), version: 9 },
    { approvals: [], store: "s3://models" },
  );
  const changed = lockWith(lock, "canary", entry);
  expect(Object.keys(changed.environments)).toEqual(["canary", "production", "staging"]);
  expect(changed.environments["production"]).toEqual(lock.environments["production"]);
  expect(changed.audit).toEqual(lock.audit);
});
