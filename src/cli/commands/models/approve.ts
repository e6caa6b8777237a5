import { answeredNo, defineCommand, succeeded } from "../../command.ts";

/** `mlops models approve` */
export const modelsApproveCommand = defineCommand({
  name: "models approve",
  group: "models",
  summary: "Approve a request, and let the version into its environment",
  description:
    "What the policy of .mlopsrc.yaml asks for is checked now: who approves, that it is somebody else than who asked and who registered the version, what both identities rest on, and the evidence. Where something is missing, all of it is told and nothing changes (exit code 1). Then the environment's alias moves and mlops.lock.yaml says so, for CI and the team: commit it.",
  arguments: { request: { summary: "number of the request, or the version it is for" } },
  options: {
    reason: { kind: "text", placeholder: "text", short: "m", summary: "what you say to it" },
    signWith: {
      kind: "text",
      placeholder: "file",
      summary:
        "SSH key to sign with, of which approval.signers says that it is yours (default git's)",
    },
    hold: {
      kind: "switch",
      summary: "approve only; mlops models alias moves the alias later",
    },
    push: { kind: "switch", default: true, summary: "do not share the bytes through store:" },
    force: {
      kind: "switch",
      summary: "approve although the policy refuses; needs --reason and stays on record",
    },
  },
  examples: [
    {
      line: 'mlops models approve 12 -m "metrics hold on the fresh hold-out"',
      shows: "the evidence, and the version is in production",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalDecisionReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalDecisionReport);
  },
  run: async (context, input) => {
    const { runApprove } = await import("./run-decide.ts");
    const { report, diagnostics } = await runApprove(context, input);
    return report.decided ? succeeded(report, diagnostics) : answeredNo(report, diagnostics);
  },
  render: async ({ result }, style) =>
    (await import("../../render/approvals.ts")).renderDecision(result, style),
});
