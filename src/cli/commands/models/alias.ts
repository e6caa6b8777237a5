import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models alias` */
export const modelsAliasCommand = defineCommand({
  name: "models alias",
  group: "models",
  summary: "Point an alias at a model version",
  description:
    "Who moved it, when and from where is kept in the event log. The alias of an environment (staging, production) is kept in mlops.lock.yaml, too; where .mlopsrc.yaml guards the environment, an approval moves it.",
  arguments: {
    model: { summary: "churn (the newest), churn@v3 or churn@candidate" },
    alias: { summary: "the alias, like champion" },
  },
  options: {
    remove: { kind: "switch", summary: "take the alias away" },
    force: {
      kind: "switch",
      summary: "move a guarded alias without an approval; needs --reason and stays on record",
    },
    reason: { kind: "text", placeholder: "text", short: "m", summary: "why, with --force" },
  },
  examples: [
    {
      line: "mlops models alias churn@v3 champion",
      shows: "churn@champion is churn@v3 from now on",
    },
    {
      line: "mlops models alias churn@v3 production",
      shows: "uses an approval that was given with --hold",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelAliasReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelAliasReport);
  },
  run: async (context, input) => {
    const { openApprovals, reasonFor } = await import("./open-approvals.ts");
    const { assignAlias, removeAlias } = await import("../../../app/assign-alias.ts");
    const { parseModelReference } = await import("../../../registry/names.ts");
    const open = await openApprovals(context);
    const { actor, environments } = open;
    const { alias, model: reference } = input;
    const force = input.force ? reasonFor("--force", input.reason) : undefined;
    const common = { alias, actor, environments, force };
    if (!input.remove) return succeeded(await assignAlias({ ...common, reference }, open));
    const { model } = parseModelReference(reference);
    return succeeded(await removeAlias({ ...common, model }, open));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderAlias(result, style),
});
