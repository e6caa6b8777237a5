import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models reject` */
export const modelsRejectCommand = defineCommand({
  name: "models reject",
  group: "models",
  summary: "Reject a request",
  description: "The request is closed; a new one may be opened for the same version.",
  arguments: { request: { summary: "number of the request, or the version it is for" } },
  options: {
    reason: {
      kind: "text",
      placeholder: "text",
      short: "m",
      summary: "why; the one who asked is told no more than this",
    },
  },
  examples: [
    {
      line: 'mlops models reject 12 -m "too few rows since the price change"',
      shows: "the request is closed, and why",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalDecisionReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalDecisionReport);
  },
  run: async (context, input) => {
    const { runDecide } = await import("./run-decide.ts");
    return succeeded(await runDecide("reject", context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/approvals.ts")).renderDecision(result, style),
});
