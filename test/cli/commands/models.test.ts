import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { eventOf, requestOf } from "../../support/registry-contract-values.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";
import { tempProject } from "../../support/temp-project.ts";

test("lists versions with aliases and metrics", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  await runMlops(["models", "alias", "churn@v1", "champion"], options);
  const { exit, stdout } = await runMlops(["models", "list"], options);
  expect(exit).toBe(0);
  expect(stdout).toBe(
    [
      "version   aliases   certificate  servable  run       registered (UTC)",
      "churn@v1  champion  verified     yes       00010000  1970-01-01 00:00",
      "  loss NaN, roc-auc 0.83",
      "churn@v2            verified     yes       00020000  1970-01-01 00:00",
      "  loss NaN, roc-auc 0.83",
      "",
    ].join("\n"),
  );
});

test("says how to make the first version", async () => {
  await using project = await tempProject({});
  const { exit, stdout } = await runMlops(["models", "list"], { directory: project.path(".") });
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: "No model version yet. Make one: mlops run, then mlops models register\n",
  });
});

test("moves an alias and says where it was", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const said: string[] = [];
  for (const reference of ["churn@v1", "churn", "churn@v2"]) {
    said.push((await runMlops(["models", "alias", reference, "champion"], options)).stdout);
  }
  expect(said).toEqual([
    "churn@champion is churn@v1 now\n",
    "churn@champion is churn@v2 now; it was v1\n",
    "churn@champion is churn@v2 already\n",
  ]);
  const shown = await runMlops(["models", "show", "churn@champion", "--json"], options);
  expect(shown.json()).toMatchObject({
    ok: true,
    result: { reference: "churn@v2", aliases: ["champion"] },
  });
});

for (const [words, code] of [
  [["alias", "churn@v1", "v7"], "alias-invalid"],
  [["alias", "churn@v9", "champion"], "model-version-unknown"],
  [["show", "churn:r1"], "model-reference-invalid"],
  [["show", "chrn"], "model-version-unknown"],
] as const) {
  test(`refuses models ${words.join(" ")} with ${code}`, async () => {
    await using project = await seededProject();
    const { exit, stderr } = await runMlops(["models", ...words], { directory: project.path(".") });
    expect(exit).toBe(2);
    expect(stderr).toContain(`[${code}]`);
  });
}

test("finds that everything registered is intact, until a byte is changed", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const before = await runMlops(["models", "verify", "--json"], options);
  expect(before.json()).toMatchObject({
    ok: true,
    result: { versions: [{ missing: [] }, { missing: [] }], firstBrokenEvent: null },
  });
  const blobs = project.path(".mlops/store/blobs");
  const all = readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const blob of all) writeFileSync(join(blob.parentPath, blob.name), "changed");
  const after = await runMlops(["models", "verify", "churn@v1"], options);
  expect(after.exit).toBe(1);
  expect(after.stdout).toContain("churn@v1  2 files  damaged  MLmodel, contract.json");
});

test("shows who registered a version and how sure that is, its tags, what waits for it and where it is locked", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const shown = async (): Promise<string> =>
    (await runMlops(["models", "show", "churn@v1"], options)).stdout;
  expect(await shown()).not.toMatch(/tags|request|locked for/);
  await runMlops(["models", "tag", "churn@v1", "owner=ada"], options);
  await runMlops(["models", "alias", "churn@v1", "staging"], options);
  const registry = openRegistry(project.path(".mlops/registry.db"));
  registry.approvals.request(
    requestOf({ expiresAtMs: undefined }),
    eventOf("approval.requested", "churn@v1"),
  );
  registry.close();
  expect(await shown()).toMatch(
    /by +Ada <ada@example\.org> \(asserted\)\n(?:.*\n)* +origin +imported from models\/churn\n +tags +owner=ada\n +request +1 for production: open\n +locked for +staging\n/,
  );
  await project.write("mlops.lock.yaml", "version: 9\n");
  expect(await shown()).toContain("not known: mlops.lock.yaml cannot be read");
});
