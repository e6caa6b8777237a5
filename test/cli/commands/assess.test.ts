import { chmodSync, existsSync } from "node:fs";
import { expect, test } from "vitest";
import { Assessment } from "../../../src/maturity/schema.ts";
import { churnProject } from "../../support/churn-package.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { tempProject } from "../../support/temp-project.ts";

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    {
      id: "a",
      cell_type: "code",
      metadata: {},
      source: "import pandas as pd",
      outputs: [],
      execution_count: null,
    },
  ],
});

test("a folder with nothing but a notebook is at level 0 and told what to do next", async () => {
  await using project = await tempProject({ "churn.ipynb": NOTEBOOK });
  const run = await runMlops(["assess"], { directory: project.root });
  expect(run).toMatchObject({ exit: 0, stderr: "" });
  expect(run.stdout).toMatch(/^Claimed {2}level 0 {2}manual/);
  expect(run.stdout).toContain("→ mlops promote churn.ipynb, then mlops run churn");
  expect(run.stdout).toContain(
    "C1 to F9 (34 checks): not examined by this version, counted as unmet",
  );
  expect(await project.list()).toEqual(["churn.ipynb"]);
  expect(existsSync(project.path(".mlops"))).toBe(false);
});

test("an empty folder is at level 0 too", async () => {
  await using project = await tempProject();
  expect((await runMlops(["assess"], { directory: project.root })).stdout).toContain("level 0");
});

test("--json and --format json give the documented form", async () => {
  await using project = await tempProject(churnProject());
  const enveloped = (await runMlops(["assess", "--json"], { directory: project.root })).json();
  expect(enveloped).toMatchObject({ schema: "mlops.assess/1", ok: true, exit: 0 });
  const printed = (
    await runMlops(["assess", "--format", "json"], { directory: project.root })
  ).json();
  const assessment = Assessment.parse(printed);
  expect(enveloped).toMatchObject({ result: assessment });
  expect(assessment.checks).toHaveLength(60);
});

test("--format md makes one table of sections and one of checks", async () => {
  await using project = await tempProject(churnProject());
  const { stdout } = await runMlops(["assess", "--format", "md"], { directory: project.root });
  expect(stdout).toContain("| Section | Claimed | Proven | Points |");
  expect(stdout).toContain("| ✓ | A2 ★ Is training a graph");
});

test.each([
  { flags: ["--fail-under", "1"], exit: 1, says: "the proven level is 0, asked for is 1" },
  { flags: ["--fail-under", "1", "--gate-on", "claimed"], exit: 1, says: "the claimed level is 0" },
  { flags: ["--fail-under", "0"], exit: 0, says: "" },
  { flags: ["--fail-under", "7"], exit: 2, says: "--fail-under" },
])("$flags exits $exit", async ({ flags, exit, says }) => {
  await using project = await tempProject(churnProject());
  const run = await runMlops(["assess", ...flags], { directory: project.root });
  expect(run.exit).toBe(exit);
  expect(run.stderr).toContain(says);
});

test("starts nothing that it finds in the repository", async () => {
  await using project = await tempProject(churnProject());
  const trap = `#!/bin/sh\ntouch ${project.path("trapped")}\n`;
  for (const path of [".venv/bin/python", ".git/hooks/post-checkout", ".git/monitor", "python3"]) {
    await project.write(path, trap);
    chmodSync(project.path(path), 0o755);
  }
  await project.write(".git/HEAD", "ref: refs/heads/main\n");
  await project.write(".git/config", `[core]\n\tfsmonitor = ${project.path(".git/monitor")}\n`);
  await runMlops(["assess"], { directory: project.root });
  expect(existsSync(project.path("trapped"))).toBe(false);
});
