import { answeredNo, defineCommand, succeeded } from "../../command.ts";

/** `mlops models audit` */
export const modelsAuditCommand = defineCommand({
  name: "models audit",
  group: "models",
  summary: "List who did what, and check or anchor the event log",
  description:
    "Events are chained by hashes. --verify recomputes the chain, holds it against every anchor in mlops.lock.yaml, its history and git's tags, and holds the tables of the registry against what the log tells; exit code 1 when something was changed, or when there are anchors and none is of this log. --anchor writes the newest event's hash down where the log cannot be changed with it; what comes later needs another one.",
  arguments: {},
  options: {
    model: {
      kind: "text",
      placeholder: "model",
      summary: "only events of churn, churn@v3 or churn@champion",
    },
    subject: {
      kind: "text",
      placeholder: "text",
      summary: "only events on exactly this: churn@champion, churn:r2",
    },
    since: {
      kind: "text",
      placeholder: "time",
      summary: "only later ones: 2026-01-31, 7d, 24h",
    },
    limit: {
      kind: "whole-number",
      placeholder: "n",
      min: 1,
      summary: "the newest so many (default 50)",
    },
    verify: { kind: "switch", summary: "check the log instead of listing it" },
    anchor: {
      kind: "optional-texts",
      placeholder: "lock|tag",
      summary: "write its head into mlops.lock.yaml (lock), or into a tag of git",
    },
  },
  examples: [
    { line: "mlops models audit --model churn@v3", shows: "everything that happened to it" },
    { line: "mlops models audit --verify", shows: "whether anybody changed the log" },
    {
      line: "mlops models audit --anchor=tag",
      shows: "a tag mlops-audit/12, for git push origin mlops-audit/12",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsAuditReport } = await import("../../../app/audit-schema.ts");
    return toJsonSchema(ModelsAuditReport);
  },
  run: async (context, input) => {
    const { runAudit } = await import("./run-audit.ts");
    const result = await runAudit(context, input);
    return (result.check?.verdict ?? "holds") === "holds" ? succeeded(result) : answeredNo(result);
  },
  table: async (result) => (await import("../../render/audit.ts")).auditTable(result),
  render: async ({ result }, style) =>
    (await import("../../render/audit.ts")).renderAudit(result, style),
});
