import { expect, test } from "vitest";
import { runMlops } from "../../support/run-mlops.ts";
import { seededProject } from "../../support/seeded-registry.ts";

test("lists runs newest first", async () => {
  await using project = await seededProject();
  const { exit, stdout } = await runMlops(["runs", "list"], { directory: project.path(".") });
  expect(exit).toBe(0);
  expect(stdout).toBe(
    [
      "run       pipeline  status     executed  roc-auc  rows  took   started (UTC)",
      "00020000  churn:r1  succeeded  1/1           0.9   400  1.5 s  1970-01-01 00:00",
      "00010000  churn:r1  succeeded  1/1           0.8   400  1.5 s  1970-01-01 00:00",
      "",
    ].join("\n"),
  );
  const one = await runMlops(["runs", "list", "churn", "--limit", "1", "--json"], {
    directory: project.path("."),
  });
  expect(one.json()).toMatchObject({
    ok: true,
    result: { runs: [{ id: "00020000000000000000000000000000" }], more: 1 },
  });
  const text = await runMlops(["runs", "list", "--limit", "1"], { directory: project.path(".") });
  expect(text.stdout).toContain("\nand 1 more: --all shows them");
});

test("on a narrow page the metrics stand below their run, and nothing is lost", async () => {
  await using project = await seededProject();
  const at = (columns: string): ReturnType<typeof runMlops> =>
    runMlops(["runs", "list", "--limit", "1"], {
      directory: project.path("."),
      environment: { COLUMNS: columns },
    });
  expect((await at("70")).stdout).toBe(
    [
      "run       pipeline  status     executed  took   started (UTC)",
      "00020000  churn:r1  succeeded  1/1       1.5 s  1970-01-01 00:00",
      "  roc-auc 0.9, rows 400",
      "and 1 more: --all shows them, --limit N so many",
      "",
    ].join("\n"),
  );
  expect((await at("40")).stdout).toContain("run            00020000\npipeline       churn:r1\n");
});

test("gives programs every value under its name, and documents a Markdown table", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const csv = await runMlops(["runs", "list", "--csv"], options);
  expect(csv.stdout).toBe(
    [
      "run,pipeline,revision,status,executed,steps,metric.roc-auc,metric.rows,param.seed,param.test-size,wall-ms,started",
      "00020000000000000000000000000000,churn,1,succeeded,1,1,0.9,400,7,0.2,1500,1970-01-01T00:00:10.002Z",
      "00010000000000000000000000000000,churn,1,succeeded,1,1,0.8,400,42,0.2,1500,1970-01-01T00:00:10.001Z",
      "",
    ].join("\n"),
  );
  const md = await runMlops(["runs", "compare", "000100", "000200", "--md"], options);
  expect(md.stdout.split("\n").slice(0, 3)).toEqual([
    "| kind |  | 00010000 | 00020000 |",
    "| --- | --- | --- | --- |",
    "| run | pipeline | churn:r1 | churn:r1 |",
  ]);
  const both = await runMlops(["runs", "list", "--csv", "--json"], options);
  expect(both.exit).toBe(2);
  expect(both.json()).toMatchObject({ error: { code: "usage-conflicting-options" } });
});

test("lists only the runs that were asked for, the best first", async () => {
  await using project = await seededProject();
  const options = { directory: project.path(".") };
  const ids = async (...flags: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await runMlops(["runs", "list", "--csv", ...flags], options);
    return stdout
      .split("\n")
      .slice(1, -1)
      .map((line) => line.slice(0, 6));
  };
  expect(await ids("--where", "roc-auc>0.85")).toEqual(["000200"]);
  expect(await ids("--where", "seed = 42", "--where", "status=succeeded")).toEqual(["000100"]);
  expect(await ids("--sort", "roc-auc", "--ascending", "--limit", "1")).toEqual(["000100"]);
  const none = await runMlops(["runs", "list", "--where", "status=failed"], options);
  expect(none).toMatchObject({ exit: 0, stdout: "No run is like that.\n" });
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
  [["list", "--where", "roc_auc>1"], "run-name-unknown"],
  [["list", "--sort", "aoc"], "run-name-unknown"],
] as const) {
  test(`refuses runs ${words.join(" ")} with ${code}`, async () => {
    await using project = await seededProject();
    const { exit, stderr } = await runMlops(["runs", ...words], { directory: project.path(".") });
    expect(exit).toBe(2);
    expect(stderr).toContain(`[${code}]`);
  });
}
