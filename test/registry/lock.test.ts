import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sha256OfJson } from "../../src/base/hash.ts";
import { parseYaml, renderYaml } from "../../src/base/yaml.ts";
import {
  buildLockApproval,
  buildLockEntry,
  isLockEntryWhole,
  lockWith,
  lockWithout,
} from "../../src/registry/lock.ts";
import { Lock, LockApproval } from "../../src/registry/schema.ts";
import { requestOf, versionOf } from "../support/registry-contract-values.ts";

const goldenText = readFileSync(
  new URL("../fixtures/contracts/mlops.lock.yaml", import.meta.url),
  "utf8",
);

function golden(): Lock {
  return Lock.parse(parseYaml(goldenText, "mlops.lock.yaml").value);
}

test("reads the lock file of the contract and prints it again", () => {
  expect(Lock.parse(parseYaml(renderYaml(golden()), "again").value)).toEqual(golden());
  const entries = Object.values(golden().environments).flatMap((models) => Object.values(models));
  expect(entries).toHaveLength(2);
  expect(entries.every(isLockEntryWhole)).toBe(true);
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
    version: 3,
    registered: {
      by: { name: "Ada <ada@example.org>", grade: "asserted" },
      at: "1970-01-01T00:00:30.000Z",
    },
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
  expect(
    Lock.safeParse(lockWith(undefined, { environment: "staging", model: "churn" }, entry)).success,
  ).toBe(true);
});

test("changes one environment and keeps the others and the anchor", () => {
  const lock = golden();
  const entry = buildLockEntry(
    { ...versionOf("1"), version: 9 },
    { approvals: [], store: "s3://models" },
  );
  const changed = lockWith(lock, { environment: "canary", model: "churn" }, entry);
  expect(Object.keys(changed.environments)).toEqual(["canary", "production", "staging"]);
  expect(changed.environments["production"]).toEqual(lock.environments["production"]);
  expect(changed.audit).toEqual(lock.audit);
  const second = lockWith(changed, { environment: "production", model: "basket" }, entry);
  expect(Object.keys(second.environments["production"] ?? {})).toEqual(["basket", "churn"]);
  expect(lockWithout(second, { environment: "production", model: "basket" })).toEqual(changed);
  expect(lockWithout(changed, { environment: "canary", model: "churn" })).toEqual(lock);
});

test("keeps an approval with all that the approver was shown, as the file may hold it", () => {
  const { evidence, requestedBy } = requestOf();
  const approval = buildLockApproval({
    request: 7,
    by: { name: "Grace <grace@example.org>", grade: "authenticated" },
    requestedBy,
    reason: "fine",
    atMs: 0,
    forced: ["its tests were not run"],
    evidence,
  });
  expect(LockApproval.parse(approval)).toEqual(approval);
  expect(LockApproval.parse(parseYaml(renderYaml(approval), "again").value)).toEqual(approval);
  expect(approval).toMatchObject({
    request: 7,
    at: "1970-01-01T00:00:00.000Z",
    forced: ["its tests were not run"],
    evidence: {
      thresholds: [{ metric: "roc-auc", min: 0.75, value: 0.83, holds: true }, { holds: false }],
      coverage: { values: { compared: 9, total: 9 } },
      tests: { passed: 12, failed: 0, skipped: 1 },
      leakage: { because: "the rows are not known" },
    },
  });
  const bare = { forced: [], evidence: undefined, request: undefined };
  const forced = buildLockApproval({ ...bare, by: requestedBy, requestedBy, reason: "r", atMs: 0 });
  expect(Object.keys(forced)).toEqual(["request", "by", "requested-by", "reason", "at"]);
});
