import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models request` */
export const modelsRequestCommand = defineCommand({
  name: "models request",
  group: "models",
  summary: "Ask for a model version to be let into an environment",
  description:
    "Gathers the evidence the approver is shown: metrics against thresholds, baseline and champion, the certificate with its coverage, leakage findings, and the pipeline's own tests, which are run in a process of their own. The evidence stays as it is; an approval serves once.",
  arguments: { model: { summary: "churn (the newest), churn@v3 or churn@candidate" } },
  options: {
    env: {
      kind: "text",
      placeholder: "name",
      summary: "environment to let it into (default production)",
    },
    reason: { kind: "text", placeholder: "text", short: "m", summary: "why, for the approver" },
    tests: { kind: "switch", default: true, summary: "do not run the pipeline's tests" },
    expiresDays: {
      kind: "number",
      placeholder: "days",
      min: 0.001,
      summary: "when it is void (default approval.expires-days)",
    },
    signWith: {
      kind: "text",
      placeholder: "file",
      summary:
        "SSH key to sign with, of which approval.signers says that it is yours (default git's)",
    },
    python: {
      kind: "text",
      placeholder: "command|path",
      summary: "interpreter for the tests (default as in .mlopsrc.yaml)",
    },
  },
  examples: [
    {
      line: 'mlops models request churn@v3 -m "recall rose by 4 points"',
      shows: "the evidence, and the number of the request",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalReport);
  },
  run: async (context, input) => {
    const { runRequest } = await import("./run-request.ts");
    return succeeded(await runRequest(context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/approvals.ts")).renderRequest(result, style),
});
