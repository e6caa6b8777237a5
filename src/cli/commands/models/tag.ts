import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models tag` */
export const modelsTagCommand = defineCommand({
  name: "models tag",
  group: "models",
  summary: "Put tags on a model version, take them away, or show them",
  arguments: {
    model: { summary: "churn (the newest), churn@v3 or churn@champion" },
    tags: { summary: "owner=ada; none only shows them", count: "many" },
  },
  options: { remove: { kind: "texts", placeholder: "key", summary: "take this tag away" } },
  examples: [
    { line: "mlops models tag churn@v3 owner=ada", shows: "the tags it has then" },
    { line: "mlops models tag churn@v3 --remove owner", shows: "the tags that are left" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelTagsReport } = await import("../../../app/approvals-schema.ts");
    return toJsonSchema(ModelTagsReport);
  },
  run: async (context, input) => {
    const { openApprovals } = await import("./open-approvals.ts");
    const { tagModel } = await import("../../../app/tag-model.ts");
    const open = await openApprovals(context);
    const { model: reference, tags: changes, remove } = input;
    return succeeded(tagModel({ reference, changes, remove, actor: open.actor }, open));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderTags(result, style),
});
