import { defineCommand, succeeded } from "../command.ts";

/** `mlops deploy` */
export const deployCommand = defineCommand({
  name: "deploy",
  group: "ship",
  summary: "Write what makes a pipeline train by itself",
  description:
    "Level 1: an image with pinned base and non-root user, and a GitHub Actions workflow that installs, tests, trains and checks metrics on a schedule, by hand and on changes. Files you edited stay as they are. Nothing is sent anywhere.",
  arguments: {
    pipeline: { summary: "pipeline to deploy; the only one when left out", count: "optional" },
  },
  options: {
    level: {
      kind: "whole-number",
      placeholder: "1",
      min: 1,
      max: 3,
      summary: "how much to automate (default 1)",
    },
    target: { kind: "text", placeholder: "github", summary: "what runs it (default github)" },
    schedule: {
      kind: "text",
      placeholder: "cron",
      summary: 'when to train, five fields in UTC (default "0 3 * * 1", Mondays at 03:00)',
    },
    env: {
      kind: "text",
      placeholder: "name",
      summary: "environment to record; on GitHub it also guards the job",
    },
    dryRun: { kind: "switch", summary: "show which files would change and write nothing" },
    diff: { kind: "switch", summary: "show the changes as a unified diff and write nothing" },
  },
  examples: [
    {
      line: "mlops deploy churn --level 1 --target github",
      shows: "writes Dockerfile and workflow",
    },
    {
      line: 'mlops deploy --schedule "0 3 * * *" --diff',
      shows: "what a nightly schedule would change",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { DeployReport } = await import("../../app/deploy-schema.ts");
    return toJsonSchema(DeployReport);
  },
  run: async (context, input) => {
    const { runDeploy } = await import("./run-deploy.ts");
    const { result, diagnostics } = await runDeploy(context, input);
    return succeeded(result, diagnostics);
  },
  render: async ({ result }, style) =>
    (await import("../render/deployment.ts")).renderDeployment(result, style),
});
