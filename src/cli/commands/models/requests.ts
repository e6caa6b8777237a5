import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models requests` */
export const modelsRequestsCommand = defineCommand({
  name: "models requests",
  group: "models",
  summary: "List requests for approval, or show one with its evidence",
  arguments: {
    request: {
      summary: "number of a request, or only those of churn or churn@v3",
      count: "optional",
    },
  },
  options: {
    all: { kind: "switch", short: "a", summary: "also those that were decided, used or expired" },
  },
  examples: [
    { line: "mlops models requests", shows: "what waits for a decision, or to be used" },
    { line: "mlops models requests 12", shows: "the evidence of request 12, and what was said" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ApprovalsListReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ApprovalsListReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { listApprovals } = await import("../../../app/report-approvals.ts");
    const { registry } = await openState(context);
    const nowMs = (await context.wiring.clock()).nowMs();
    return succeeded(listApprovals(input, nowMs, registry));
  },
  table: async (result) => (await import("../../render/approvals.ts")).requestsTable(result),
  render: async ({ result }, style, input) =>
    (await import("../../render/approvals.ts")).renderRequests(result, style, input.request),
});
