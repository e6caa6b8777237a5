import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models pull` */
export const modelsPullCommand = defineCommand({
  name: "models pull",
  group: "models",
  summary: "Bring the models that mlops.lock.yaml names into this registry",
  description:
    "For a clone and for CI: fetches by digest what is not here yet, from the store of the settings. A pull that broke off goes on where it ended, and no bytes are taken in that do not match their digest. The versions keep their numbers, and the aliases of the environments point at them.",
  arguments: { models: { summary: "only these models", count: "many" } },
  options: {
    env: { kind: "texts", placeholder: "name", summary: "only what this environment runs" },
  },
  examples: [
    { line: "mlops models pull", shows: "what each environment runs, fetched and checked" },
    { line: "mlops models pull churn --env production", shows: "one model of one environment" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsPullReport } = await import("../../../app/models-store-schema.ts");
    return toJsonSchema(ModelsPullReport);
  },
  run: async (context, input) => {
    const { runPull } = await import("./run-pull.ts");
    return succeeded(await runPull(context, { models: input.models, environments: input.env }));
  },
  render: async ({ result }, style) =>
    (await import("../../render/models-store.ts")).renderPull(result, style),
});
