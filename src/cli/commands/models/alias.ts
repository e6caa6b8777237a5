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
    push: { kind: "switch", default: true, summary: "do not share the bytes through store:" },
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
    const { runAlias } = await import("./run-alias.ts");
    const { report, diagnostics } = await runAlias(context, input);
    return succeeded(report, diagnostics);
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderAlias(result, style),
});
