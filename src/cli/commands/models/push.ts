import { defineCommand, succeeded } from "../../command.ts";

/** `mlops models push` */
export const modelsPushCommand = defineCommand({
  name: "models push",
  group: "models",
  summary: "Share the bytes of model versions through the store of the settings",
  description:
    "Sends what the store does not have yet, by digest; a push that broke off goes on where it ended. mlops.lock.yaml then says where the bytes are, so that a clone and CI can fetch them. Without a name: every version that mlops.lock.yaml names.",
  arguments: { models: { summary: "churn@v3 or churn@champion", count: "many" } },
  options: {},
  examples: [
    { line: "mlops models push", shows: "what was sent of the versions environments run" },
    { line: "mlops models push churn@candidate", shows: "a version that no environment runs yet" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { ModelsPushReport } = await import("../../../app/models-store-schema.ts");
    return toJsonSchema(ModelsPushReport);
  },
  run: async (context, input) => {
    const { runPush } = await import("./run-push.ts");
    return succeeded(await runPush(context, input.models));
  },
  render: async ({ result }) => (await import("../../render/models-store.ts")).renderPush(result),
});
