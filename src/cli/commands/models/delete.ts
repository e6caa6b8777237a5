import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models delete` */
export const modelsDeleteCommand = defineCommand({
  name: "models delete",
  group: "models",
  summary: "Delete model versions that nothing needs; mlops clean then frees their bytes",
  description:
    "A version that an alias, a waiting request or mlops.lock.yaml names stays. What was recorded of a deleted version stays in the event log, and its number is never given again; registering the same content brings it back.",
  arguments: { models: { summary: "churn@v3", count: "many" } },
  options: {
    reason: { kind: "text", placeholder: "text", short: "m", summary: "why, for the record" },
    dryRun: { kind: "switch", summary: "say what would go, delete nothing" },
  },
  examples: [
    { line: "mlops models delete churn@v1 churn@v2", shows: "two versions are gone" },
    { line: "mlops models delete churn@v1 --dry-run", shows: "whether it can go" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsDeleteReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ModelsDeleteReport);
  },
  run: async (context, input) => {
    const { openApprovals } = await import("./open-approvals.ts");
    const { deleteModels } = await import("../../../app/delete-models.ts");
    // "churn" alone would be its newest version, which is seldom what somebody wants to lose.
    const vague = input.models.find((text) => !text.includes("@"));
    if (input.models.length === 0 || vague !== undefined)
      throw new UsageError("Say which versions.", {
        code: "usage-missing-argument",
        hint: `for example mlops models delete ${vague ?? "churn"}@v1`,
      });
    const open = await openApprovals(context);
    const { actor } = open;
    const { models: references, dryRun } = input;
    const reason = input.reason?.trim() ?? "";
    return succeeded(await deleteModels({ references, reason, dryRun, actor }, open));
  },
  render: async ({ result }) => (await import("../../render/models.ts")).renderDeleted(result),
});
