import { expect, test } from "vitest";
import { runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";

test("lists runs newest first", async () => {
  await using project = await seededProject();
  const { exit, stdout } = await runMlops(["runs", "list"], { directory: project.path(".") });
  expect(exit).toBe(0);
  expect(stdout).toBe(
    [
      "run       pipeline  status     executed  metrics                took   started (UTC)",
      "00020000  churn:r1  succeeded  1/1       roc-auc 0.9, rows 400  1.5 s  1970-01-01 00:00",
      "00010000  churn:r1  succeeded  1/1       roc-auc 0.8, rows 400  1.5 s  1970-01-01 00:00",
      "",
    ].join("\n"),
  );
  const one = await runMlops(["runs", "list", "churn", "--limit", "1", "--json"], {
    directory: project.path("."),
  });
  expect(one.json()).toMatchObject({
    ok: true,
    result: { runs: [{ id: "00020000000000000000000000000000" }] },
  });
});

test("shows only what differs between runs, or everything", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const differences = await runMlops(["runs", "compare", "000100", "000200"], options);
  expect(differences.stdout).toBe(
    [
      "            00010000   00020000",
      "pipeline    churn:r1   churn:r1",
      "status      succeeded  succeeded",
      "parameters",
      "  seed      42         7",
      "metrics",
      "  roc-auc   0.8        0.9",
      "",
    ].join("\n"),
  );
  const everything = await runMlops(["runs", "compare", "000100", "000200", "--all"], options);
  expect(everything.stdout).toContain("  test-size  0.2        0.2");
});

test("shows a run with its reasons and data", async () => {
  await using project = await seededProject();
  const { exit, stdout } = await runMlops(["runs", "show", "000100"], {
    directory: project.path("."),
  });
  expect(exit).toBe(0);
  expect(stdout).toContain("  train  execute  1.0 s  first run");
  expect(stdout).toContain("  data/churn.csv  sha256:dddddddddddd");
});

for (const [words, code] of [
  [["show", "0001"], "run-unknown"],
  [["show", "ffffff"], "run-unknown"],
  [["compare", "000100"], "usage-missing-argument"],
] as const) {
  test(`refuses runs ${words.join(" ")} with ${code}`, async () => {
    await using project = await seededProject();
    const { exit, stderr } = await runMlops(["runs", ...words], { directory: project.path(".") });
    expect(exit).toBe(2);
    expect(stderr).toContain(`[${code}]`);
  });
}
