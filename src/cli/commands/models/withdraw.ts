import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models withdraw` */
export const modelsWithdrawCommand = defineCommand({
  name: "models withdraw",
  group: "models",
  summary: "Take back a request, or an approval that was not used",
  description: "Nothing moves; an alias that an approval has moved stays where it is.",
  arguments: { request: { summary: "number of the request, or the version it is for" } },
  options: {
    reason: { kind: "text", placeholder: "text", short: "m", summary: "why" },
  },
  examples: [
    { line: 'mlops models withdraw 12 -m "wrong version"', shows: "the request is closed" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalDecisionReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalDecisionReport);
  },
  run: async (context, input) => {
    const { runDecide } = await import("./run-decide.ts");
    return succeeded(await runDecide("withdraw", context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/approvals.ts")).renderDecision(result, style),
});
