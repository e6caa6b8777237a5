import { expect, test } from "vitest";
import { compareEnvironments, environmentDigest } from "../../src/verification/environment.ts";

const before = { python: "3.12.1", packages: { numpy: "2.0.0", pandas: "3.0.1" } };

test.each([before, { python: "3.12.1", packages: {} }])(
  "the same environment has no changes and the same digest",
  (same) => {
    const { now, changes } = compareEnvironments(before, same);
    expect(changes).toEqual([]);
    expect(environmentDigest(now)).toBe(environmentDigest(before));
  },
);

test.each([
  {
    name: "another interpreter",
    now: { python: "3.13.0", packages: before.packages },
    change: { name: "python", was: "3.12.1", now: "3.13.0" },
  },
  {
    name: "another version",
    now: { python: "3.12.1", packages: { numpy: "2.1.0", pandas: "3.0.1" } },
    change: { name: "numpy", was: "2.0.0", now: "2.1.0" },
  },
  {
    name: "a package that was not there",
    now: { python: "3.12.1", packages: { ...before.packages, pyarrow: "20.0.0" } },
    change: { name: "pyarrow", was: null, now: "20.0.0" },
  },
  {
    name: "a package that is gone",
    now: { python: "3.12.1", packages: { numpy: "2.0.0", pandas: null } },
    change: { name: "pandas", was: "3.0.1", now: null },
  },
])("$name is named and changes the digest", ({ now, change }) => {
  const compared = compareEnvironments(before, now);
  expect(compared.changes).toEqual([change]);
  expect(environmentDigest(compared.now)).not.toBe(environmentDigest(before));
});
