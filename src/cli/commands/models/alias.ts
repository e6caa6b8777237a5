import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models alias` */
export const modelsAliasCommand = defineCommand({
  name: "models alias",
  group: "models",
  summary: "Point an alias at a model version",
  description: "Who moved it, when and from where is kept in the event log.",
  arguments: {
    model: { summary: "churn (the newest), churn@v3 or churn@candidate" },
    alias: { summary: "the alias, like champion" },
  },
  options: {},
  examples: [
    {
      line: "mlops models alias churn@v3 champion",
      shows: "churn@champion is churn@v3 from now on",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelAliasReport } = await import("../../../app/models-schema.ts");
    return toJsonSchema(ModelAliasReport);
  },
  run: async (context, input) => {
    const { openState } = await import("../../open-state.ts");
    const { assignAlias } = await import("../../../app/assign-alias.ts");
    const { whoActs } = await import("../../../app/who-acts.ts");
    const { registry, files } = await openState(context);
    const { wiring, environment } = context;
    const actor = await whoActs(files.absolute("."), environment, await wiring.git());
    const request = { reference: input.model, alias: input.alias, actor };
    return succeeded(assignAlias(request, { registry, clock: await wiring.clock() }));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models.ts")).renderAlias(result, style),
});
