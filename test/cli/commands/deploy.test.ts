import { expect, test } from "vitest";
import { churnProject } from "../../support/churn-package.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { tempProject } from "../../support/temp-project.ts";

const WORKFLOW = ".github/workflows/churn-train.yml";

test("writes the files of level 1 with the gates of the settings", async () => {
  await using project = await tempProject({
    ...churnProject(),
    ".mlopsrc.yaml":
      "version: 1\ndeploy: { schedule: 0 4 * * 2, gates: { churn: [{ metric: roc-auc, min: 0.75 }] } }\n",
  });
  const run = await runMlops(
    ["deploy", "churn", "--level", "1", "--target", "github", "--env", "production"],
    { directory: project.root },
  );
  expect(run.exit).toBe(0);
  expect(run.stdout).toContain(`git add ${WORKFLOW}`);
  const workflow = await project.read(WORKFLOW);
  expect(workflow).toContain("- cron: 0 4 * * 2");
  expect(workflow).toContain("--min roc-auc=0.75");
  expect(workflow).toContain("environment: production");
  expect((await runMlops(["deploy"], { directory: project.root })).exit).toBe(0);
});

test("--dry-run and --diff write nothing; --json says what would change", async () => {
  await using project = await tempProject(churnProject());
  const before = await project.list();
  const run = await runMlops(["deploy", "--dry-run", "--json"], { directory: project.root });
  expect(run.json()).toMatchObject({
    schema: "mlops.deploy/1",
    ok: true,
    result: {
      mode: "dry-run",
      deployment: null,
      files: [{ path: WORKFLOW, change: "create" }, {}, {}, {}],
    },
  });
  expect((await runMlops(["deploy", "--diff"], { directory: project.root })).stdout).toContain(
    `+++ ${WORKFLOW}`,
  );
  expect(await project.list()).toEqual(before);
});

test.each([
  { words: ["--level", "2"], exit: 2, says: "deploy-level-unavailable" },
  { words: ["--env", "Prod!"], exit: 2, says: "--env Prod!" },
  { words: ["cherry"], exit: 2, says: "cherry" },
  { words: ["--schedule", "daily"], exit: 2, says: "schedule-invalid" },
])("refuses $words", async ({ words, exit, says }) => {
  await using project = await tempProject(churnProject());
  const run = await runMlops(["deploy", ...words], { directory: project.root });
  expect(run.exit).toBe(exit);
  expect(run.stderr).toContain(says);
});
