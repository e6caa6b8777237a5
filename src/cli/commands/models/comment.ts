import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models comment` */
export const modelsCommentCommand = defineCommand({
  name: "models comment",
  group: "models",
  summary: "Say something to a request, without deciding it",
  description: "Comments stay with the request, also after it was decided.",
  arguments: { request: { summary: "number of the request, or the version it is for" } },
  options: {
    reason: { kind: "text", placeholder: "text", short: "m", summary: "what you say" },
  },
  examples: [
    {
      line: 'mlops models comment 12 -m "who looked at the outliers?"',
      shows: "the request with all that was said",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalDecisionReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalDecisionReport);
  },
  run: async (context, input) => {
    const { runDecide } = await import("./run-decide.ts");
    return succeeded(await runDecide("comment", context, input));
  },
  render: async ({ result }, style) =>
    (await import("../../render/approvals.ts")).renderDecision(result, style),
});
